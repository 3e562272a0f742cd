"""Messages of any length in fragments of any size: what goes over the air to and from an owner.

A fragment is a byte, then a piece of the message: bit 7 begins it, bit 6 ends it, six bits count.
A message is version, id, code, body and CRC-32. It must never believe what is not whole.
"""

from binascii import crc32
from struct import pack, unpack_from

from micropython import const

from firmware.link import status

VERSION = const(1)
MOST_BYTES = const(1024)  # of a request, from its version to its checksum
FIRST, LAST = const(0x80), const(0x40)

_COUNT = const(0x3F)
_HEAD = "<BHB"  # version, id, code
_HEAD_BYTES = const(4)
_SUM_BYTES = const(4)
_MORE = const(-1)
# Where the next piece of a message goes, while there is none: nothing has begun, or what is broken
# has been said, which is said once.
_IDLE = const(-1)
_TOLD = const(-2)


class Joiner:
    """Puts the fragments of one peer's requests together. `ident`, `code`, `body`: of the last
    whole one; `ident` is 0 where it could not be read.
    """

    def __init__(self):
        self.ident = self.code = 0
        self.body = b""
        self._buffer = bytearray(MOST_BYTES)
        self._at = _IDLE
        self._count = 0

    def take(self, fragment) -> int:
        """`status.OK` when a message is whole, another status when it is broken, -1 else."""
        head = fragment[0] if len(fragment) else LAST
        if head & FIRST:
            self._at = self._count = 0
        if self._at == _TOLD:
            return _MORE
        if self._at == _IDLE or not len(fragment) or head & _COUNT != self._count:
            return self._broken(status.OUT_OF_ORDER)
        end = self._at + len(fragment) - 1
        if end > MOST_BYTES:
            return self._broken(status.TOO_LONG)
        self._buffer[self._at : end] = fragment[1:]
        self._at, self._count = end, (self._count + 1) & _COUNT
        return self._whole() if head & LAST else _MORE

    def _whole(self):
        end = self._at - _SUM_BYTES
        if end < _HEAD_BYTES or unpack_from("<I", self._buffer, end)[0] != self._sum(end):
            return self._broken(status.BAD_SUM)
        self._at = _IDLE
        version, self.ident, self.code = unpack_from(_HEAD, self._buffer)
        self.body = bytes(memoryview(self._buffer)[_HEAD_BYTES:end])
        return status.OK if version == VERSION else status.BAD_VERSION

    def _sum(self, end):
        return crc32(memoryview(self._buffer)[:end])

    def _broken(self, why):
        self._at = _TOLD
        self.ident = 0
        return why


def fragments(ident: int, code: int, pieces, most_bytes: int):  # noqa: ANN201 (a generator)
    """Yield the fragments, of at most `most_bytes`, of a message whose body is all `pieces`.

    Each is a view of one buffer: it is to be sent before the next is asked for.
    """
    out = bytearray(most_bytes)
    view, at, count = memoryview(out), 1, 0
    out[0] = FIRST
    for piece in _with_sum(ident, code, pieces):
        rest = memoryview(piece)
        while len(rest):
            if at == most_bytes:
                yield view
                at, count = 1, (count + 1) & _COUNT
                out[0] = count
            fits = min(len(rest), most_bytes - at)
            view[at : at + fits] = rest[:fits]
            at += fits
            rest = rest[fits:]
    out[0] |= LAST
    yield view[:at]


def _with_sum(ident, code, pieces):
    head = pack(_HEAD, VERSION, ident, code)
    total = crc32(head)
    yield head
    for piece in pieces:
        total = crc32(piece, total)
        yield piece
    yield pack("<I", total)
