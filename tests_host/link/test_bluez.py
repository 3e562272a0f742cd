"""The same client through bleak's own BlueZ backend, which knows nothing of ours."""

import asyncio
from contextlib import asynccontextmanager

import pytest
from bleak.backends.bluezdbus import manager, version
from fake_bluez import fake_bluez
from private_bus import VARIABLE, is_here, private_bus
from sleepsync.link import finding, gatt, transfer
from sleepsync.link.client import Puck
from sleepsync.link.errors import LinkError, Trouble
from sleepsync.link.finding import Adapter, find, is_paired
from sleepsync.link.pairing import pair
from standin import PASSKEY, standing_in

NIGHT = "nights/0001.night"
pytestmark = pytest.mark.link


@pytest.fixture(autouse=True)
def bus(monkeypatch):
    if not is_here():
        pytest.skip("dbus-daemon is not installed: apt-get install dbus")
    monkeypatch.setattr(finding, "_LINGER_S", 0.01)
    monkeypatch.setattr(version.BlueZFeatures, "checked_bluez_version", True)
    with private_bus() as address:
        monkeypatch.setenv(VARIABLE, address)
        yield address


@asynccontextmanager
async def over_bluez(bus):
    async with standing_in() as (standin, central), fake_bluez(central, bus) as bluez:
        yield standin, bluez
    manager._global_instances.clear()  # bleak keeps one for each loop


async def typed():
    return PASSKEY


async def nobody():
    return None


def test_pairing_asks_our_agent_and_then_everything_works(bus, tmp_path):
    async def run():
        async with over_bluez(bus) as (standin, _):
            radio = Adapter("system")
            device = await pair(radio, None, 5, typed, print)
            assert is_paired(await find(radio, None, 5))
            async with Puck(device) as puck:
                whole, target = standin.files[NIGHT], tmp_path / "0001.night"
                await transfer.pull(puck, NIGHT, len(whole), target, lambda *_: None)
                assert target.read_bytes() == whole
                beats = []
                await puck.listen(gatt.HEART_RATE, lambda value: beats.append(gatt.Beat.of(value)))
                await standin.tell(standin.heart, bytes((0x06, 58)))
                await asyncio.sleep(0.1)
                assert beats == [gatt.Beat(58, True, ())]

    asyncio.run(run())


@pytest.mark.parametrize("ask", [nobody])
def test_without_a_passkey_nothing_is_gained(bus, ask):
    async def run():
        async with over_bluez(bus):
            with pytest.raises(LinkError, match="press again"):
                await pair(Adapter("system"), None, 5, ask, print)
            device = await find(Adapter("system"), None, 5)
            assert not is_paired(device)
            with pytest.raises(LinkError) as caught:
                async with Puck(device):
                    pass
            assert caught.value.status in (Trouble.NOT_PAIRED, Trouble.PAIRING)

    asyncio.run(run())
