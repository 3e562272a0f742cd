"""Who may pair, and who may not: each case a puck in the VM, phones in the air, hands on a button.

A case tells what came of it in a word or two, found out by the phone and by the puck's own list of
bonds. docs/pairing.md shows the table.
"""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bumble.core import ProtocolError
from bumble.device import Connection, Device, Peer
from bumble.keys import MemoryKeyStore

from sleepsync.bench.linked import (
    LINK,
    ask,
    desk,
    let_in,
    lit,
    owner,
    read_ring,
    request,
    typist,
    until,
)
from sleepsync.radio import DeskPuck, central, connect
from sleepsync.radio.central import BUTTONS, EVERYTHING, KEYBOARD, NOTHING

_AT_ONCE = 4  # pucks: each mostly waits
_PATIENCE_S = 30.0
_LOOKS = 30
_FORGET = 16

PAIRED, REFUSED, NOBODY = "paired", "refused", "nobody is to be found"


@dataclass(frozen=True)
class Case:
    """One row: what happens, and what must come of it. `run(puck)` tells what did."""

    name: str
    expected: str
    run: Callable[[DeskPuck], Awaitable[str]]


async def outcomes(cases: list[Case]) -> dict[str, str]:
    """{name: what came of it}, some at a time; an error is told as what it is."""
    places = asyncio.Semaphore(_AT_ONCE)

    async def tried(case: Case) -> str:
        async with places:
            with tempfile.TemporaryDirectory() as folder:
                async with desk(Path(folder)) as puck:
                    return await case.run(puck)

    found = await asyncio.gather(*map(tried, cases), return_exceptions=True)
    return {case.name: _told(came) for case, came in zip(cases, found, strict=True)}


def _told(came):
    return came if isinstance(came, str) else f"{type(came).__name__}: {came}"


async def _bonds(puck: DeskPuck) -> int:
    """How many the puck has, as it says itself."""
    start = len(puck.lines)
    await ask(puck, "puck.bonds()", "room's climate")
    return sum("  paired " in line for line in puck.lines[start:])


async def _try(puck: DeskPuck, phone: Device, bonds: int = 1) -> str:
    """What comes of a phone that connects and pairs; a refused one must be gone, and leave no bond
    beyond those `bonds` that a paired one makes.
    """
    try:
        connection, peer = await connect(phone)
    except TimeoutError:
        return NOBODY
    left = asyncio.Event()
    connection.on(connection.EVENT_DISCONNECTION, lambda _: left.set())
    try:
        await connection.pair()
    except (asyncio.CancelledError, ProtocolError, TimeoutError, OSError):
        return await _refused(puck, left, bonds - 1)
    return await _let_in(puck, connection, peer, left, bonds)


async def _refused(puck, left, bonds):
    await asyncio.wait_for(left.wait(), _PATIENCE_S)
    has = await _bonds(puck)
    return REFUSED if has == bonds else f"refused, with {has} bonds"


async def _let_in(puck, connection, peer, left, bonds):
    """It believes itself paired: whether the puck thinks so, too, which may take it a moment."""
    for _ in range(_LOOKS):
        if left.is_set():
            return await _refused(puck, left, bonds - 1)
        if await _bonds(puck) == bonds and len(await _link(peer)) == 8:
            return PAIRED
        await asyncio.sleep(0.1)
    return "paired, and no owner"


async def _again(puck: DeskPuck, phone: Device) -> str:
    """What comes of a phone that comes back with its bond."""
    try:
        connection, peer = await connect(phone)
    except TimeoutError:
        return NOBODY
    try:
        await connection.encrypt()
        await _link(peer)
    except (asyncio.CancelledError, ProtocolError, TimeoutError):
        return "not known any more"
    return "known"


async def _link(peer: Peer) -> bytes:
    """What only an owner can read."""
    (link,) = peer.get_characteristics_by_uuid(LINK)
    return bytes(await link.read_value())


async def _leave(connection: Connection) -> None:
    await connection.disconnect()
    await asyncio.sleep(0.2)


# -- the cases


def _phone(**how) -> Callable[[DeskPuck], Awaitable[str]]:
    """A phone of that kind, in the window; it types what the ring shows."""

    async def run(puck):
        await let_in(puck)
        return await _try(puck, await central(puck.air, passkey=typist(puck), **how))

    return run


async def _wrong(puck):
    await let_in(puck)
    return await _try(puck, await central(puck.air, passkey=typist(puck, off_by=1)))


async def _late(puck):
    async def typed():
        passkey = await read_ring(puck)
        await asyncio.sleep(70 / puck.speed)
        return passkey

    await let_in(puck)
    return await _try(puck, await central(puck.air, passkey=typed))


async def _unasked(puck):
    phone = await central(puck.air, passkey=1)
    try:
        await asyncio.wait_for(connect(phone), 3)
    except TimeoutError:
        return NOBODY
    return "somebody is"


async def _closed(puck):
    await let_in(puck)
    await asyncio.sleep(125 / puck.speed)
    return await _unasked(puck)


async def _stranger(puck):
    """With no gesture, of a puck that advertises to its owner."""
    _, connection, _ = await owner(puck)
    await _leave(connection)
    return await _try(puck, await central(puck.air, 2, passkey=typist(puck)), bonds=2)


async def _said_no(puck):
    async def typed():
        await until(lambda: lit(puck) > 0)
        await puck.press(100)
        return await asyncio.sleep(3, 1)

    await let_in(puck)
    return await _try(puck, await central(puck.air, passkey=typed))


async def _returns(puck):
    phone, connection, _ = await owner(puck)
    await _leave(connection)
    return await _again(puck, phone)


