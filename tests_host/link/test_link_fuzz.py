"""Peers that mean harm: no exception escapes, nothing is lost, an honest owner is served at once.

A seeded sample of what the bench does 200,000 times, against the whole puck in the VM; and abuse of
ATT itself through the real stack in the virtual air.
"""

import asyncio
import random
from contextlib import suppress

import pytest
from bumble.core import BaseBumbleError
from sleepsync.bench.link_frames import (
    AT_ONCE_MS,
    BROKEN,
    HONEST,
    attack,
    fragments,
    message,
    messages,
)
from sleepsync.bench.linked import desk, owner, request
from sleepsync.radio import central, find

pytestmark = pytest.mark.link
FRAMES = 30_000
ROUNDS = 100
GROWN_BYTES = 8192  # of 64-bit objects; at 200,000 frames it is not more
ATT, SMP = 4, 6  # L2CAP channels
STATUS, SETTINGS, BONDS = 1, 2, 15
# What was asked for wrongly, and what else an owner may hear (docs/link.md).
TOLD = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 12}


@pytest.fixture(scope="module")
def attacked(tmp_path_factory):
    return attack(tmp_path_factory.mktemp("night"), FRAMES, seed=10)


def test_no_exception_escapes_and_no_task_dies(attacked):
    assert attacked.escaped == []
    assert attacked.hears
    assert attacked.after["faults"] == 0


def test_an_honest_owner_is_served_at_once(attacked):
    assert attacked.asked > FRAMES / 100
    assert attacked.unanswered == []
    assert attacked.slowest_ms <= AT_ONCE_MS


def test_nothing_that_people_have_set_is_lost(attacked):
    assert attacked.changed == []
    assert attacked.after["peers"] == 1


def test_memory_stays_flat(attacked):
    assert attacked.grown_bytes < GROWN_BYTES


def test_the_attack_reaches_what_it_is_aimed_at(attacked):
    """Owners that mean harm hear every kind of refusal that their frames ask for."""
    assert attacked.statuses >= TOLD


def test_the_judge_sees_an_answer_only_if_it_is_whole():
    whole = message(7, 0, b"body")
    log = b"".join(sent(HONEST, piece) for piece in fragments(whole, 5))
    assert list(messages(log, HONEST)) == [(9, whole[:-4])]
    assert list(messages(log, BROKEN)) == []
    assert list(messages(log[:-1] + b"?", HONEST)) == []


def sent(peer, piece):
    return b"\x09\0\0\0" + bytes((peer,)) + len(piece).to_bytes(2, "little") + piece


@pytest.fixture(scope="module")
def abused(tmp_path_factory):
    return asyncio.run(abuse(tmp_path_factory.mktemp("desk")))


async def abuse(folder):
    """(what the console said, honest answers, settings and bonds before and after)."""
    async with desk(folder) as puck:
        await asyncio.sleep(0.5)  # so long after its first words it minds the button
        _, _, honest = await owner(puck, 1)
        bad, its, _ = await owner(puck, 2)
        abusers = Abuser(bad, its), Abuser(await central(puck.air, 3))
        before = await kept(honest)
        answered = []
        for _ in range(ROUNDS):
            for abuser in abusers:
                await abuser.act()
            async with asyncio.timeout(5):
                answered.append(await request(honest, STATUS))
        return list(puck.lines), answered, before, await kept(honest)


async def kept(peer):
    return [await request(peer, code) for code in (SETTINGS, BONDS)]


class Abuser:
    """A device that breaks the rules of ATT, and comes again when it is thrown out."""

    def __init__(self, device, connection=None):
        self.device, self.connection = device, connection
        self.rng = random.Random(5)

    async def act(self):
        with suppress(BaseBumbleError, TimeoutError, asyncio.CancelledError):
            if not self.is_there():
                await self.come()
            for _ in range(self.rng.randrange(20)):
                self.connection.send_l2cap_pdu(*self.packet())
            if self.rng.random() < 0.1:
                await self.connection.disconnect()

    def is_there(self):
        return self.connection and self.connection.handle in self.device.connections

    async def come(self):
        advert = await find(self.device)
        self.connection = await asyncio.wait_for(self.device.connect(advert.address), 5)
        if await self.device.keystore.get_all():
            await self.connection.encrypt()

    def packet(self):
        rng = self.rng
        handle = rng.choice((*range(1, 60), 0xFFFF)).to_bytes(2, "little")
        match rng.randrange(7):
            case 0:
                return ATT, rng.randbytes(rng.randrange(1, 60))
            case 1:  # subscribe, and no more, to what may be no descriptor
                return ATT, b"\x12" + handle + bytes((rng.randrange(4), 0))
            case 2:  # with and without an answer
                data = rng.randbytes(rng.choice((0, 1, 20, 200, 480)))
                return ATT, bytes((rng.choice((0x12, 0x52)),)) + handle + data
            case 3:  # in pieces that never come together
                return ATT, b"\x16" + handle + rng.randbytes(2 + rng.randrange(30))
            case 4:
                return ATT, bytes((0x18, rng.randrange(3)))
            case 5:
                return ATT, bytes((rng.choice((0x0A, 0x0C)),)) + handle + rng.randbytes(2)
            case _:  # what only a server says
                return ATT, bytes((rng.choice((0x01, 0x1B, 0x1D, 0x1E)),)) + handle + b"\0\0"


def test_abuse_of_att_costs_an_honest_owner_nothing(abused):
    lines, answered, before, after = abused
    assert [status for status, _ in answered] == [0] * ROUNDS
    assert before == after
    words = ("Traceback", "died", "exception")
    assert [line for line in lines if any(word in line for word in words)] == []
