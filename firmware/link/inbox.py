"""What the stack's interrupts put down, and the link's task takes up: buffers made beforehand.

Two halves: one is filled while the other is read. It must never wait for the task, and never lose
what a peer does because another one floods: each has a share of its own.
"""

import time
from struct import pack_into, unpack_from

from micropython import const

_HALF_BYTES = const(5120)
_HEAD = "<BBHH"  # event, connection, number, bytes that follow
_HEAD_BYTES = const(6)
_RESERVED = const(512)  # for what is no data: 39 peers that come, or go
_SHARE_BYTES = const(1536)  # for the data of each of three: a whole request in pieces of 20 bytes
_SHARES = const(8)


class _Half:
    def __init__(self):
        self.buffer = bytearray(_HALF_BYTES)
        self.end = 0
        self.shares = [0] * _SHARES  # bytes of data, by connection (modulo 8)


class Inbox:
    """`overflowed`: a bit for each connection (modulo 8) whose data had no room; `is_deaf`:
    something else had none, so that nobody knows who is there.
    """

    def __init__(self):
        self._filling, self._reading = _Half(), _Half()
        self._is_filled = False  # just now, by the stack's own thread
        self.overflowed = 0
        self.is_deaf = False

    def put(self, event: int, conn: int, number: int, data=b"", is_data: bool = False) -> None:
        """Put down an event of a connection (0-255), with a number (16 bits) and some bytes."""
        self._is_filled = True
        half = self._filling
        at = half.end + _HEAD_BYTES
        end = at + len(data)
        share = half.shares[conn & 7] + end - half.end if is_data else 0
        if share <= _SHARE_BYTES and end <= (_HALF_BYTES - _RESERVED if is_data else _HALF_BYTES):
            if is_data:
                half.shares[conn & 7] = share
            pack_into(_HEAD, half.buffer, half.end, event, conn & 255, number, len(data))
            half.buffer[at:end] = data
            half.end = end
        elif is_data:
            self.overflowed |= 1 << (conn & 7)
        else:
            self.is_deaf = True
        self._is_filled = False

    def has_some(self) -> bool:
        """Whether there is something to take."""
        return self._filling.end > 0

    def take(self):  # noqa: ANN201 (a generator)
        """Yield (event, connection, number, bytes) of what was put down so far, in order."""
        half = self._filling
        if not half.end:
            return
        self._filling, self._reading = self._reading, half
        while self._is_filled:  # what had begun before is still put into this half
            time.sleep_us(100)
        at = 0
        while at < half.end:
            event, conn, number, length = unpack_from(_HEAD, half.buffer, at)
            at += _HEAD_BYTES + length
            yield event, conn, number, bytes(memoryview(half.buffer)[at - length : at])
        half.end = 0
        for i in range(_SHARES):
            half.shares[i] = 0
