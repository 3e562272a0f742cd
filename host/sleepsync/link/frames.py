"""Messages of the link and the fragments in which they travel; the desktop's own codec.

A fragment is `head u8` (first, last, a counter that begins at 0) and payload; the payloads of a
message joined are `version u8, id u16, code u8, body, crc u32`, little-endian, the sum CRC-32
(IEEE 802.3) of all before it. It must never give out a message that is not whole.
"""

import struct
from collections.abc import Iterator
from enum import IntEnum
from typing import NamedTuple
from zlib import crc32

VERSION = 1
_FIRST, _LAST, _COUNTER = 0x80, 0x40, 0x3F
_HEAD = struct.Struct("<BHB")
_SUM = struct.Struct("<I")
FRAME_BYTES = _HEAD.size + _SUM.size  # of a message, beside its body


class Code(IntEnum):
    """What can be asked."""

    STATUS = 1
    SETTINGS = 2
    SET = 3
    TIME = 4
    SET_TIME = 5
    SCENES = 6
    ASK = 7
    CONSENT = 8
    LIST = 9
    READ = 10
    SUM = 11
    WRITE = 12
    DONE = 13
    DELETE = 14
    BONDS = 15
    FORGET = 16
    SLOTS = 17
    WRITE_SLOT = 18
    OFFER = 19
    TRY = 20


class Status(IntEnum):
    """What is answered."""

    OK = 0
    OUT_OF_ORDER = 1
    BAD_SUM = 2
    TOO_LONG = 3
    BAD_VERSION = 4
    UNKNOWN_REQUEST = 5
    BAD_BODY = 6
    BAD_VALUE = 7
    NOT_FOUND = 8
    BUSY = 9
    NO_ROOM = 10
    FAILED = 11
    NOT_ALLOWED = 12
    WRONG_OFFSET = 13
    WRONG_SUM = 14


class Message(NamedTuple):
    """`id`: the asker's choice, echoed. `code`: a `Code` that asks, or a `Status` that answers."""

    id: int
    code: int
    body: bytes


class FrameError(Exception):
    """What came is no message; `status` says in which way."""

    def __init__(self, status: Status) -> None:
        super().__init__(status.name)
        self.status = status


def packed(message: Message) -> bytes:
    """The bytes of a message."""
    data = _HEAD.pack(VERSION, message.id, message.code) + message.body
    return data + _SUM.pack(crc32(data))


def unpacked(data: bytes) -> Message:
    """The message of these bytes. FrameError BAD_SUM or BAD_VERSION if they are none."""
    body = data[: -_SUM.size]
    if len(data) < FRAME_BYTES or _SUM.pack(crc32(body)) != data[-_SUM.size :]:
        raise FrameError(Status.BAD_SUM)
    version, id_, code = _HEAD.unpack_from(data)
    if version != VERSION:
        raise FrameError(Status.BAD_VERSION)
    return Message(id_, code, bytes(body[_HEAD.size :]))


def fragments(data: bytes, most_bytes: int) -> Iterator[bytes]:
    """These bytes in fragments of at most `most_bytes`, which is 2 or more."""
    step = most_bytes - 1
    starts = range(0, max(1, len(data)), step)
    for counter, at in enumerate(starts):
        head = counter & _COUNTER
        head |= _FIRST if at == 0 else 0
        head |= _LAST if at == starts[-1] else 0
        yield bytes((head,)) + data[at : at + step]


class Joiner:
    """Fragments in, whole data out. After damage it waits in silence for the next beginning."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._parts: bytearray | None = None  # None: nothing has begun
        self._counter = 0
        self._is_told = False  # of the damage, once

    def take(self, fragment: bytes) -> bytes | None:
        """The data if they are whole now. FrameError OUT_OF_ORDER or TOO_LONG."""
        head = fragment[0] if fragment else 0
        if head & _FIRST:
            self._parts, self._counter, self._is_told = bytearray(), 0, False
        if self._parts is None or head & _COUNTER != self._counter or not fragment:
            self._give_up(Status.OUT_OF_ORDER)
            return None
        self._parts += fragment[1:]
        self._counter = (self._counter + 1) & _COUNTER
        if len(self._parts) > self._most_bytes:
            self._give_up(Status.TOO_LONG)
            return None
        if not head & _LAST:
            return None
        whole, self._parts = bytes(self._parts), None
        return whole

    def _give_up(self, status: Status) -> None:
        is_told, self._is_told, self._parts = self._is_told, True, None
        if not is_told:
            raise FrameError(status)
