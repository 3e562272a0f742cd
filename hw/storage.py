"""Where nights are kept: a file system of their own, on the partition `data`.

It must never make a file system anew where something lies: a torn one may still be rescued.
"""

import os

import vfs
from esp32 import NVS, Partition
from machine import RTC
from registers import PartError

DATA = "/data"

_SPACE = "puck"  # of NVS
_MOST_BYTES = 256
_BONDS = 4
_SETTINGS = "settings"  # a namespace of its own: one entry each, so that one may break alone
_SETTING_BYTES = 80
_NOT_FOUND = -0x1102  # ESP_ERR_NVS_NOT_FOUND
_NOTHING = (_NOT_FOUND, -0x110F)  # or there is no NVS, which boot.py has told of
_ROTTEN = b"\0"  # what nobody ever saves who does not mean nothing by it
_LABEL = "data"
_BLOCK_BYTES = 4096
_SUPERBLOCKS = 2  # littlefs keeps its superblock in the first two


def mount() -> None:
    """Mount it at DATA; a blank partition gets a new file system first.

    On a board with MicroPython's own partition table nights lie in a folder of the one file
    system there is. PartError if what is there cannot be read.
    """
    if DATA[1:] in os.listdir("/"):
        return  # mounted before, by a run that somebody ended
    found = Partition.find(Partition.TYPE_DATA, label=_LABEL)
    if not found:
        os.mkdir(DATA)
        return
    partition = found[0]
    if _is_blank(partition):
        vfs.VfsLfs2.mkfs(partition)
    try:
        vfs.mount(vfs.VfsLfs2(partition, mtime=False), DATA)  # a file's time would cost 32 bytes
    except OSError:
        raise PartError(
            "flash: the file system of the nights cannot be read; save what is left with "
            "`sleepsync flash --rescue FILE`, then flash with --erase"
        ) from None


def tail() -> RTC:
    """Where the tail of the newest night lies, which no file has yet."""
    return RTC()


def clip(name: str):
    """The clip of that name, opened to be read; None if there is none. It closes by itself."""
    try:
        return open("%s/clips/%s.wav" % (DATA, name), "rb")
    except OSError:
        return None


def bonds() -> list:
    """Where bonds are kept, each by itself, then the key of the puck's addresses."""
    return [Kept("bond%d" % place) for place in range(_BONDS)] + [Kept("irk")]


class Kept:
    """A few bytes under a name in NVS, where they outlive a file system that is torn."""

    def __init__(self, name: str):
        self._name = name

    def load(self) -> bytes:
        """What was saved last; b"" if nothing was, _ROTTEN if that cannot be read."""
        saved, found = bytearray(_MOST_BYTES), b""
        for _ in range(2):  # NVS says that a rotten blob is not there, and from then on an error
            try:
                return bytes(saved[: NVS(_SPACE).get_blob(self._name, saved)])
            except OSError as error:
                if error.args[0] not in _NOTHING:
                    found = _ROTTEN
        return found

    def save(self, data: bytes) -> None:
        """Keep these bytes, whatever happens. OSError if NVS cannot be written."""
        nvs = NVS(_SPACE)
        nvs.set_blob(self._name, data)
        nvs.commit()


class Settings:
    """Entries of NVS by their names: see firmware/keep/settings.py."""

    def load(self, key: str) -> bytes:
        """What was saved last; b"" if nothing was. OSError if there is something else."""
        try:
            nvs = NVS(_SETTINGS)
        except OSError:  # there is no NVS, which boot.py has told of
            return b""
        saved = bytearray(_SETTING_BYTES)
        try:
            return bytes(saved[: nvs.get_blob(key, saved)])
        except OSError as error:
            if error.args[0] == _NOT_FOUND:
                return b""
            raise

    def save(self, key: str, data: bytes) -> None:
        """Keep these bytes, whatever happens. OSError if NVS cannot be written."""
        nvs = NVS(_SETTINGS)
        nvs.set_blob(key, data)
        nvs.commit()


def _is_blank(partition):
    """Whether the blocks that would hold the superblock are erased."""
    block = bytearray(_BLOCK_BYTES)
    blank = b"\xff" * _BLOCK_BYTES
    for number in range(_SUPERBLOCKS):
        partition.readblocks(number, block)
        if block != blank:
            return False
    return True
