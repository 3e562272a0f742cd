"""A puck on the desk and people around it: who presses its button, reads its ring and pairs.

The firmware runs in the real VM, the radio is Bumble's: see sleepsync.radio.
"""

import asyncio
import struct
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from zlib import crc32

from bumble.core import UUID, ProtocolError
from bumble.device import Connection, Device, Peer

from sleepsync.radio import Air, DeskPuck, central, connect
from sleepsync.world import generate, write_world

LINK = UUID("534c4545-5053-594e-4300-000000000001")
REQUEST = UUID("534c4545-5053-594e-4300-000000000002")
RESPONSE = UUID("534c4545-5053-594e-4300-000000000003")
_STATUS = 1
SPEED = 10  # times as fast as our own time: a passkey is shown in two seconds
_SLOW_MS, _APART_MS = 1000, 1500  # a slow press, and the time from one to the next
_ALL = 24  # lights: the sign for nought
_PAUSE_MS = 1200  # of the puck's time: longer than from one digit to the next
_PATIENCE_S = 30.0
_TRIES = 3


@asynccontextmanager
async def desk(folder: Path, speed: int = SPEED, hours: float = 0.5) -> AsyncIterator[DeskPuck]:
    """A puck whose night has begun, in an air of its own (`puck.air`)."""
    if not (folder / "world.json").exists():
        write_world(generate(3, hours=hours), folder)
    async with Air() as air, DeskPuck(folder, air, speed=speed) as puck:
        await puck.until("found: ", patience_s=_PATIENCE_S)
        await ask(puck, "1 + 1", "2")  # its tasks run: before that a press would not be felt
        yield puck


async def let_in(puck: DeskPuck) -> None:
    """Three slow presses: for two minutes a phone can be paired, and the ring says so. What a write
    to the flash has hidden of them is pressed again.
    """
    for _ in range(_TRIES):
        before_ms = puck.hand.shown_ms
        for i in range(3):
            await puck.hand.press(_SLOW_MS, i * _APART_MS)
        await asyncio.sleep(3 * _APART_MS / 1000 / puck.speed)
        with suppress(TimeoutError):
            await until(lambda: lit(puck) > 0 and puck.hand.shown_ms > before_ms, 2.0)  # noqa: B023
            return
    raise TimeoutError("the ring does not show that phones are let in")


def lit(puck: DeskPuck) -> int:
    """How many lamps are lit now."""
    ring = puck.ring
    return sum(any(ring[i : i + 3]) for i in range(0, len(ring), 3))


async def until(holds: Callable[[], bool], patience_s: float = _PATIENCE_S) -> None:
    """Wait until that holds. TimeoutError if it does not."""
    end = time.monotonic() + patience_s
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError(f"waited {patience_s} s")
        await asyncio.sleep(0.005)


async def read_ring(puck: DeskPuck) -> int:
    """The passkey, as an eye counts it off the ring: six counts after a long pause in the dark."""
    found = asyncio.get_running_loop().create_future()
    eye = _Eye(puck, found)
    puck.hand.noticed = eye.look
    try:
        return await found
    finally:
        puck.hand.noticed = lambda: None


class _Eye:
    """Sees every change of the ring in order, by the puck's own time, however late it is told."""

    def __init__(self, puck, found):
        self._puck, self._found = puck, found
        self._most = 0  # lamps lit since it was dark
        self._digits: list[int] | None = None  # none before a pause
        self._dark_ms = puck.hand.shown_ms

    def look(self) -> None:
        now, at_ms = lit(self._puck), self._puck.hand.shown_ms
        if now and not self._most and at_ms - self._dark_ms > _PAUSE_MS:
            self._digits = []
        elif self._most and not now:
            self._dark_ms = at_ms
            if self._digits is not None:
                self._digits.append(0 if self._most == _ALL else self._most)
        self._most = max(self._most, now) if now else 0
        if self._digits is not None and len(self._digits) == 6 and not self._found.done():
            self._found.set_result(int("".join(map(str, self._digits))))


def typist(puck: DeskPuck, off_by: int = 0) -> Callable[[], Awaitable[int]]:
    """Reads the ring when a phone asks, and types what it says, or so much more."""

    async def typed() -> int:
        return (await read_ring(puck) + off_by) % 1_000_000

    return typed


async def owner(puck: DeskPuck, number: int = 1) -> tuple[Device, Connection, Peer]:
    """A phone that was let in, paired and is connected."""
    await let_in(puck)
    phone = await central(puck.air, number, passkey=typist(puck))
    connection, peer = await connect(phone)
    await connection.pair()
    while True:
        with suppress(TimeoutError):  # the puck may not have kept the bond yet
            await request(peer, _STATUS, patience_s=0.5)
            return phone, connection, peer


async def request(
    peer: Peer, code: int, body: bytes = b"", ident: int = 1, patience_s: float = _PATIENCE_S
) -> tuple[int, bytes]:
    """(status, body) of the puck's answer to one request; TimeoutError if none comes."""
    (asked,) = peer.get_characteristics_by_uuid(REQUEST)
    (answered,) = peer.get_characteristics_by_uuid(RESPONSE)
    joined, whole = bytearray(), asyncio.Event()

    def hear(fragment: bytes) -> None:
        if fragment[0] & 0x80:
            joined.clear()
        joined.extend(fragment[1:])
        if fragment[0] & 0x40:
            whole.set()

    await answered.subscribe(hear)
    message = struct.pack("<BHB", 1, ident, code) + body
    message += struct.pack("<I", crc32(message))
    await asked.write_value(b"\xc0" + message, with_response=True)
    try:
        await asyncio.wait_for(whole.wait(), patience_s)
    finally:
        await _silence(answered, hear)
    return joined[3], bytes(joined[4:-4])


async def _silence(answered, hear):
    with suppress(asyncio.CancelledError, ProtocolError):  # it may have been the last one
        await answered.unsubscribe(hear)


async def ask(puck: DeskPuck, word: str, answer: str) -> str:
    """Type a word of the REPL; the first line with `answer` in it."""
    start = len(puck.lines)
    await puck.type("import puck")  # a line of its own: only an expression's result is awaited
    await puck.type(word)
    return await puck.until(answer, start=start, patience_s=_PATIENCE_S)
