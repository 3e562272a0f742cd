"""An update over Bluetooth, from a desktop that is paired with the puck.

In pieces that go on where they were cut, through as many connections as it takes. What is sent the
puck writes and verifies by itself (firmware/update/slots.py).
"""

import asyncio
import struct
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

from sleepsync.link.client import Puck
from sleepsync.link.errors import LinkError, Trouble
from sleepsync.link.finding import connected
from sleepsync.link.frames import Code, Status

from .bundle import Bundle
from .errors import UpdateError

Progress = Callable[[str, int, int], None]
Say = Callable[[str], None]

_TRIES = 6
_AGAIN_S = 1.0
_LOOK_S = 1.0
_VERIFY_S = 180.0
_TRIAL_S = 300.0
_LOST = (Trouble.GONE, Trouble.SILENT, Trouble.NOT_FOUND)


async def update(
    make: Callable[[dict[str, Any]], Bundle | None], progress: Progress, say: Say, *how: Any
) -> str:
    """Bring the slot that `make(state)` gives onto the puck that `how` finds, as
    `finding.connected` takes it, or none: what lies in the other slot is tried. The outcome.
    UpdateError, LinkError with part and remedy.
    """
    await _through_cuts(lambda puck: _write(puck, make, progress, say), *how)
    say("The puck reads it back and starts it on trial, which takes about a minute.")
    async for state in _states(*how):
        if state["trying"] not in ("", "verifying"):
            raise UpdateError(f"puck: {state['trying']}")
        if state["told"] and not state["trial"] and not state["trying"]:
            return str(state["told"])
    raise UpdateError("puck: no outcome yet; puck.update() at its console tells it later")


async def _write(puck: Puck, make, progress, say) -> None:
    """Everything up to the wish that it be tried."""
    state = await puck.ask_json(Code.SLOTS)
    _check_moment(state)
    new = make(state)
    say(f"{state['board']} runs {state['version']} from slot {state['slot']}.")
    if new:
        say(f"{new.told['version']} goes into slot {state['to']}.")
        await _send_slot(puck, new, state, progress)
    await puck.ask_json(Code.TRY)


async def _send_slot(puck, new, state, progress):
    if state["manifest"] != new.digest or state["stage"] not in ("accepted", "whole"):
        await _send(puck, "manifest.json", new.manifest, 0, progress)
        await puck.ask_json(Code.OFFER, {"sum": new.digest})
        state = await puck.ask_json(Code.SLOTS)
    if state["stage"] == "accepted":
        await _send(puck, "application.archive", new.archive, state["bytes"], progress)


def _check_moment(state):
    why = "an update is on trial; wait a minute" if state["trial"] else state["not_now"]
    if why:
        raise UpdateError(f"puck: {why}")


async def _send(puck, name, data, offset, progress):
    head = bytes((len(name),)) + name.encode()
    step = puck.room(4 + len(head))
    while offset < len(data):
        progress(name, offset, len(data))
        body = struct.pack("<I", offset) + head + data[offset : offset + step]
        try:
            answer = await puck.ask(Code.WRITE_SLOT, body)
        except LinkError as error:
            if error.status != Status.WRONG_OFFSET:
                raise
            answer = error.body  # it has more, or less, than we know of
        (offset,) = struct.unpack("<I", answer)
    progress(name, len(data), len(data))


async def _states(*how) -> AsyncIterator[dict[str, Any]]:
    """What the puck tells of its slots, again and again, while it comes and goes."""
    deadline = time.monotonic() + _TRIAL_S
    while time.monotonic() < deadline:
        try:
            async with connected(*how) as puck:
                while time.monotonic() < deadline:
                    yield await puck.ask_json(Code.SLOTS)
                    await asyncio.sleep(_LOOK_S)
        except LinkError as error:
            if error.status not in _LOST:
                raise
        await asyncio.sleep(_AGAIN_S)


async def _through_cuts(work, *how):
    for left in reversed(range(_TRIES)):
        try:
            async with connected(*how) as puck:
                return await work(puck)
        except LinkError as error:
            if error.status not in (Trouble.GONE, Trouble.SILENT) or not left:
                raise
        await asyncio.sleep(_AGAIN_S)
    return None
