"""Frames on the wire between a simulated puck (hw/sim/bluetooth.py) and its stack on the desktop.

A frame: length of the body (u16), kind (u8), body; all little-endian. It must never know what
Bluetooth makes of them.
"""

import asyncio
import struct
from enum import IntEnum
from typing import NamedTuple

_HEAD = struct.Struct("<HB")


class FromPuck(IntEnum):
    """Kinds that a puck sends; POWER to SERVICES and PASSKEY are answered by DONE."""

    POWER = 1  # JSON: on, or off
    CONFIG = 2  # JSON: names and values
    ADVERTISE = 3  # JSON: how, or null: no more
    SERVICES = 4  # JSON: what is offered
    NOTIFY = 5  # connection u16, handle u16, blocks u8, value
    UPDATED = 6  # handle u16, value: to whoever subscribed
    DISCONNECT = 7  # connection u16
    PASSKEY = 8  # connection u16, action u8, passkey u32
    ANSWER = 9  # question u16, status u8, data


class ToPuck(IntEnum):
    """Kinds that a puck gets; those with a question are answered by ANSWER."""

    EVENT = 1  # event u8, question u16 (0: none), counts u8 u8, numbers i32, buffers
    READ = 2  # question u16, connection u16, handle u16
    WRITE = 3  # question u16, connection u16, handle u16, value
    SENT = 4  # blocks u8 that are free again
    DONE = 5  # error i16 (0: none), data


class Frame(NamedTuple):
    """A frame from a puck."""

    kind: FromPuck
    body: bytes


async def read(reader: asyncio.StreamReader) -> Frame:
    """The next frame. IncompleteReadError at the end, ValueError for a kind that is unknown."""
    length, kind = _HEAD.unpack(await reader.readexactly(_HEAD.size))
    return Frame(FromPuck(kind), await reader.readexactly(length))


def packed(kind: ToPuck, body: bytes) -> bytes:
    """A frame to a puck."""
    return _HEAD.pack(len(body), kind) + body


def event(number: int, question: int, numbers: list[int], buffers: list[bytes | None]) -> bytes:
    """The body of an event: MicroPython's number and tuple, the numbers before the buffers."""
    counts = struct.pack("<BHBB", number, question, len(numbers), len(buffers))
    return counts + struct.pack(f"<{len(numbers)}i", *numbers) + b"".join(map(_buffer, buffers))


def _buffer(data: bytes | None) -> bytes:
    if data is None:
        return struct.pack("<h", -1)
    return struct.pack("<h", len(data)) + data
