"""MicroPython's bluetooth in the VM: limits, error numbers, order of events, as on the ESP32."""

import asyncio

import pytest
from bumble.core import TimeoutError as CoreTimeoutError
from in_the_air import (
    CONNECT,
    DISCONNECT,
    GET,
    MTU,
    SET,
    WRITTEN,
    characteristic,
    in_the_air,
    met,
    peripheral,
    read,
    write,
)
from sleepsync.radio import central, find

pytestmark = pytest.mark.link

ALONE = """
import bluetooth, errno
from clock import clock
ble = bluetooth.BLE()
def refused(action):
    try:
        action()
    except OSError as error:
        return error.errno
def offer(flags):
    services = (bluetooth.UUID(0x180D), ((bluetooth.UUID(0x2A37), flags),)),
    return ble.gatts_register_services(services)[0][0]
heard = []
"""


def test_a_radio_that_is_off_refuses_everything(run_in):
    lines = """
result = [
    ble.active(),
    refused(lambda: ble.gap_advertise(100000)),
    refused(lambda: ble.gatts_register_services(())),
    refused(lambda: ble.gatts_write(1, b"")),
    refused(lambda: ble.gatts_notify(0, 1, b"")),
    refused(lambda: ble.gatts_set_buffer(1, 50)),
    refused(lambda: ble.gap_disconnect(0)),
    refused(lambda: ble.config("mac")),
    refused(lambda: ble.config(mtu=100)),
    ble.gatts_read(1),
    ble.gap_advertise(None),
]
"""
    assert run_in(ALONE + lines) == [False, *[19] * 8, b"", None]


def test_with_no_air_it_works_and_nobody_is_in_range_and_no_time_passes(run_in):
    lines = """
ble.irq(lambda event, data: heard.append(event))
ble.active(True)
ble.config(addr_mode=2, mtu=517, bond=True, mitm=True, le_secure=True, io=0, gap_name="x")
value = offer(0x12)
ble.gap_advertise(100000, b"abc")
ble.gatts_write(value, b"1", True)
result = [ble.active(), value, ble.gatts_read(value)]
result += [refused(lambda: ble.gatts_notify(0, value, b"2")), ble.gap_disconnect(0), heard]
result += [clock.now_us(), ble.config("gap_name"), ble.config("mtu")]
"""
    found = run_in(ALONE + lines)
    assert found == [True, 16, b"1", 128, False, [29, 30, 29], 0, b"x", 517]


def test_an_unknown_name_of_the_configuration_is_refused(run_in):
    """`rxbuf` is one on the ESP32: there events need no buffer."""
    lines = """
result = []
for name in ("rxbuf", "nothing"):
    try:
        ble.config(**{name: 100})
    except ValueError as error:
        result.append(str(error))
"""
    assert run_in(ALONE + lines) == ["unknown config param"] * 2


def test_values_have_twenty_bytes_until_they_are_given_room(run_in):
    lines = """
ble.active(True)
value = offer(8)
def received(data):
    ble._values.receive(value, data)
    return len(ble.gatts_read(value))
result = [received(bytes(30))]
ble.gatts_set_buffer(value, 25)
result += [len(ble.gatts_read(value)), received(bytes(30))]
ble.gatts_set_buffer(value, 25, True)
ble._values.receive(value, bytes(10))
result += [received(bytes(10)), len(ble.gatts_read(value))]
result += [ble.gatts_write(value, bytes(40)), len(ble.gatts_read(value))]
result += [refused(lambda: ble.gatts_write(999, b""))]
result += [refused(lambda: ble.gatts_set_buffer(999, 5))]
"""
    assert run_in(ALONE + lines) == [20, 0, 25, 20, 0, 40, 40, 22, 22]


