"""Notifications of the small peripheral: to whom, how long, how many until NimBLE is full."""

import asyncio

import pytest
from in_the_air import characteristic, in_the_air, met, peripheral, read

pytestmark = pytest.mark.link


async def heard_from(peer, number=3):
    """What is heard of a characteristic from now on."""
    heard = []
    await characteristic(peer, number).subscribe(lambda value: heard.append(bytes(value)))
    return heard


async def settle(check, patience_s=20):
    """Wait until `check()`."""
    async with asyncio.timeout(patience_s):
        while not check():
            await asyncio.sleep(0.02)


@in_the_air
async def test_who_has_not_subscribed_is_notified_too_and_updated_not(air, tmp_path):
    async with peripheral(air, tmp_path) as puck:
        connection, _ = await met(air)
        seen = []
        connection.gatt_client.on_att_handle_value_notification = lambda pdu: seen.append(
            (pdu.attribute_handle, bytes(pdu.attribute_value))
        )
        await puck.does("ble.gatts_write(told, b'updated', True)")
        await puck.does("ble.gatts_notify(0, told, b'notified')")
        await puck.does("ble.gatts_notify(0, told)")
        await settle(lambda: len(seen) >= 2)
    assert seen == [(18, b"notified"), (18, b"updated")]


@in_the_air
async def test_subscribers_are_updated(air, tmp_path):
    async with peripheral(air, tmp_path) as puck:
        _, first = await met(air)
        await puck.does("advertise()")
        _, second = await met(air, 2)
        heard = await heard_from(first)
        other = await heard_from(second)
        await characteristic(second, 3).unsubscribe()
        await puck.does("ble.gatts_write(told, b'all', True)")
        await settle(lambda: heard)
        await read(second, 2)
    assert (heard, other) == ([b"all"], [])


@in_the_air
async def test_a_notification_holds_what_the_mtu_lets_through(air, tmp_path):
    async with peripheral(air, tmp_path) as puck:
        _, peer = await met(air)
        heard = await heard_from(peer)
        await puck.does("ble.gatts_notify(0, told, bytes(600))")
        await settle(lambda: heard)
    assert [len(value) for value in heard] == [514]


@pytest.mark.parametrize(("size", "most"), [(20, 12), (219, 12), (220, 6), (244, 6), (514, 4)])
@in_the_air
async def test_a_dozen_blocks_and_nimble_is_full(air, tmp_path, size, most):
    """While the firmware does not let go, nothing is sent: ENOMEM. After that all of it is."""
    async with peripheral(air, tmp_path) as puck:
        _, peer = await met(air)
        heard = await heard_from(peer)
        assert await puck.does(f"stream.fill(ble, 0, told, {size})") == [most, 12]
        await settle(lambda: len(heard) == most)
        assert await puck.does("ble._pool.free") == 12


@in_the_air
async def test_who_waits_and_tries_again_loses_nothing(air, tmp_path):
    """Two hundred in a row, each tried until it is taken."""
    async with peripheral(air, tmp_path) as puck:
        _, peer = await met(air)
        heard = await heard_from(peer)
        await puck.does("asyncio.create_task(stream.send(ble, 0, told, 200, 244)) and None")
        await settle(lambda: len(heard) == 200)
        assert await puck.does("stream.waited > 10")
    assert [int.from_bytes(value[:4], "little") for value in heard] == list(range(200))


@in_the_air
async def test_what_was_for_somebody_who_vanished_gives_its_buffers_back(air, tmp_path):
    async with peripheral(air, tmp_path) as puck:
        connection, _ = await met(air)
        connection.device.controller.vanish()
        sent, error = await puck.does("stream.fill(ble, 0, told, 244)")
        assert (sent, error) in ((6, 12), (0, 128))
        await puck.until(2)
        await asyncio.sleep(0.2)
        assert await puck.does("ble._pool.free") == 12
