"""Nights from the puck and clips to it: in pieces, with sums, going on where it was cut.

What arrives lies in a `.part` file until its sum is right; only then it takes its name. It must
never leave a file under its name that is not whole.
"""

import struct
from collections.abc import Callable
from pathlib import Path
from zlib import crc32

from .client import Puck
from .errors import LinkError, Trouble
from .frames import Code, Status

Progress = Callable[[int, int], None]  # bytes done, of how many

_PIECE_BYTES = 8192  # a cut costs at most so much
_ASK_OFFSET = 0xFFFFFFFF  # no file is so long: the puck answers with where it is
_TRIES = 3  # of one piece that was damaged on the way


async def pull(puck: Puck, name: str, size: int, target: Path, progress: Progress) -> int:
    """The first `size` bytes of the puck's file `name` into `target`; how many had to be sent.

    What lies in `target` or its `.part` already is kept if the puck's sum of it is the same.
    """
    part = target.with_name(target.name + ".part")
    have = await _kept(puck, name, size, part, target)
    if len(have) == size and target.exists() and target.read_bytes() == have:
        progress(size, size)
        return 0
    data = bytearray(have)
    target.parent.mkdir(parents=True, exist_ok=True)
    part.write_bytes(have)
    with part.open("ab") as file:
        while len(data) < size:
            progress(len(data), size)
            piece = await _piece(puck, name, len(data), min(_PIECE_BYTES, size - len(data)))
            file.write(piece)
            file.flush()
            data += piece
    await _check(puck, name, bytes(data), part)
    part.replace(target)
    progress(size, size)
    return size - len(have)


async def put(puck: Puck, name: str, data: bytes, progress: Progress) -> None:
    """Bring `data` to the puck as file `name`, going on where an earlier try was cut."""
    try:
        await _put(puck, name, data, await _there(puck, name), progress)
    except LinkError as error:
        if error.status != Status.WRONG_SUM:
            raise
        await _put(puck, name, data, 0, progress)  # what lay there was of another file


async def sum_of(puck: Puck, name: str, length: int) -> int:
    """The puck's CRC-32 of the first `length` bytes of its file."""
    body = await puck.ask(Code.SUM, struct.pack("<I", length) + name.encode())
    return struct.unpack("<I", body)[0]


async def _kept(puck, name, size, *paths):
    """The longest beginning of the puck's file that lies here."""
    for path in paths:
        data = path.read_bytes() if path.exists() else b""
        if 0 < len(data) <= size and await sum_of(puck, name, len(data)) == crc32(data):
            return data
    return b""


async def _piece(puck, name, offset, length):
    body = struct.pack("<II", offset, length) + name.encode()
    for left in reversed(range(_TRIES)):
        try:
            piece = await puck.ask(Code.READ, body)
        except LinkError as error:
            if error.status != Trouble.DAMAGED or not left:
                raise
            continue
        if piece:
            return piece
        break
    text = f"puck: {name} ends at byte {offset}, earlier than it was listed; pull it again"
    raise LinkError(text, Status.NOT_FOUND)


async def _check(puck, name, data, part):
    if await sum_of(puck, name, len(data)) != crc32(data):
        part.unlink()
        text = f"puck: {name} is not what it was when the transfer began; pull it again"
        raise LinkError(text, Status.WRONG_SUM)


async def _put(puck, name, data, offset, progress):
    head = bytes((len(name.encode()),)) + name.encode()
    step = puck.room(4 + len(head))
    offset = offset if offset <= len(data) else 0
    while offset < len(data):
        progress(offset, len(data))
        body = struct.pack("<I", offset) + head + data[offset : offset + step]
        (offset,) = struct.unpack("<I", await puck.ask(Code.WRITE, body))
    await puck.ask_json(Code.DONE, {"name": name, "bytes": len(data), "sum": crc32(data)})
    progress(len(data), len(data))


async def _there(puck, name):
    """How much of the file the puck has from an earlier try."""
    head = bytes((len(name.encode()),)) + name.encode()
    try:
        await puck.ask(Code.WRITE, struct.pack("<I", _ASK_OFFSET) + head)
    except LinkError as error:
        if error.status == Status.WRONG_OFFSET and len(error.body) == 4:
            return struct.unpack("<I", error.body)[0]
        raise
    return 0
