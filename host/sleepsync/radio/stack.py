"""The Bluetooth stack of one simulated puck, from when its VM joins the air until it is gone.

Bumble does the protocols; here they are joined to what the VM asks for. It must never let a peer
wait for a VM that is gone.
"""

import asyncio
import json
import struct
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

from bumble import hci
from bumble.device import AdvertisingType, DeviceConfiguration
from bumble.gatt import Characteristic, Service
from bumble.hci import Address
from bumble.host import Host
from bumble.smp import AddressResolver
from bumble.transport.common import AsyncPipeSink

from sleepsync.radio import attributes, frames, pairing
from sleepsync.radio.bonds import FirmwareBonds, Secret
from sleepsync.radio.frames import FromPuck
from sleepsync.radio.line import Line
from sleepsync.radio.link import Air, VirtualController
from sleepsync.radio.peers import Peers
from sleepsync.radio.post import Post

_GET_SECRET, _SET_SECRET = 29, 30  # MicroPython's events

_ENOENT = 2
_RANDOM, _PRIVATE, _UNRESOLVABLE = 1, 2, 3  # modes of its own address
_RPA_S = 900  # CONFIG_BT_NIMBLE_RPA_TIMEOUT: so long a private address is used
_USUAL_MTU = 256
_LEAST_INTERVAL_MS = 20.0