def test_adverts_and_mtus_have_bounds(run_in):
    lines = """
ble.active(True)
result = [
    refused(lambda: ble.gap_advertise(100000, bytes(32))),
    refused(lambda: ble.gap_advertise(100000, resp_data=bytes(32))),
    refused(lambda: ble.gap_advertise(100000, bytes(31), resp_data=bytes(31))),
    refused(lambda: ble.gap_advertise(1000)),
    refused(lambda: ble.config(mtu=22)), refused(lambda: ble.config(mtu=528)),
    refused(lambda: ble.config(mtu=527)),
    refused(lambda: ble.config(gap_name=bytes(32))),
]
"""
    assert run_in(ALONE + lines) == [22, 22, None, -530, 22, 22, None, 22]


def test_services_are_registered_before_anybody_hears_of_them(run_in):
    lines = """
ble.active(True)
one = (bluetooth.UUID(0x180D), ((bluetooth.UUID(0x2A37), 0x10), (bluetooth.UUID(0x2A38), 2)))
two = (bluetooth.UUID(0x181A), ((bluetooth.UUID(0x2A6E), 0x12, ((bluetooth.UUID(0x2901), 2),)),))
result = [list(map(list, ble.gatts_register_services((one, two))))]
result.append(refused(lambda: ble.gatts_register_services((one,) * 9)))
ble.gap_advertise(100000)
result.append(refused(lambda: ble.gatts_register_services((one,))))
"""
    assert run_in(ALONE + lines) == [[[16, 19], [22, 24]], 7, 16]


def test_a_handler_that_raises_is_not_called_again(run_in):
    lines = """
def on_event(event, data):
    heard.append(event)
    raise ValueError("of the handler")
ble.irq(on_event)
ble.active(True)
result = heard
"""
    assert run_in(ALONE + lines) == [29]


def test_its_own_key_is_a_secret_that_the_firmware_keeps(run_in):
    lines = """
kept = {}
def on_event(event, data):
    if event == 29:
        heard.append(["get", data[0], data[1], data[2] and bytes(data[2])])
        return kept.get(data[0])
    heard.append(["set", data[0], bytes(data[1]), len(data[2])])
    kept[data[0]] = bytes(data[2])
    return True
ble.irq(on_event)
ble.active(True)
ble.active(True)
result = heard
"""
    ask, search = ["get", 10, 0, b"irk"], ["get", 2, 0, None]
    assert run_in(ALONE + lines) == [ask, ["set", 10, b"irk", 16], search, ask, search]


def test_a_search_that_never_ends_is_told(run_in):
    lines = """
ble.irq(lambda event, data: bytes(88) if event == 29 else True)
try:
    ble.active(True)
except RuntimeError as error:
    result = str(error)
"""
    assert "without end" in run_in(ALONE + lines)


def test_an_event_s_buffers_are_the_stack_s_own(run_in):
    """Who keeps a view finds something else in it."""
    lines = """
ble.irq(lambda event, data: heard.append(data[2]))
ble.active(True)
result = bytes(heard[0])
"""
    assert run_in(ALONE + lines) == b"\xee\xee\xee"


def test_uuids_are_written_and_read_as_micropython_does(run_in):
    lines = """
long = bluetooth.UUID("6e400001-b5a3-f393-e0a9-e50e24dcca9e")
result = [str(bluetooth.UUID(0x180D)), str(long), bytes(bluetooth.UUID(0x180D)), bytes(long)[:2],
          long == bluetooth.UUID(bytes(long)), len({long, bluetooth.UUID(bytes(long))})]
for wrong in (0x10000, -1, "6e4", b"123"):
    try:
        bluetooth.UUID(wrong)
        result.append(wrong)
    except ValueError:
        pass
"""
    whole = "UUID('6e400001-b5a3-f393-e0a9-e50e24dcca9e')"
    expected = ["UUID(0x180d)", whole, b"\x0d\x18", b"\x9e\xca", True, 1]
    assert run_in(ALONE + lines) == expected


@in_the_air
async def test_events_come_in_the_chip_s_order(air, tmp_path):
    async with peripheral(air, tmp_path) as puck:
        connection, peer = await met(air)
        assert await write(peer, 2, b"x" * 30) == 0
        assert puck.events[-1][0] == WRITTEN  # before its response
        await connection.disconnect()
        await puck.until(DISCONNECT)
    start, *rest = [event for event in puck.events if event[0] not in (GET, SET)]
    address = "e0e1e2e30001"
    assert start == ["ready", [16, 18, 21, 23, 26, 27]]
    assert rest[:4] == [
        [CONNECT, 0, 1, address],
        [MTU, 0, 517],
        [WRITTEN, 0, 16],
        [DISCONNECT, 0, 1, address],
    ]


