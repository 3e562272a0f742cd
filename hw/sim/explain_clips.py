"""The clips that a replay has at hand, by their sums, to render again what sounded.

It must never take a file for a clip that its own sum denies.
"""

import os
from binascii import crc32

from firmware.bedside.clip import Clip

_HEAD_BYTES = 72
_CHUNK_BYTES = 4096
_SUM_MASK = 0x3FFFFFFF


class Clips:
    """Those in `folder`, "" none."""

    def __init__(self, folder: str):
        self._paths = {}
        for name in sorted(os.listdir(folder)) if folder else ():
            if name.endswith(".wav"):
                self._add("%s/%s" % (folder, name))

    def of(self, sum_: int):
        """A `Clip` from its beginning, or None if that is not here."""
        path = self._paths.get(sum_)
        return Clip(open(path, "rb")) if path else None

    def _add(self, path):
        with open(path, "rb") as file:
            clip = Clip(file)
            if not clip.wrong and _sum(file) == clip.sum:
                self._paths[clip.sum] = path


def _sum(file):
    """Of all behind the header."""
    file.seek(_HEAD_BYTES)
    crc, page = 0, bytearray(_CHUNK_BYTES)
    count = file.readinto(page)
    while count:
        crc = crc32(memoryview(page)[:count], crc)
        count = file.readinto(page)
    return crc & _SUM_MASK
