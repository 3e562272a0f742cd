"""bleak on a Bumble central: a whole Bluetooth stack in Python, with no adapter and no system's.

Bonds are kept in a JSON file that only its owner can read. It must never ask a person anything:
the passkey comes from a callback.
"""

import asyncio
import json
import logging
import os
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import BaseBleakClient
from bleak.backends.descriptor import BleakGATTDescriptor
from bleak.backends.scanner import AdvertisementData, BaseBleakScanner
from bleak.backends.service import BleakGATTService, BleakGATTServiceCollection
from bleak.exc import BleakDeviceNotFoundError, BleakError, BleakGATTProtocolError
from bumble.core import UUID, AdvertisingData, BaseBumbleError, ProtocolError
from bumble.device import Connection, Device, Peer
from bumble.hci import Address
from bumble.keys import JsonKeyStore
from bumble.pairing import PairingConfig, PairingDelegate
from bumble.transport import open_transport

AskPasskey = Callable[[], Awaitable[int | None]]  # None: nobody answered

_NAME = "SleepSync desktop"
_MTU = 517
_UUIDS = (
    AdvertisingData.INCOMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS,
    AdvertisingData.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS,
    AdvertisingData.INCOMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS,
    AdvertisingData.COMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS,
)
_PROPERTIES = ("broadcast", "read", "write-without-response", "write", "notify", "indicate")


# Bumble tells of every peer's mistake; what matters comes as an exception.
logging.getLogger("bumble").setLevel(logging.CRITICAL)


