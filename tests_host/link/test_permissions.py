"""What a stranger gets, and what an owner does: every characteristic, every request."""

import asyncio
import json
import struct

import pytest
from bumble.att import Opcode
from bumble.core import UUID, ProtocolError
from sleepsync.bench.linked import (
    REQUEST,
    RESPONSE,
    ask,
    desk,
    let_in,
    owner,
    request,
)
from sleepsync.radio import central, connect
from sleepsync.radio.central import NOTHING

OPEN = {UUID.from_16_bits(number) for number in (0x2A29, 0x2A24, 0x2A26)}
STACKS_OWN = {UUID.from_16_bits(number) for number in (0x1800, 0x1801)}
READ, COMMAND, WRITE, NOTIFY = 0x02, 0x04, 0x08, 0x10
REQUESTS = range(1, 17)


def characteristics(peer):
    return [
        characteristic
        for service in peer.services
        if service.uuid not in STACKS_OWN
        for characteristic in service.characteristics
    ]


async def reads(peer):
    """{UUID: the value, or the error} of all that can be read."""
    found = {}
    for characteristic in characteristics(peer):
        if characteristic.properties & READ:
            try:
                found[characteristic.uuid] = bytes(await characteristic.read_value())
            except ProtocolError as error:
                found[characteristic.uuid] = error.error_code
    return found


async def refused_writes(peer):
    """Whether every write is refused; those without response are dropped by the stack."""
    for characteristic in characteristics(peer):
        if characteristic.properties & WRITE:
            with pytest.raises(ProtocolError):
                await characteristic.write_value(bytes(10), with_response=True)
        if characteristic.properties & COMMAND:
            await characteristic.write_value(bytes(10), with_response=False)


async def heard(peer, seconds):
    """What a peer hears that subscribes to everything, for so long."""
    found = []
    for characteristic in characteristics(peer):
        if characteristic.properties & NOTIFY:
            await characteristic.subscribe(found.append)
    await asyncio.sleep(seconds)
    return found


@pytest.fixture
def stranger_meets(tmp_path):
    """Run `visit(puck, peer)` with an unpaired peer, in the window."""

    def run(visit):
        async def meet():
            async with desk(tmp_path) as puck:
                await let_in(puck)
                _, peer = await connect(await central(puck.air))
                return await visit(puck, peer)

        return asyncio.run(meet())

    return run


def test_a_stranger_reads_who_made_it_and_nothing_else(stranger_meets):
    found = stranger_meets(lambda puck, peer: reads(peer))
    assert {uuid for uuid, value in found.items() if isinstance(value, bytes)} == OPEN
    assert {value for uuid, value in found.items() if uuid not in OPEN} == {0x05}
    assert len(found) > 8


def test_a_stranger_writes_nothing(stranger_meets):
    async def visit(puck, peer):
        await refused_writes(peer)
        return await ask(puck, "puck.time()", "zone")

    assert "UTC0" in stranger_meets(visit)


def test_a_stranger_who_has_subscribed_hears_nothing_though_an_owner_does(tmp_path):
    async def run():
        async with desk(tmp_path) as puck:
            _, _, mine = await owner(puck)
            told = []
            for characteristic in characteristics(mine):
                if characteristic.properties & NOTIFY:
                    await characteristic.subscribe(told.append)
            await asyncio.sleep(1)
            before = len(told)
            _, theirs = await connect(await central(puck.air, 2))
            heard_by_stranger = await heard(theirs, 1.5)
            _, answer = await request(mine, 1)
            return before, heard_by_stranger, json.loads(answer)

    before, heard_by_stranger, state = asyncio.run(run())
    assert before > 5
    assert heard_by_stranger == []
    assert state["night"] == 1


def test_who_just_works_is_refused_all_and_has_to_go(tmp_path):
    async def run():
        async with desk(tmp_path) as puck:
            await let_in(puck)
            connection, peer = await connect(await central(puck.air, io=NOTHING))
            left = asyncio.Event()
            connection.on(connection.EVENT_DISCONNECTION, lambda _: left.set())
            found = {}

            async def pair_and_read():
                await connection.pair()
                found.update(await reads(peer))

            with pytest.raises((asyncio.CancelledError, ProtocolError, TimeoutError)):
                await asyncio.wait_for(pair_and_read(), 3)
            await asyncio.wait_for(left.wait(), 5)
            return found

    assert {uuid for uuid, value in asyncio.run(run()).items() if isinstance(value, bytes)} <= OPEN


def test_an_owner_reads_all(tmp_path):
    async def run():
        async with desk(tmp_path) as puck:
            _, _, peer = await owner(puck)
            await asyncio.sleep(0.5)
            return await reads(peer)

    found = asyncio.run(run())
    assert all(isinstance(value, bytes) and value for value in found.values())


def bodies():
    """A body for each request, with which nothing is changed that would end the connection."""
    whole = {number: b"" for number in REQUESTS}
    whole[3] = json.dumps({"name": "early", "value": 20}).encode()
    whole[5] = json.dumps({"local_s": 850_000_000}).encode()
    whole[7] = json.dumps({"scene": 1}).encode()
    whole[8] = json.dumps({"use": "sunrise", "days": 0, "stages": 7}).encode()
    whole[9] = json.dumps({"kind": "nights"}).encode()
    whole[10] = struct.pack("<II", 0, 10) + b"nights/00001.night"
    whole[11] = struct.pack("<I", 10) + b"nights/00001.night"
    whole[12] = struct.pack("<IB", 0, 11) + b"clips/a.wav" + b"data"
    whole[13] = json.dumps({"name": "clips/a.wav", "bytes": 4, "sum": 0}).encode()
    whole[14] = json.dumps({"name": "clips/none.wav"}).encode()
    whole[16] = json.dumps({"bond": 3}).encode()
    return whole


# OK, or what is wrong with what was asked for: no such scene now, file, sum, bond
ANSWERED = {7: {0, 12}, 10: {0, 8}, 11: {0, 8}, 13: {14}, 14: {8}, 16: {7}}


def test_every_request_is_answered_to_an_owner_and_to_nobody_else(tmp_path):
    async def run():
        async with desk(tmp_path) as puck:
            _, _, mine = await owner(puck)
            answers = {
                number: (await request(mine, number, body))[0] for number, body in bodies().items()
            }
            _, theirs = await connect(await central(puck.air, 2))
            refused = {}
            for number, body in bodies().items():
                refused[number] = await asked_by_stranger(theirs, number, body)
            return answers, refused

    answers, refused = asyncio.run(run())
    for number, status in answers.items():
        assert status in ANSWERED.get(number, {0}), f"request {number}: status {status}"
    assert set(refused.values()) == {Opcode.ATT_ERROR_RESPONSE}


async def asked_by_stranger(peer, number, body):
    """What comes of a request that must not be taken."""
    (asked,) = peer.get_characteristics_by_uuid(REQUEST)
    (answered,) = peer.get_characteristics_by_uuid(RESPONSE)
    heard = []
    await answered.subscribe(heard.append)
    try:
        await asked.write_value(b"\xc0\x01\x01\x00" + bytes([number]) + body, with_response=True)
    except ProtocolError:
        return heard[0] if heard else Opcode.ATT_ERROR_RESPONSE
    return "written"
