"""What a puck does of itself: who may stay, what is on the air, what a radio that fails costs."""

import asyncio
import json

import pytest
from bumble.core import UUID, AdvertisingData
from sleepsync.bench.linked import ask, desk, let_in, owner, request, until
from sleepsync.radio import central, connect, find

FAILS = "(_ for _ in ()).throw(OSError(12))"
ROOM = UUID.from_16_bits(0xFCD2)
LIST, READ, SUM, WRITE, DONE, DELETE = 9, 10, 11, 12, 13, 14
BAD_BODY, BAD_VALUE, NOT_FOUND, NOT_ALLOWED = 6, 7, 8, 12


def run(folder, visit, **how):
    async def meet():
        async with desk(folder, **how) as puck:
            return await visit(puck)

    return asyncio.run(meet())


def test_a_radio_that_does_not_start_is_told_and_costs_nothing_else(tmp_path):
    async def visit(puck):
        await ask(puck, "import bluetooth", "")
        await puck.type(f"bluetooth.BLE.active = lambda self, *on: {FAILS}")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(let_in_and_connect(puck), 5)
        said = await puck.until("radio: does not start")
        await asyncio.sleep(3)
        errors = await ask(puck, "puck.errors()", "nothing is known")
        return said, errors, list(puck.lines)

    said, _, lines = run(tmp_path, visit)
    assert "power" in said
    assert not [line for line in lines if "died" in line or "Traceback" in line]
    assert sum("radio: does not start" in line for line in lines) <= 2


async def let_in_and_connect(puck):
    await let_in(puck)
    await connect(await central(puck.air))


def test_with_the_radio_off_no_hand_lets_anybody_in(tmp_path):
    async def visit(puck):
        await ask(puck, "puck.set('radio', 0)", "from now on")
        with pytest.raises(TimeoutError, match="the ring does not show"):
            await let_in(puck)
        return await puck.until("the radio is set off")

    assert "puck.set('radio', 1)" in run(tmp_path, visit)


def test_switching_the_radio_off_ends_every_connection(tmp_path):
    async def visit(puck):
        _, connection, _ = await owner(puck)
        left = asyncio.Event()
        connection.on(connection.EVENT_DISCONNECTION, lambda _: left.set())
        await ask(puck, "puck.set('radio', 0)", "from now on")
        await asyncio.wait_for(left.wait(), 5)

    run(tmp_path, visit)


def test_a_stranger_has_to_go_after_half_a_minute(tmp_path):
    async def visit(puck):
        await let_in(puck)
        connection, _ = await connect(await central(puck.air))
        left = asyncio.Event()
        connection.on(connection.EVENT_DISCONNECTION, lambda _: left.set())
        await asyncio.sleep(20 / puck.speed)
        early = left.is_set()
        await asyncio.wait_for(left.wait(), 30 / puck.speed)
        return early

    assert run(tmp_path, visit) is False


def test_a_short_press_takes_the_puck_off_the_air_again(tmp_path):
    async def visit(puck):
        phone = await central(puck.air)
        await let_in(puck)
        await find(phone)
        await puck.press(100)
        await asyncio.sleep(2 / puck.speed)
        with pytest.raises(TimeoutError):
            await find(phone, patience_s=1)

    run(tmp_path, visit)


LINK = "__import__('firmware.app').app.running.link"


def test_nothing_is_told_while_somebody_is_there_whom_nobody_has_looked_at(tmp_path):
    """The stack has told of a peer that the task has not met: he may have subscribed already."""

    async def visit(puck):
        _, _, peer = await owner(puck)
        told = []
        (rate,) = peer.get_characteristics_by_uuid(UUID.from_16_bits(0x2A37))
        await rate.subscribe(told.append)
        await until(lambda: len(told) > 2)
        await ask(puck, f"setattr({LINK}._radio, 'came', 99) or 'met'", "met")
        await asyncio.sleep(1 / puck.speed)
        told.clear()
        await asyncio.sleep(10 / puck.speed)
        return len(told)

    assert run(tmp_path, visit) == 0


def test_who_floods_has_to_go(tmp_path):
    async def visit(puck):
        _, connection, _ = await owner(puck)
        left = asyncio.Event()
        connection.on(connection.EVENT_DISCONNECTION, lambda _: left.set())
        flood = (
            f"[{LINK}._radio.inbox.put(3, 0, 17, bytes(500), True) for _ in range(9)] and 'full'"
        )
        await ask(puck, flood, "full")
        await asyncio.wait_for(left.wait(), 5)

    run(tmp_path, visit)