class Keys(JsonKeyStore):
    """Bonds in a file for its owner's eyes only."""

    async def save(self, db: Any) -> None:
        """Replace the file at once, or not at all."""
        part = self.filename.with_name(self.filename.name + ".part")
        part.unlink(missing_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        with os.fdopen(os.open(part, flags, 0o600), "w") as file:
            json.dump(db, file, indent=1, sort_keys=True)
        part.replace(self.filename)

    async def delete(self, name: str) -> None:
        """Forget one, if it is known."""
        if await self.get(name):
            await super().delete(name)


class Delegate(PairingDelegate):
    """A desktop has a screen and a keyboard; `ask` is whatever asks its person."""

    def __init__(self, ask: AskPasskey) -> None:
        super().__init__(PairingDelegate.IoCapability.KEYBOARD_INPUT_ONLY)
        self._ask = ask

    async def get_number(self) -> int | None:
        """See `PairingDelegate`."""
        return await self._ask()


@asynccontextmanager
async def central(transport: str, bonds: Path) -> AsyncIterator[Device]:
    """A central at Bumble's `transport`, by an address that it keeps beside its bonds."""
    async with await open_transport(transport) as hci:
        device = Device.with_hci(_NAME, _own_address(bonds), hci.source, hci.sink)
        device.keystore = Keys("desktop", str(bonds))
        pairs_by(device, nobody)
        await device.power_on()
        try:
            yield device
        finally:
            for connection in list(device.connections.values()):
                await connection.disconnect()


def pairs_by(device: Device, ask: AskPasskey) -> None:
    """From now on `ask` is asked for passkeys. What does not hold against an eavesdropper, or
    somebody in between, is refused.
    """
    device.pairing_config_factory = lambda _: PairingConfig(
        sc=True,
        mitm=True,
        bonding=True,
        identity_address_type=PairingConfig.AddressType.RANDOM,
        delegate=Delegate(ask),
    )


async def nobody() -> int | None:
    """Where no person is: no passkey is known."""
    return None


def _own_address(bonds: Path) -> Address:
    """A static random address, made once: a bond holds for the address that it was made with."""
    path = bonds.with_suffix(".address")
    if not path.exists():
        bonds.parent.mkdir(parents=True, exist_ok=True)
        octets = bytearray(secrets.token_bytes(6))
        octets[0] |= 0xC0
        path.write_text(octets.hex(":").upper())
    return Address(path.read_text().strip())


def classes(device: Device) -> tuple[type[BaseBleakScanner], type[BaseBleakClient]]:
    """(scanner, client) for bleak's `backend`, on this central."""
    scanner = type("BumbleScanner", (_Scanner,), {"central": device})
    client = type("BumbleClient", (_Client,), {"central": device})
    return scanner, client


class _Scanner(BaseBleakScanner):
    central: Device

    def __init__(self, detection_callback, service_uuids, scanning_mode, **_):
        super().__init__(detection_callback, service_uuids)
        self._is_active = scanning_mode == "active"
        self._bonded: set[str] = set()

    async def start(self) -> None:
        self.seen_devices = {}
        keys = self.central.keystore
        self._bonded = {name for name, _ in await keys.get_all()} if keys else set()
        self.central.on("advertisement", self._seen)
        await self.central.start_scanning(active=self._is_active, filter_duplicates=False)

    async def stop(self) -> None:
        self.central.remove_listener("advertisement", self._seen)
        await self.central.stop_scanning()

    def set_scanning_filter(self, **_: Any) -> None:
        raise NotImplementedError("the filter is given at the start")

    def _seen(self, heard):
        name = heard.data.get(AdvertisingData.COMPLETE_LOCAL_NAME)
        uuids = uuids_of(heard.data)
        if not self.is_allowed_uuid(uuids):
            return
        said = AdvertisementData(name, {}, {}, uuids, None, heard.rssi, (heard,))
        who = str(self._identity(heard.address))
        props = {"Paired": who in self._bonded}
        details = {"address": heard.address, "identity": who, "props": props}
        address = _plain(heard.address)
        device = self.create_or_update_device(address, address, name, details, said)
        device.details.update(details)
        self.call_detection_callbacks(device, said)

    def _identity(self, address):
        """Who is behind a resolvable address, if that is known."""
        resolver = self.central.address_resolver
        known = resolver.resolve(address) if resolver and address.is_resolvable else None
        return known or address


class _Client(BaseBleakClient):
    central: Device
    _connection: Connection | None = None

    def __init__(self, address_or_ble_device, services=None, **how):
        how.pop("bluez", None)
        super().__init__(address_or_ble_device, **how)
        details = getattr(address_or_ble_device, "details", None)
        self._address = details["address"] if details else Address(self.address)
        self._identity = details["identity"] if details else self.address
        self._gone = asyncio.Event()

    @property
    def name(self) -> str:
        return self.address

    @property
    def mtu_size(self) -> int:
        return self._connection.att_mtu if self._connection else 23

    @property
    def is_connected(self) -> bool:
        return self._connection is not None

    async def connect(self, pair: bool, **_: Any) -> None:
        try:
            connection = await self.central.connect(self._address, timeout=self._timeout)
        except BaseBumbleError as error:
            raise BleakDeviceNotFoundError(self.address, "it does not answer") from error
        self._connection, self._identity = connection, str(connection.peer_address)
        self._gone.clear()
        connection.on("disconnection", self._ended)
        if pair:
            await self.pair()
        elif await self._bond():
            await self._encrypt()
        self.services = await self._while_connected(
            _discovered(Peer(connection), lambda: self.mtu_size - 3)
        )

    async def disconnect(self) -> None:
        if self._connection:
            await self._connection.disconnect()

    async def pair(self, *_: Any, **__: Any) -> None:
        try:
            await self._while_connected(self._connected().pair())
        except BaseBumbleError as error:
            raise BleakError(f"pairing failed: {error}") from error
        self._identity = str(self._connected().peer_address)

    async def unpair(self) -> None:
        await self.disconnect()
        if keys := self.central.keystore:
            await keys.delete(self._identity)

    async def read_gatt_char(self, characteristic: BleakGATTCharacteristic, **_: Any) -> bytearray:
        return bytearray(await self._att(characteristic.obj.read_value()))

    async def read_gatt_descriptor(self, descriptor: BleakGATTDescriptor, **_: Any) -> bytearray:
        return bytearray(await self._att(descriptor.obj.read_value()))

    async def write_gatt_char(self, characteristic, data, response) -> None:
        await self._att(characteristic.obj.write_value(bytes(data), response))

    async def write_gatt_descriptor(self, descriptor, data) -> None:
        await self._att(descriptor.obj.write_value(bytes(data), True))

    async def start_notify(self, characteristic, callback, **_: Any) -> None:
        await self._att(characteristic.obj.subscribe(lambda value: callback(bytearray(value))))

    async def stop_notify(self, characteristic) -> None:
        await self._att(characteristic.obj.unsubscribe(force=True))

    async def _bond(self):
        keys = self.central.keystore
        return keys and await keys.get(str(self._connected().peer_address))

    async def _encrypt(self):
        """A bond that the puck has forgotten leaves the connection plain: reading tells."""
        with suppress(BaseBumbleError):
            await self._while_connected(self._connected().encrypt())

    async def _att(self, operation):
        try:
            return await self._while_connected(operation)
        except ProtocolError as error:
            raise BleakGATTProtocolError(error.error_code) from error

    async def _while_connected(self, operation):
        """What `operation` gives. BleakError when the connection ends first."""
        work = asyncio.ensure_future(operation)
        gone = asyncio.ensure_future(self._gone.wait())
        try:
            await asyncio.wait((work, gone), return_when=asyncio.FIRST_COMPLETED)
            if work.done() and not work.cancelled():
                return work.result()
            raise BleakError("the connection ended")
        finally:
            work.cancel()
            gone.cancel()

    def _connected(self):
        if not self._connection:
            raise BleakError("not connected")
        return self._connection

    def _ended(self, _):
        self._connection = None
        self.services = None
        self._gone.set()
        if self._disconnected_callback:
            self._disconnected_callback()


async def _discovered(peer, most_bytes):
    """What the peer offers, in bleak's words."""
    await peer.request_mtu(_MTU)
    await peer.discover_all()
    found = BleakGATTServiceCollection()
    for its in peer.services:
        service = BleakGATTService(its, its.handle, uuid_text(its.uuid))
        found.add_service(service)
        for one in its.characteristics:
            _add(found, service, one, most_bytes)
    return found


def _add(found, service, its, most_bytes):
    uses = [name for bit, name in enumerate(_PROPERTIES) if its.properties >> bit & 1]
    characteristic = BleakGATTCharacteristic(
        its, its.handle - 1, uuid_text(its.uuid), uses, most_bytes, service
    )
    found.add_characteristic(characteristic)
    for one in its.descriptors:
        found.add_descriptor(
            BleakGATTDescriptor(one, one.handle, uuid_text(one.type), characteristic)
        )


def uuid_text(uuid: UUID) -> str:
    """As bleak writes it: all 128 bits, small letters."""
    text = uuid.to_hex_str("-").lower()
    return text if len(text) == 36 else f"{text:0>8}-0000-1000-8000-00805f9b34fb"


def uuids_of(data: AdvertisingData) -> list[str]:
    """The services that an advert names."""
    rows: list[Any] = [row for kind in _UUIDS for row in data.get_all(kind)]
    return [uuid_text(uuid) for row in rows for uuid in row]


def _plain(address: Address) -> str:
    return str(address).removesuffix("/P")