async def _returns_after_cut(puck):
    phone, _, _ = await owner(puck)
    await puck.cut()
    start = len(puck.lines)
    await puck.power_on()
    await puck.until("found: ", start=start, patience_s=_PATIENCE_S)
    return await _again(puck, phone)


async def _phone_lost_it(puck):
    """Somebody claims an owner's address, with no bond: that must not cost the owner theirs."""
    phone, connection, _ = await owner(puck)
    await _leave(connection)
    keys, phone.keystore = phone.keystore, MemoryKeyStore()
    phone.person.passkey = 1
    came = await _try(puck, phone, bonds=2)
    phone.keystore = keys
    return f"{came}; the bond is {await _again(puck, phone)}"


async def _paired_anew(puck):
    phone, connection, _ = await owner(puck)
    await _leave(connection)
    phone.keystore = MemoryKeyStore()
    await let_in(puck)
    return await _try(puck, phone)


async def _puck_lost_it(puck):
    phone, connection, _ = await owner(puck)
    await owner(puck, 2)  # so that the puck goes on advertising
    await _leave(connection)
    await ask(puck, "puck.forget(1)", "forgotten")
    return await _again(puck, phone)


async def _wiped(puck):
    _, connection, peer = await owner(puck)
    left = asyncio.Event()
    connection.on(connection.EVENT_DISCONNECTION, lambda _: left.set())
    await request(peer, _FORGET, b'{"bond": 0}')
    return await _refused(puck, left, 0)


async def _five(puck):
    """Five phones, one after the other, each let in: three are served at a time, four kept."""
    came = []
    for number in range(1, 6):
        phone = await central(puck.air, number, passkey=typist(puck))
        try:
            await asyncio.wait_for(let_in(puck), 5)
            connection, peer = await connect(phone)
            await connection.pair()
            await _link(peer)
        except (asyncio.CancelledError, ProtocolError, TimeoutError):
            came.append("no")
            continue
        came.append("yes")
        if number > 1:
            await _leave(connection)
    if not any("makes room" in line for line in puck.lines):
        return "nobody was told why there is no room"
    return f"{', '.join(came)}; {await _bonds(puck)} bonds"


async def _reset(puck):
    async def typed():
        await until(lambda: lit(puck) > 0)
        await puck.cut()
        return await asyncio.sleep(3, 1)

    await let_in(puck)
    connection, _ = await connect(await central(puck.air, passkey=typed))
    with suppress(asyncio.CancelledError, ProtocolError, TimeoutError):
        await connection.pair()
    start = len(puck.lines)
    await puck.power_on()
    await puck.until("found: ", start=start, patience_s=_PATIENCE_S)
    return f"{await _unasked(puck)}; {await _bonds(puck)} bonds"


async def _hasty(puck):
    """A second attempt at once after one that failed, and one after the wait."""
    phone = await central(puck.air, passkey=typist(puck, off_by=1))
    await let_in(puck)
    came = [await _try(puck, phone)]
    phone.person.passkey = typist(puck)
    came.append(await _try(puck, phone))
    await asyncio.sleep(15 / puck.speed)
    came.append(await _try(puck, phone))
    return ", ".join(came)


_LINK = "__import__('firmware.app').app.running.link"


async def _reopened(puck):
    """The sixth that failed, then the window is shut, and opened again within the five minutes."""
    phone = await central(puck.air, passkey=typist(puck, off_by=1))
    await let_in(puck)
    await puck.type(f"setattr({_LINK}._door._pairing,'failures',5)")
    came = await _try(puck, phone)
    await puck.type(f"{_LINK}.close()")
    assert (await ask(puck, "puck.bonds()", "pairing")).endswith("closed")
    await let_in(puck)
    phone.person.passkey = typist(puck)
    return f"{came}, {await _try(puck, phone)}"


CASES = [
    Case("the passkey is right", PAIRED, _phone()),
    Case("the passkey is wrong", REFUSED, _wrong),
    Case("the passkey comes after a minute", REFUSED, _late),
    Case("a hand presses the button meanwhile", REFUSED, _said_no),
    Case("nobody has pressed three times", NOBODY, _unasked),
    Case("the two minutes are over", NOBODY, _closed),
    Case("nobody has pressed, and an owner is known", REFUSED, _stranger),
    Case("a phone without keys or screen (Just Works)", REFUSED, _phone(io=NOTHING)),
    Case("one that can only say yes (numeric comparison)", REFUSED, _phone(io=BUTTONS)),
    Case("one that can do everything", PAIRED, _phone(io=EVERYTHING)),
    Case("one that asks for no protection", PAIRED, _phone(mitm=False)),
    Case("one that keeps no bond", REFUSED, _phone(bonding=False)),
    Case("one that knows legacy pairing only", REFUSED, _phone(io=KEYBOARD, secure=False)),
    Case("a second attempt at once, and a third after a while", "refused, refused, paired", _hasty),
    Case(
        "a sixth that failed, the puck is asked anew, and another soon",
        "refused, refused",
        _reopened,
    ),
    Case("an owner comes back", "known", _returns),
    Case("an owner comes back after a power cut", "known", _returns_after_cut),
    Case("an owner's phone has lost its bond", f"{REFUSED}; the bond is known", _phone_lost_it),
    Case("it is let in and paired anew", PAIRED, _paired_anew),
    Case("the puck has forgotten the bond", "not known any more", _puck_lost_it),
    Case("an owner is forgotten while connected", REFUSED, _wiped),
    Case("five phones, one after the other", "yes, yes, yes, yes, no; 4 bonds", _five),
    Case("the power goes in the midst of pairing", f"{NOBODY}; 0 bonds", _reset),
]