@in_the_air
async def test_what_it_advertises_is_what_one_finds(air, tmp_path):
    async with peripheral(air, tmp_path):
        phone = await central(air)
        advert = await find(phone)
        assert advert.address.is_resolvable
        assert advert.is_connectable
        responses = await scan_responses(phone)
    assert [response[:2] for response in responses] == [b"\x11\x07"]


async def scan_responses(device):
    """What devices answered to an active scan."""
    found = set()
    device.on("advertisement", lambda one: found.add(one.data_bytes) if one.is_scan_response else 0)
    await device.start_scanning(active=True)
    await asyncio.sleep(0.5)
    await device.stop_scanning()
    return found


@in_the_air
async def test_who_cannot_be_connected_to_is_seen_and_not_reached(air, tmp_path):
    async with peripheral(air, tmp_path) as puck:
        await puck.does("advertise(connectable=False)")
        phone = await central(air)
        advert = await find(phone)
        assert not advert.is_connectable
        with pytest.raises(CoreTimeoutError):
            await phone.connect(advert.address, timeout=1)
        await puck.does("ble.gap_advertise(None)")
        await asyncio.sleep(0.2)
        with pytest.raises(TimeoutError):
            await find(phone, patience_s=0.5)


@in_the_air
async def test_values_reach_the_other_side_and_are_cut_in_silence(air, tmp_path):
    async with peripheral(air, tmp_path) as puck:
        _, peer = await met(air)
        assert await read(peer, 2) == (b"hello", 0)
        assert await write(peer, 2, b"x" * 300) == 0
        assert await puck.does("len(ble.gatts_read(plain_value))") == 20
        await puck.does("ble.gatts_set_buffer(plain_value, 400)")
        assert await write(peer, 2, b"y" * 300) == 0
        assert await read(peer, 2) == (b"y" * 300, 0)
        assert await write(peer, 2, b"z", with_response=False) == 0
        await puck.until(WRITTEN, 3)
        assert await read(peer, 2) == (b"z", 0)
        assert await characteristic(peer, 6).discover_descriptors()
        words = await characteristic(peer, 6).descriptors[0].read_value()
        assert words == b"words"


@in_the_air
async def test_the_firmware_may_refuse_a_read(air, tmp_path):
    async with peripheral(air, tmp_path) as puck:
        _, peer = await met(air)
        await puck.does("refused.update({plain_value: 0x80})")
        assert await read(peer, 2) == (None, 0x80)


@in_the_air
async def test_four_may_connect_and_a_fifth_finds_nobody(air, tmp_path):
    async with peripheral(air, tmp_path) as puck:
        people = []
        for number in range(1, 5):
            people.append(await met(air, number))
            await puck.until(CONNECT, number)
            again = await puck.does("advertise()")
            assert again == (None if number < 4 else [12])  # ENOMEM
        assert [event[0] for event in puck.of(CONNECT)] == [0, 1, 2, 3]
        fifth = await central(air, 5)
        with pytest.raises(TimeoutError):
            await find(fifth, patience_s=0.5)
        await people[1][0].disconnect()
        await puck.until(DISCONNECT)
        await find(fifth)
        _, peer = await met(air, 6)
        assert (await puck.until(CONNECT, 5))[0] == 1  # the number that was free
        reads = [read(peer, 2), *(read(one, 2) for _, one in people[2:])]
        assert await asyncio.gather(*reads) == [(b"hello", 0)] * 3


@in_the_air
async def test_the_firmware_ends_a_connection_and_cannot_end_it_twice(air, tmp_path):
    async with peripheral(air, tmp_path) as puck:
        connection, _ = await met(air)
        twice = "(ble.gap_disconnect(0), ble.gap_disconnect(0))"
        assert await puck.does(twice) == [120]  # EALREADY
        await puck.until(DISCONNECT)
        await asyncio.sleep(0.1)
        assert connection.handle not in connection.device.connections
        assert await puck.does("ble.gap_disconnect(0)") is False
        assert await puck.does("ble.gatts_notify(0, told, b'x')") == [128]  # ENOTCONN


