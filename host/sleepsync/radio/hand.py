"""A hand and eyes for a simulated puck: the desktop's end of hw/sim/hand.py."""

import asyncio
import struct
from collections.abc import Callable
from pathlib import Path

from sleepsync.radio.air import HERE

_HEAD = struct.Struct("<HB")
_PRESS, _SAVE, _CUT = 1, 2, 3
_SHOWN, _FELT, _HEARD, _DONE = 1, 2, 3, 5

LIGHTS = 24

# What a hand can say (docs/button.md), as presses: in so many ms, held for so many.
GESTURES = {
    "short": [(0, 120)],
    "double": [(0, 120), (270, 120)],
    "long": [(0, 2400)],
    "hold": [(0, 6500)],
    "thrice": [(0, 900), (1300, 900), (2600, 900)],
}


class Hand:
    """Presses the button of one puck; `ring`, `touch` and `sounds` are what it shows now.

    `ring`: red, green, blue of each of the 24 lights. `touch`: -128 to 127. `noticed()`: called
    at each change. A puck that starts anew is met again.
    """

    def __init__(self) -> None:
        self.ring = bytes(3 * LIGHTS)
        self.shown_ms = 0  # of the puck's time, when the ring last changed
        self.touch = 0
        self.sounds = False
        self.noticed: Callable[[], None] = lambda: None
        self._writer: asyncio.StreamWriter | None = None
        self._met = asyncio.Event()
        self._done: asyncio.Future[bytes] | None = None

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

    async def make(self, gesture: str) -> None:
        """Make one of GESTURES. It returns as that begins."""
        for in_ms, held_ms in GESTURES[gesture]:
            await self.press(held_ms, in_ms)

    async def save_sound(self, path: Path) -> bool:
        """The last ten minutes that the puck has let hear since its start go into a WAV file.

        False, and no file, if nothing was heard.
        """
        return await self._ask(_SAVE, str(path).encode()) == b"\1"

    async def cut(self) -> None:
        """Let go of everything and keep the flash as it is: its VM may be killed then."""
        await self._ask(_CUT, b"")

    async def _ask(self, kind: int, body: bytes) -> bytes:
        await self._met.wait()
        self._done = asyncio.get_running_loop().create_future()
        self._say(kind, body)
        return await self._done

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
            self.shown_ms, self.ring = int.from_bytes(body[:4], "little"), body[4:]
        elif kind == _FELT:
            self.touch = struct.unpack("<b", body)[0]
        elif kind == _HEARD:
            self.sounds = bool(body[0])
        elif kind == _DONE and self._done and not self._done.done():
            self._done.set_result(body)
        self.noticed()
