"""Answers with files: nights are read, clips are read and written, each in pieces that can be
taken up again where they broke off.

Loaded when somebody asks. It must never write a night, never touch a file but these, and never
put a half clip in a whole one's place.
"""

import os
from binascii import crc32
from struct import pack

from micropython import const

from firmware.link import status
from firmware.link.answering import asked, numbers, told
from firmware.link.status import Refused

_PAGE_BYTES = const(1024)
_MOST_CLIP_BYTES = const(1 << 20)
_SPARE_BYTES = const(256 << 10)  # of the flash: nights need it
_NIGHTS, _CLIPS = "nights/", "clips/"
_ENDS = {_NIGHTS: ".night", _CLIPS: ".wav"}
_PART = ".part"
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789_-."


def listed(puck, link, peer, body) -> tuple:
    """9 LIST: {"kind"}, "nights" or "clips" -> [[name, bytes], ...]."""
    kind = asked(body)["kind"] + "/"
    if kind not in _ENDS:
        raise ValueError("there are nights and clips")
    folder, end = _folder(link, kind), _ENDS[kind]
    rows = []
    try:
        for row in os.ilistdir(folder):
            if row[0].endswith(end):
                rows.append((kind + row[0], row[3]))  # type: ignore[misc]  # its size
    except OSError:  # no clip was ever written
        pass
    return told(sorted(rows))


def read(puck, link, peer, body):  # noqa: ANN201 (a generator)
    """10 READ: offset u32, length u32, name -> so many bytes, or as many as there are."""
    offset, length, name = numbers("<II", body)
    file = _opened(_path(link, str(name, "utf-8")))
    file.seek(offset)
    return _pages(file, length)


def total(puck, link, peer, body) -> tuple:
    """11 SUM: length u32, name -> CRC-32 of so many first bytes, u32."""
    length, name = numbers("<I", body)
    file = _opened(_path(link, str(name, "utf-8")))
    return (pack("<I", _sum(file, length)),)


def write(puck, link, peer, body) -> tuple:
    """12 WRITE: offset u32, length of the name u8, name, data -> the next offset, u32."""
    offset, name_bytes, rest = numbers("<IB", body)
    name, data = str(rest[:name_bytes], "utf-8"), rest[name_bytes:]
    path = _clip(link, name) + _PART
    has = _size(path)
    if offset and offset != has:
        raise Refused(status.WRONG_OFFSET, pack("<I", has))
    if offset + len(data) > _MOST_CLIP_BYTES:
        raise Refused(status.NO_ROOM, "a clip has at most 1 MiB")
    stat = os.statvfs(link.folder)
    if stat[1] * stat[3] < _SPARE_BYTES + len(data):
        raise Refused(status.NO_ROOM, "the flash is nearly full; delete clips")
    with open(path, "ab" if offset else "wb") as file:
        file.write(data)
    return (pack("<I", offset + len(data)),)


def done(puck, link, peer, body) -> tuple:
    """13 DONE: {"name", "bytes", "sum"} -> {}."""
    wish = asked(body)
    path = _clip(link, wish["name"])
    size = _size(path + _PART)
    if not size:
        raise Refused(status.NOT_FOUND, "nothing of such a clip has come")
    is_right = size == wish["bytes"] and _sum(_opened(path + _PART), size) == wish["sum"]
    if not is_right:
        os.remove(path + _PART)
        raise Refused(status.WRONG_SUM, "the clip came damaged; send it again")
    os.rename(path + _PART, path)
    return told({})


def delete(puck, link, peer, body) -> tuple:
    """14 DELETE: {"name"}, of a clip -> {}."""
    path = _clip(link, asked(body)["name"])
    if not _size(path):
        raise Refused(status.NOT_FOUND, "no such clip")
    os.remove(path)
    return told({})


def _pages(file, length):
    page = bytearray(_PAGE_BYTES)
    view = memoryview(page)
    with file:
        while length:
            got = file.readinto(view[: min(length, _PAGE_BYTES)])
            if not got:
                return
            length -= got
            yield view[:got]


def _sum(file, length):
    found = 0
    for page in _pages(file, length):
        found = crc32(page, found)
    return found


def _folder(link, kind):
    """Where files of a kind lie. KeyError if there is no such kind."""
    return link.folder if kind == _NIGHTS else link.folder + "/" + kind[:-1]


def _path(link, name):
    """Refused for a name that is none of ours."""
    kind, base = name[: name.find("/") + 1], name[name.find("/") + 1 :]
    is_ours = kind in _ENDS and base.endswith(_ENDS[kind])
    if not is_ours or not all([letter in _LETTERS for letter in base]):
        raise Refused(status.BAD_VALUE, "no such name; LIST tells which there are")
    return _folder(link, kind) + "/" + base


def _clip(link, name):
    if not name.startswith(_CLIPS):
        raise Refused(status.NOT_ALLOWED, "only clips can be written")
    path = _path(link, name)
    try:
        os.mkdir(_folder(link, _CLIPS))
    except OSError:  # it is there
        pass
    return path


def _opened(path):
    try:
        return open(path, "rb")
    except OSError:
        raise Refused(status.NOT_FOUND, "no such file; LIST tells which there are") from None


def _size(path):
    try:
        return os.stat(path)[6]
    except OSError:
        return 0
