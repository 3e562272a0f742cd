"""A hand and eyes for a simulated puck: the desktop's end of hw/sim/hand.py."""

import asyncio
import struct
from collections.abc import Callable

from sleepsync.radio.air import HERE

_HEAD = struct.Struct("<HB")
_PRESS, _SAVE, _CUT = 1, 2, 3
_SHOWN, _FELT, _HEARD, _DONE = 1, 2, 3, 5

LIGHTS = 24


class Hand:
    """Presses the button of one puck; `ring`, `touch` and `sounds` are what it shows now.

    `ring`: red, green, blue of each of the 24 lights. `touch`: -128 to 127. `noticed()`: called
    at each change. A puck that starts anew is met again.
    """

    def __init__(self) -> None:
        self.ring = bytes(3 * LIGHTS)
        self.touch = 0
        self.sounds = False
        self.noticed: Callable[[], None] = lambda: None
        self._writer: asyncio.StreamWriter | None = None
        self._met, self._is_done = asyncio.Event(), asyncio.Event()

    async def listen(self) -> int:
        """The port at which a puck finds this hand."""
        self._server = await asyncio.start_server(self._meet, HERE, 0)
        return self._server.sockets[0].getsockname()[1]

    def close(self) -> None:
        """Take the hand away."""
        self._server.close()
        if self._writer:
            self._writer.close()

    async def press(self, held_ms: int, in_ms: int = 0) -> None:
        """Press for so many of the puck's milliseconds, so many from now on. It does not wait."""
        await self._met.wait()
        self._say(_PRESS, struct.pack("<II", held_ms, in_ms))

    async def save_sound(self, path: str) -> None:
        """All that the puck has let hear since its last start goes into a WAV file."""
        await self._ask(_SAVE, path.encode())

    async def cut(self) -> None:
        """Let go of everything and keep the flash as it is: its VM may be killed then."""
        await self._ask(_CUT, b"")

    async def _ask(self, kind: int, body: bytes) -> None:
        await self._met.wait()
        self._is_done.clear()
        self._say(kind, body)
        await self._is_done.wait()

    def _say(self, kind: int, body: bytes) -> None:
        assert self._writer
        self._writer.write(_HEAD.pack(len(body), kind) + body)

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self._met.set()
        try:
            while True:
                length, kind = _HEAD.unpack(await reader.readexactly(_HEAD.size))
                self._notice(kind, await reader.readexactly(length))
        except (asyncio.IncompleteReadError, ConnectionError):
            self._let_go(writer)

    def _let_go(self, writer: asyncio.StreamWriter) -> None:
        """The power is gone: the pull-downs hold everything off."""
        writer.close()
        if self._writer is writer:
            self._writer = None
            self._met.clear()
            self.ring, self.touch, self.sounds = bytes(3 * LIGHTS), 0, False
            self.noticed()

    def _notice(self, kind: int, body: bytes) -> None:
        if kind == _SHOWN:
            self.ring = body
        elif kind == _FELT:
            self.touch = struct.unpack("<b", body)[0]
        elif kind == _HEARD:
            self.sounds = bool(body[0])
        elif kind == _DONE:
            self._is_done.set()
        self.noticed()
