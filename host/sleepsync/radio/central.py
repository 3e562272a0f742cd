"""A phone or a laptop in this process, for whoever tries a puck out: Bumble's device, set up.

It must never be gentler with a puck than a stranger is: a test that wants raw packets gets them
from the device itself.
"""

import asyncio
from collections.abc import Awaitable, Callable

from bumble.core import AdvertisingData
from bumble.device import Advertisement, Connection, Device, Peer
from bumble.host import Host
from bumble.keys import KeyStore, MemoryKeyStore
from bumble.pairing import PairingConfig, PairingDelegate
from bumble.transport.common import AsyncPipeSink

from sleepsync.radio.air import Air, static_address
from sleepsync.radio.link import VirtualController

NAME = "SleepSync"  # that pucks advertise
_PATIENCE_S = 20

IO = PairingDelegate.IoCapability
NOTHING, KEYBOARD, SCREEN = (
    IO.NO_OUTPUT_NO_INPUT,
    IO.KEYBOARD_INPUT_ONLY,
    IO.DISPLAY_OUTPUT_ONLY,
)
BUTTONS, EVERYTHING = IO.DISPLAY_OUTPUT_AND_YES_NO_INPUT, IO.DISPLAY_OUTPUT_AND_KEYBOARD_INPUT

Types = int | Callable[[], Awaitable[int]]


class Person(PairingDelegate):
    """Who holds the phone: types `passkey` (or what it comes to), and says yes to everything."""

    def __init__(self, io: PairingDelegate.IoCapability, passkey: Types) -> None:
        super().__init__(io_capability=io)
        self.passkey = passkey

    async def get_number(self) -> int:
        """What is typed."""
        return self.passkey if isinstance(self.passkey, int) else await self.passkey()


class Central(Device):
    """`person`: who holds it. `controller`: its own, which can vanish."""

    person: Person
    controller: VirtualController


async def central(
    air: Air,
    number: int = 1,
    passkey: Types = 0,
    io: PairingDelegate.IoCapability = KEYBOARD,
    secure: bool = True,
    mitm: bool = True,
    bonding: bool = True,
    keys: KeyStore | None = None,
) -> Central:
    """Central `number` (1 to 65,535), powered on, its bonds in `keys`.

    Not `secure`: it knows legacy pairing only. `device.person` types what pairing asks for.
    """
    controller = air.controller(f"central {number}")
    host = Host(controller, AsyncPipeSink(controller))
    device = Central(name=controller.name, address=static_address(number), host=host)
    device.controller = controller
    device.keystore = keys or MemoryKeyStore()
    device.person = person = Person(io, passkey)
    device.pairing_config_factory = lambda _: PairingConfig(
        sc=secure,
        mitm=mitm,
        bonding=bonding,
        delegate=person,
        identity_address_type=PairingConfig.AddressType.RANDOM,
    )
    await device.power_on()
    return device


async def find(device: Device, name: str = NAME, patience_s: float = _PATIENCE_S) -> Advertisement:
    """The first advert of who calls itself `name`. TimeoutError if there is none."""
    found: asyncio.Future[Advertisement] = asyncio.get_running_loop().create_future()

    def look(advert: Advertisement) -> None:
        if advert.data.get(AdvertisingData.COMPLETE_LOCAL_NAME) == name and not found.done():
            found.set_result(advert)

    device.on(device.EVENT_ADVERTISEMENT, look)
    await device.start_scanning()
    try:
        return await asyncio.wait_for(found, patience_s)
    finally:
        device.remove_listener(device.EVENT_ADVERTISEMENT, look)
        await device.stop_scanning()


async def connect(device: Device, name: str = NAME) -> tuple[Connection, Peer]:
    """A connection with who calls itself `name`, and what it offers. TimeoutError without any."""
    advert = await find(device, name)
    connection = await device.connect(advert.address, timeout=_PATIENCE_S)
    peer = Peer(connection)
    await peer.request_mtu(517)
    await peer.discover_services()
    await peer.discover_characteristics()
    return connection, peer