def test_the_room_is_on_the_air_only_if_asked_and_from_one_address(tmp_path):
    async def visit(puck):
        phone = await central(puck.air)
        with pytest.raises(TimeoutError):
            await find(phone, patience_s=1)
        await ask(puck, "puck.set('bthome', 1)", "from now on")
        advert = await heard(phone)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(phone.connect(advert.address), 1)
        return advert

    advert = run(tmp_path, visit)
    uuid, data = advert.data.get(AdvertisingData.SERVICE_DATA_16_BIT_UUID)
    assert uuid == ROOM
    assert data[0] == 0x40
    assert advert.address.is_public or advert.address.is_static


async def heard(phone):
    """An advert with the room in it, which follows the first epoch."""
    for _ in range(30):
        advert = await find(phone)
        if advert.data.get(AdvertisingData.SERVICE_DATA_16_BIT_UUID):
            return advert
        await asyncio.sleep(0.3)
    raise TimeoutError("no room on the air")


def named(name):
    return b"\0" * 4 + b"\xff\0\0\0" + name


WRONG_NAMES = [
    b"clips/../settings.wav",
    b"nights/../../boot.wav",
    b"nights/../00001.night",
    b"nights/sub/1.night",
    b"boot.py",
    b"/boot.py",
    b"nights/boot.py",
    b"clips/A.wav",
    b"",
]


def test_no_name_leads_out_of_the_two_folders(tmp_path):
    async def visit(puck):
        _, _, peer = await owner(puck)
        read = [(await request(peer, READ, named(name)))[0] for name in WRONG_NAMES]
        deleted = [await asked(peer, DELETE, name=name.decode()) for name in WRONG_NAMES]
        written = await request(peer, WRITE, b"\0\0\0\0\x0dnights/1.nightx")
        return read, deleted, written[0], await asked(peer, LIST, kind="..")

    read, deleted, written, listed = run(tmp_path, visit)
    assert set(read) == {BAD_VALUE}
    assert set(deleted) <= {BAD_VALUE, NOT_ALLOWED}
    assert written == NOT_ALLOWED
    assert listed == BAD_VALUE


async def asked(peer, code, **body):
    return (await request(peer, code, json.dumps(body).encode()))[0]


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"7", b'{"name": "early"}', b'{"value": 3}'])
def test_a_body_of_another_form_is_told_as_such(owner_asks, body):
    assert owner_asks(3, body)[0] == BAD_BODY


@pytest.fixture(scope="module")
def owner_asks(tmp_path_factory):
    """Ask a puck that lasts for all tests of this file: `ask(code, body)`."""
    loop = asyncio.new_event_loop()
    place = desk(tmp_path_factory.mktemp("puck"))
    puck = loop.run_until_complete(place.__aenter__())
    _, _, peer = loop.run_until_complete(owner(puck))
    yield lambda code, body: loop.run_until_complete(request(peer, code, body))
    loop.run_until_complete(place.__aexit__(None, None, None))
    loop.close()


def test_a_request_waits_for_a_gesture_and_is_answered_after_it(tmp_path):
    """A press of four seconds: nothing is written meanwhile that could hide how it ends."""

    async def visit(puck):
        _, _, peer = await owner(puck)
        await until(lambda: not any(puck.ring))
        loop = asyncio.get_running_loop()
        await puck.press(4000)
        await asyncio.sleep(0.5 / puck.speed)
        began = loop.time()
        status, _ = await request(peer, 3, b'{"name": "early", "value": 20}')
        return status, (loop.time() - began) * puck.speed

    status, waited_s = run(tmp_path, visit)
    assert status == 0
    assert waited_s > 2.5


def test_a_clip_comes_whole_or_not_at_all(owner_asks):
    name = b"clips/owl.wav"
    head = bytes((len(name),)) + name
    assert owner_asks(WRITE, b"\0\0\0\0" + head + b"hoo ")[1] == b"\4\0\0\0"
    assert owner_asks(WRITE, b"\3\0\0\0" + head + b"hoo")[:2] == (13, b"\4\0\0\0")
    assert owner_asks(WRITE, b"\4\0\0\0" + head + b"hoo")[1] == b"\7\0\0\0"
    assert owner_asks(LIST, b'{"kind": "clips"}')[1] == b"[]"
    wrong = json.dumps({"name": name.decode(), "bytes": 7, "sum": 1}).encode()
    assert owner_asks(DONE, wrong)[0] == 14
    assert owner_asks(DONE, wrong)[0] == NOT_FOUND
    assert owner_asks(DELETE, json.dumps({"name": name.decode()}).encode())[0] == NOT_FOUND
