"""One file that holds all files of an application slot, for boot.py to mount as a folder.

In littlefs each small file would take a whole block of flash; here they lie end to end. It is read
only, and must never hold the files in memory: what stays there is the index, some 35 bytes a file.
docs/flashing.md tells the layout. It is no part of a slot, and does not change with an update.
"""

import io
from binascii import crc32

from micropython import const

_MAGIC = const(b"SSA1")  # the last byte is the version of the layout
_HEAD_BYTES = const(8)  # the magic, and the CRC-32 of all that follows, little-endian
_LENGTH_BYTES = const(4)  # of the index, likewise; then come the index and the files
_CHUNK_BYTES = const(1024)
_FOLDER = const(0x4000)  # of `os.stat`
_FILE = const(0x8000)
_ENOENT = const(2)
_EROFS = const(30)


class Archive:
    """The archive at `path`, as `vfs.mount` takes it. OSError if it cannot be read, ValueError if
    it is torn or of another version.
    """

    def __init__(self, path: str):
        self._path = path
        with open(path, "rb") as file:
            self._index = _index(file)

    def mount(self, readonly: bool, mkfs: bool) -> None:
        """Nothing is to be done for it."""

    def umount(self) -> None:
        """Nothing is held open."""

    def open(self, path: str, mode: str) -> io.BytesIO:
        """The bytes of a file, as a stream. OSError if it is not there, or not to be read."""
        if mode not in ("r", "rb"):
            raise OSError(_EROFS)
        offset, size = self._place(path.strip("/"))
        with open(self._path, "rb") as file:
            file.seek(_HEAD_BYTES + _LENGTH_BYTES + len(self._index) + offset)
            return io.BytesIO(file.read(size))

    def stat(self, path: str) -> tuple:
        """Kind and bytes, as `os.stat` has them. OSError if there is nothing at `path`."""
        name = path.strip("/")
        if not name or "\n%s/" % name in self._index:
            return _FOLDER, 0, 0, 0, 0, 0, 0, 0, 0, 0
        return _FILE, 0, 0, 0, 0, 0, self._place(name)[1], 0, 0, 0

    def statvfs(self, path: str) -> tuple:
        """No room of its own: mpremote's `df` passes it over."""
        return (0,) * 10

    def ilistdir(self, path: str):
        """(name, kind, 0, bytes) of all that lies in a folder."""
        inside = path.strip("/") + "/" if path.strip("/") else ""
        last = ""
        for line in self._index.split("\n"):
            if line.startswith(inside) and line:
                name, *deeper = line[len(inside) :].split("/")
                name, *place = name.split(" ")
                if name != last:
                    yield name, _FOLDER if deeper else _FILE, 0, 0 if deeper else int(place[1])
                last = name

    def names(self) -> list:
        """The paths of all files in it."""
        return [line.split(" ")[0] for line in self._index.split("\n") if line]

    def _place(self, name):
        """(offset behind the index, bytes) of a file. OSError if there is none."""
        at = self._index.find("\n%s " % name)
        if at < 0:
            raise OSError(_ENOENT)
        line = self._index[at + 1 : self._index.find("\n", at + 1)]
        return [int(number) for number in line.split(" ")[1:]]


def _index(file):
    """The index of a file that is whole: a line for each file, one empty line before."""
    magic, crc = file.read(len(_MAGIC)), file.read(_HEAD_BYTES - len(_MAGIC))
    if magic != _MAGIC:
        raise ValueError("its archive is none, or of another version")
    if _crc_of_rest(file) != crc:
        raise ValueError("its archive is torn")
    file.seek(_HEAD_BYTES)
    return file.read(int.from_bytes(file.read(_LENGTH_BYTES), "little")).decode()


def _crc_of_rest(file):
    """The CRC-32 from where the file stands to its end, as its four bytes."""
    chunk = memoryview(bytearray(_CHUNK_BYTES))
    crc, size = 0, file.readinto(chunk)
    while size:
        crc = crc32(chunk[:size], crc)
        size = file.readinto(chunk)
    return crc.to_bytes(4, "little")