class Stack:
    """The stack of the VM behind `reader` and `writer`, whose public address is `address`."""

    def __init__(
        self, link: Air, address: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._link, self._address, self._reader = link, address, reader
        self._line = Line(writer)
        self._tasks: set[asyncio.Task[Any]] = set()
        self._radio: _Radio | None = None

    async def run(self) -> None:
        """Serve the VM until it is gone; then so is the puck."""
        try:
            while True:
                frame = await frames.read(self._reader)
                await self._do(frame.kind, frame.body)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self._line.end()
            if self._radio:
                self._radio.vanish()

    async def _do(self, kind: FromPuck, body: bytes) -> None:
        if kind is FromPuck.ANSWER:
            self._line.answered(body)
        elif kind is FromPuck.POWER:
            await self._switch(json.loads(body))
        elif self._radio:
            await self._do_on_air(self._radio, kind, body)

    async def _do_on_air(self, radio: "_Radio", kind: FromPuck, body: bytes) -> None:
        if kind is FromPuck.NOTIFY:
            radio.post.put(body)
        elif kind is FromPuck.UPDATED:
            radio.post.update(int.from_bytes(body[:2], "little"), body[2:])
        elif kind is FromPuck.DISCONNECT:
            radio.disconnect(*struct.unpack("<H", body))
        elif kind is FromPuck.PASSKEY:
            found = radio.peers.inject(*struct.unpack("<HBI", body))
            self._line.done(0 if found else _ENOENT)
        else:
            await radio.set_up(kind, json.loads(body))
            self._line.done(0)

    async def _switch(self, asked: dict[str, Any]) -> None:
        """On, or off; the VM hears its public address."""
        if self._radio:
            await self._radio.stop()
            self._radio = None
        if asked["on"]:
            controller = VirtualController("puck", self._link, self._address)
            self._radio = _Radio(controller, self._line, asked)
            await self._radio.start()
        self._line.done(0, bytes(Address(self._address))[::-1])


class _Radio:
    """A stack that is on, until it is off. `settings`: what the firmware has configured."""

    def __init__(self, controller: VirtualController, line: Line, settings: dict[str, Any]) -> None:
        self._controller, self._line, self._settings = controller, line, settings
        self._tasks: set[asyncio.Task[Any]] = set()
        own = DeviceConfiguration(
            irk=bytes.fromhex(settings["irk"]),
            gap_service_enabled=False,
            gatt_service_enabled=False,
        )
        host = Host(controller, AsyncPipeSink(controller))
        self._device = pairing.PuckDevice(config=own, host=host)
        self._device.gatt_server.max_mtu = _USUAL_MTU
        self._device.keystore = bonds = FirmwareBonds(
            self._get_secret, self._set_secret, self._device.irk
        )
        bonds.recognises = self._recognise
        for peer in settings["peers"]:
            bonds.know(Secret.unpacked(bytes.fromhex(peer)))
        self.peers = Peers(self._device, bonds, line, settings)
        self.post = Post(self._device, self.peers, line)
        read = Characteristic.Properties.READ
        self._name = Characteristic("2A00", read, Characteristic.READABLE, b"")

    async def start(self) -> None:
        """Power on, with NimBLE's own services."""
        self._offer([])
        self._call(self._settings["name"])
        await self._device.power_on()
        self._spawn(self.post.carry())
        self._spawn(self._renew_address())

    async def stop(self) -> None:
        """End every connection politely, and be gone."""
        for connection in list(self.peers.connections.values()):
            with suppress(Exception):  # of Bumble's, for a peer that is just going
                await asyncio.wait_for(connection.disconnect(), 1)
        self.vanish()

    def vanish(self) -> None:
        """Be gone at once: the power is off."""
        for task in list(self._tasks):
            task.cancel()
        self._controller.vanish()

    async def set_up(self, kind: FromPuck, asked: Any) -> None:
        """What the VM waits for."""
        if kind is FromPuck.CONFIG:
            await self._configure(asked)
        elif kind is FromPuck.SERVICES:
            self._offer(asked)
        elif kind is FromPuck.ADVERTISE:
            await self._advertise(asked)

    def disconnect(self, number: int) -> None:
        """End a connection, if it is there."""
        connection = self.peers.connections.get(number)
        if connection:
            self._spawn(connection.disconnect())

    async def _configure(self, asked: dict[str, Any]) -> None:
        self._settings.update(asked)
        for name, value in asked.items():
            if name == "mtu":
                self._device.gatt_server.max_mtu = value
            elif name == "gap_name":
                self._call(value)
            elif name == "addr_mode":
                await self._use_address(self._own_address())

    def _call(self, name: str) -> None:
        """Give it a name, in hexadecimal."""
        self._name.value = bytes.fromhex(name)
        self._device.name = self._name.value.decode(errors="replace")

    def _offer(self, rows: list[Any]) -> None:
        """NimBLE's own services, and those of the firmware, at the handles that the VM gave."""
        server = self._device.gatt_server
        server.attributes.clear()
        server.attributes_by_handle.clear()
        server.services.clear()
        server.add_services(_own_services(self._name))
        for row in rows:
            before = len(server.attributes)
            server.add_service(attributes.service(self.peers, row))
            _compare(server, before, attributes.handles(row))

    def _recognise(self, keys: list[tuple[bytes, Address]]) -> None:
        """From now on: whoever comes back at once is known, too."""
        self._device.address_resolver = AddressResolver(keys)

    async def _get_secret(self, kind: int, key: bytes) -> bytes | None:
        status, data = await self._line.ask_event(_GET_SECRET, [kind, 0], key)
        return None if status else data

    async def _set_secret(self, kind: int, key: bytes, value: bytes | None) -> bool:
        status, _ = await self._line.ask_event(_SET_SECRET, [kind], key, value)
        return not status

    # Its own address

    def _own_address(self) -> Address | None:
        mode = self._settings.get("addr_mode", 0)
        if mode == _PRIVATE:
            return Address.generate_private_address(self._device.irk)
        if mode == _UNRESOLVABLE:
            return Address.generate_private_address()
        return None

    async def _use_address(self, address: Address | None) -> None:
        if address:
            await self._device.send_sync_command(hci.HCI_LE_Set_Random_Address_Command(address))
            self._device.random_address = address

    async def _renew_address(self) -> None:
        """A private address lasts for a quarter of an hour of the puck's time."""
        while True:
            await asyncio.sleep(_RPA_S / self._settings["speed"])
            if self._settings.get("addr_mode") == _PRIVATE:
                await self._use_address(self._own_address())

    async def _advertise(self, asked: dict[str, Any] | None) -> None:
        device = self._device
        await device.stop_advertising()
        if asked is None:
            return
        interval_ms = asked["interval_us"] / 1000 / self._settings["speed"]
        private = self._settings.get("addr_mode", 0) in (_RANDOM, _PRIVATE, _UNRESOLVABLE)
        if private and device.random_address.is_static:
            await self._use_address(self._own_address())
        await device.start_advertising(
            advertising_type=_TYPES[asked["connectable"]],
            own_address_type=_ADDRESSES[private],
            advertising_data=bytes.fromhex(asked["adv"]),
            scan_response_data=bytes.fromhex(asked["response"]),
            advertising_interval_min=max(_LEAST_INTERVAL_MS, interval_ms),
            advertising_interval_max=max(_LEAST_INTERVAL_MS, interval_ms),
        )

    def _spawn(self, coroutine: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


_TYPES = {
    True: AdvertisingType.UNDIRECTED_CONNECTABLE_SCANNABLE,
    False: AdvertisingType.UNDIRECTED_SCANNABLE,
}
_ADDRESSES = {True: hci.OwnAddressType.RANDOM, False: hci.OwnAddressType.PUBLIC}


def _own_services(name: Characteristic) -> list[Service]:
    """What NimBLE offers by itself: thirteen attributes."""
    read = Characteristic.Properties.READ
    appearance = Characteristic("2A01", read, Characteristic.READABLE, bytes(2))
    resolution = Characteristic("2AA6", read, Characteristic.READABLE, bytes(1))
    changed = Characteristic(
        "2A05", Characteristic.Properties.INDICATE, Characteristic.READABLE, bytes(4)
    )
    features = Characteristic("2B3A", read, Characteristic.READABLE, bytes(1))
    return [Service("1800", [name, appearance, resolution]), Service("1801", [changed, features])]


def _compare(server: Any, start: int, handles: list[int]) -> None:
    """The attributes from `start` on have these handles."""
    for attribute, handle in zip(server.attributes[start:], handles, strict=True):
        assert attribute.handle == handle, f"a handle is {attribute.handle}, not {handle}"