@in_the_air
async def test_a_radio_switched_off_lets_everybody_go_and_comes_back_empty(air, tmp_path):
    async with peripheral(air, tmp_path) as puck:
        connection, _ = await met(air)
        assert await puck.does("ble.active(False)") is False
        await asyncio.sleep(0.2)
        assert not connection.device.connections
        assert puck.of(DISCONNECT) == []  # a stack that is off tells nothing
        assert await puck.does("ble.active(True)") is True
        handles = await puck.does("ble.gatts_register_services((service,))")
        assert handles == [[16, 18, 21, 23, 26, 27]]
        await puck.does("advertise()")
        _, peer = await met(air, 2)
        assert await read(peer, 2) == (b"", 0)


@in_the_air
async def test_peers_that_vanish_are_missed_on_either_side(air, tmp_path):
    async with peripheral(air, tmp_path) as puck:
        phone, peer = await met(air)
        phone.device.controller.vanish()
        assert (await puck.until(DISCONNECT))[0] == 0
        other, peer = await met(air, 2)
        gone = asyncio.get_running_loop().create_future()
        other.on("disconnection", gone.set_result)
    assert await asyncio.wait_for(gone, 5) == 0x08  # the VM was killed: time-out
    with pytest.raises((TimeoutError, asyncio.CancelledError)):
        await asyncio.wait_for(read(peer, 2), 1)


@in_the_air
async def test_a_private_address_changes_and_connections_go_on(air, tmp_path):
    """Every quarter of an hour: here of six hundred times our own."""
    async with peripheral(air, tmp_path, speed=600) as puck:
        connection, peer = await met(air)
        await puck.does("advertise()")
        other = await central(air, 2)
        async with asyncio.timeout(10):
            while (await find(other)).address == connection.peer_address:
                await asyncio.sleep(0.1)
        assert await read(peer, 2) == (b"hello", 0)
        assert await write(peer, 2, b"still here") == 0
        assert puck.of(DISCONNECT) == []


@in_the_air
async def test_what_comes_ends_a_wait_long_before_its_time(air, tmp_path):
    """The program waits for its keyboard alone, for whole seconds."""
    async with peripheral(air, tmp_path):
        _, peer = await met(air)
        begun = asyncio.get_running_loop().time()
        for _ in range(20):
            await read(peer, 2)
        assert asyncio.get_running_loop().time() - begun < 1


@in_the_air
async def test_a_blocking_sleep_hears_too_and_lasts_as_long_as_it_is_told(air, tmp_path):
    async with peripheral(air, tmp_path, speed=5) as puck:
        _, peer = await met(air)
        await puck.does("import time, utime")
        took = "[utime.ticks_ms(), time.sleep_ms(4000), utime.ticks_ms()]"
        sleeping = asyncio.create_task(puck.does(took))
        await asyncio.sleep(0.2)
        for _ in range(10):
            assert await asyncio.wait_for(read(peer, 2), 0.3) == (b"hello", 0)
        assert not sleeping.done()
        begun, _, ended = await sleeping
        assert 700 <= ended - begun <= 1500  # a fifth of it


@in_the_air
async def test_an_event_waits_for_the_end_of_the_one_before(air, tmp_path):
    async with peripheral(air, tmp_path) as puck:
        _, peer = await met(air)
        lines = (
            "depths = []; inside = [0]",
            "import time",
            "def nosy(event, data): inside[0] += 1; depths.append(inside[0]); "
            "time.sleep_ms(30); inside[0] -= 1",
            "ble.irq(nosy)",
        )
        for line in lines:
            await puck.does(line)
        await asyncio.gather(*(write(peer, 2, b"x", with_response=False) for _ in range(5)))
        await read(peer, 2)
        assert await puck.does("depths") == [1] * 6, (puck.said, puck.events)
