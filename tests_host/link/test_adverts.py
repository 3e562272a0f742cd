"""What the puck calls into the air, read by Bumble and by Home Assistant's own parsers."""

import pytest
from bluetooth_data_tools import parse_advertisement_data
from bthome_ble import BTHomeBluetoothDeviceData
from bumble.core import UUID, AdvertisingData
from home_assistant_bluetooth import BluetoothServiceInfoBleak
from hypothesis import given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.link
Flags = AdvertisingData.Flags
ADVERTS = "firmware.link.adverts:"
MANY = settings(max_examples=150, deadline=None)
BTHOME = "0000fcd2-0000-1000-8000-00805f9b34fb"
ADDRESS = "C0:FF:EE:00:00:01"
NAME = "SleepSync"

TEMPERATURES = st.none() | st.integers(-4500, 13000)
HUMIDITIES = st.none() | st.integers(0, 100)
LIGHTS = st.none() | st.integers(0, 100_000) | st.integers(0, 0xFFFFFFFF)


@pytest.mark.parametrize(
    ("is_pairable", "mode"),
    [
        (True, Flags.LE_LIMITED_DISCOVERABLE_MODE),
        (False, Flags.LE_GENERAL_DISCOVERABLE_MODE),
    ],
)
def test_a_scanner_sees_name_services_and_whether_it_may_pair(worker, is_pairable, mode):
    advert, answer = worker.call(ADVERTS + "connectable", is_pairable)
    assert len(advert) <= 31
    assert len(answer) <= 31
    seen = AdvertisingData.from_bytes(advert + answer)
    flags = int.from_bytes(seen.get(AdvertisingData.FLAGS, raw=True), "little")
    assert flags == mode | Flags.BR_EDR_NOT_SUPPORTED
    assert seen.get(AdvertisingData.COMPLETE_LOCAL_NAME) == NAME
    heart = seen.get(AdvertisingData.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS)
    own = seen.get(AdvertisingData.COMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS)
    assert heart == [UUID.from_16_bits(0x180D)]
    assert own == [UUID("534c4545-5053-594e-4300-000000000000")]


def heard(advert):
    """(name and format, {measurement: value}) as Home Assistant makes them of an advertisement."""
    parsed = parse_advertisement_data([bytes(advert)])
    info = BluetoothServiceInfoBleak(
        name=parsed.local_name,
        address=ADDRESS,
        rssi=-60,
        manufacturer_data=parsed.manufacturer_data,
        service_data=parsed.service_data,
        service_uuids=parsed.service_uuids,
        source="local",
        device=None,
        advertisement=None,
        connectable=False,
        time=0.0,
    )
    parser = BTHomeBluetoothDeviceData()
    update = parser.update(info)
    assert not parser.sleepy_device  # it comes regularly: who goes silent is gone
    values = {key.key: value.native_value for key, value in update.entity_values.items()}
    (device,) = update.devices.values()
    return f"{device.name}, {device.sw_version}", values


@MANY
@given(TEMPERATURES, HUMIDITIES, LIGHTS, st.integers(0, 100_000))
def test_home_assistant_reads_what_is_known_and_nothing_else(
    worker, temperature_cdeg, humidity_pct, light_mlx, packet_id
):
    told = (temperature_cdeg, humidity_pct, light_mlx, packet_id)
    advert = worker.call(ADVERTS + "bthome", *told)
    assert len(advert) <= 31
    device, values = heard(advert)
    assert device == f"{NAME} 0001, BTHome BLE v2"
    values.pop("signal_strength")
    assert values.pop("packet_id") == packet_id % 256
    wanted = {
        "temperature": None if temperature_cdeg is None else temperature_cdeg / 100,
        "humidity": humidity_pct,
        "illuminance": None if light_mlx is None else min(light_mlx / 1000, 167_772.15),
    }
    assert values == {
        name: pytest.approx(value, abs=0.0051)
        for name, value in wanted.items()
        if value is not None
    }


@MANY
@given(TEMPERATURES, HUMIDITIES, LIGHTS)
def test_objects_come_in_the_order_of_their_numbers(worker, temperature, humidity, light):
    """BTHome: a reader stops at the first number that it does not know."""
    data = parse_advertisement_data(
        [bytes(worker.call(ADVERTS + "bthome", temperature, humidity, light, 9))]
    ).service_data[BTHOME]
    sizes, numbers, at = {0: 1, 2: 2, 3: 2, 5: 3}, [], 1
    while at < len(data):
        numbers.append(data[at])
        at += 1 + sizes[data[at]]
    assert numbers == sorted(numbers)
    assert at == len(data)


def test_an_advert_heard_again_is_known_by_its_number(worker):
    first, again, other = (worker.call(ADVERTS + "bthome", 2100, 45, None, i) for i in (7, 263, 8))
    assert first == again != other
