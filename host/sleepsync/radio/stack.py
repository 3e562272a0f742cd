"""The Bluetooth stack of one simulated puck, from when its VM joins the air until it is gone.

Bumble does the protocols; here they are joined to MicroPython's events, in NimBLE's order. The
VM is asked, and its answer awaited, wherever the chip calls the firmware: for secrets, values,
passkeys. It must never let a peer wait for a VM that is gone.
"""

import asyncio
import json
import struct
from contextlib import suppress
from itertools import count
from typing import Any

from bumble import att, hci
from bumble.device import AdvertisingType, Connection, Device, DeviceConfiguration
from bumble.gatt import Characteristic, Service
from bumble.hci import Address
from bumble.host import Host
from bumble.smp import ErrorCode
from bumble.transport.common import AsyncPipeSink

from sleepsync.radio import attributes, frames, pairing
from sleepsync.radio.attributes import Security
from sleepsync.radio.bonds import FirmwareBonds, Secret, key_of
from sleepsync.radio.frames import FromPuck, ToPuck
from sleepsync.radio.link import Air, VirtualController

# MicroPython's events
_CONNECT, _DISCONNECT, _MTU_EXCHANGED = 1, 2, 21
_CONNECTION_UPDATE, _ENCRYPTION_UPDATE = 27, 28
_GET_SECRET, _SET_SECRET, _PASSKEY_ACTION = 29, 30, 31

_ENOENT = 2
_RANDOM, _PRIVATE, _UNRESOLVABLE = 1, 2, 3  # modes of its own address
_RPA_S = 900  # CONFIG_BT_NIMBLE_RPA_TIMEOUT: so long a private address is used
_KEY_BYTES = 16
_LEAST_INTERVAL_MS = 20.0
_MOST_UNSENT = 8  # packets of a connection, before the next notification waits
_GONE = att.ATT_UNLIKELY_ERROR_ERROR

_Event = tuple[int, list[int], list[bytes | None]]


class Stack:
    """The stack of the VM behind `reader` and `writer`, whose public address is `address`."""

    def __init__(
        self, link: Air, address: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._link, self._address = link, address
        self._reader, self._writer = reader, writer
        self._questions: dict[int, asyncio.Future[tuple[int, bytes]]] = {}
        self._numbers = count()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._device: Device | None = None
        self._controller: VirtualController | None = None
        self._passkeys = pairing.Passkeys()
        self._turn = asyncio.Lock()
        self._forget()

    async def run(self) -> None:
        """Serve the VM until it is gone; then so is the puck."""
        try:
            while True:
                frame = await frames.read(self._reader)
                await self._do(frame.kind, frame.body)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self._vanish()

    # What the VM asks for

    async def _do(self, kind: FromPuck, body: bytes) -> None:
        if kind is FromPuck.ANSWER:
            question, status = struct.unpack_from("<HB", body)
            future = self._questions.pop(question, None)
            if future and not future.done():
                future.set_result((status, body[3:]))
        elif kind is FromPuck.NOTIFY:
            number, handle, blocks = struct.unpack_from("<HHB", body)
            self._outbox.put_nowait((number, handle, blocks, body[5:]))
        elif kind is FromPuck.UPDATED:
            self._update_subscribers(int.from_bytes(body[:2], "little"), body[2:])
        elif kind is FromPuck.DISCONNECT:
            self._disconnect(*struct.unpack("<H", body))
        elif kind is FromPuck.PASSKEY:
            number, action, passkey = struct.unpack("<HBI", body)
            found = self._passkeys.inject(number, action, passkey)
            self._done(0 if found else _ENOENT)
        else:
            await self._set_up(kind, json.loads(body))

    async def _set_up(self, kind: FromPuck, asked: Any) -> None:
        """The rarer requests; the VM waits for each."""
        data = b""
        if kind is FromPuck.POWER:
            await self._power_off()
            if asked["on"]:
                data = await self._power_on(asked)
        elif kind is FromPuck.CONFIG:
            self._configure(asked)
        elif kind is FromPuck.SERVICES:
            self._offer(asked)
        elif kind is FromPuck.ADVERTISE:
            await self._advertise(asked)
        self._done(0, data)

    def _done(self, error: int, data: bytes = b"") -> None:
        self._send(ToPuck.DONE, struct.pack("<h", error) + data)

    # On and off

    def _forget(self) -> None:
        self._connections: dict[int, Connection] = {}
        self._security: dict[int, Security] = {}
        self._settings: dict[str, Any] = {}
        self._name = Characteristic(
            "2A00", Characteristic.Properties.READ, Characteristic.READABLE, b""
        )
        self._outbox: asyncio.Queue[tuple[int, int, int, bytes]] = asyncio.Queue()

    async def _power_on(self, asked: dict[str, Any]) -> bytes:
        """Start the stack; its public address, as MicroPython has it."""
        self._settings = asked
        self._controller = VirtualController("puck", self._link, self._address)
        settings = DeviceConfiguration(irk=bytes.fromhex(asked["irk"]), gatt_service_enabled=False)
        settings.gap_service_enabled = False
        host = Host(self._controller, AsyncPipeSink(self._controller))
        self._device = device = pairing.PuckDevice(config=settings, host=host)
        device.keystore = self._bonds = FirmwareBonds(
            self._get_secret, self._set_secret, device.irk
        )
        for peer in asked["peers"]:
            self._bonds.know(Secret.unpacked(bytes.fromhex(peer)))
        device.pairing_config_factory = self._pairing_config
        device.smp_manager.session_proxy = pairing.PuckSession
        device.gatt_server.max_mtu = 256
        device.on(device.EVENT_CONNECTION, self._on_connection)
        self._offer([])
        self._configure({"gap_name": asked["name"]})
        await device.power_on()
        self._spawn(self._post())
        self._spawn(self._renew_address())
        return bytes(device.public_address)[::-1]

    async def _power_off(self) -> None:
        """End every connection politely, and be gone."""
        for connection in list(self._connections.values()):
            with suppress(Exception):  # of Bumble's, for a peer that is just going
                await asyncio.wait_for(connection.disconnect(), 1)
        self._vanish()

    def _vanish(self) -> None:
        """Be gone at once: the power is off."""
        for future in self._questions.values():
            future.cancel()
        self._questions.clear()
        for task in list(self._tasks):
            task.cancel()
        if self._controller:
            self._controller.vanish()
        self._controller = self._device = None
        self._forget()

    def _configure(self, asked: dict[str, Any]) -> None:
        self._settings.update(asked)
        device = self._require()
        for name, value in asked.items():
            if name == "mtu":
                device.gatt_server.max_mtu = value
            elif name == "gap_name":
                self._name.value = bytes.fromhex(value)
                device.name = self._name.value.decode(errors="replace")
            elif name == "addr_mode":
                self._spawn(self._use_address(self._own_address()))

    def _offer(self, rows: list[Any]) -> None:
        """NimBLE's own services, and those of the firmware, at the handles that the VM gave."""
        server = self._require().gatt_server
        server.attributes.clear()
        server.attributes_by_handle.clear()
        server.services.clear()
        server.add_services(_own_services(self._name))
        for row in rows:
            made = attributes.service(self, row)
            before = len(server.attributes)
            server.add_service(made)
            _number(server, before, attributes.handles(row))

    # Its own address

    def _own_address(self) -> Address | None:
        mode = self._settings.get("addr_mode", 0)
        if mode == _PRIVATE:
            return Address.generate_private_address(self._require().irk)
        if mode == _UNRESOLVABLE:
            return Address.generate_private_address()
        return None

    async def _use_address(self, address: Address | None) -> None:
        if address:
            device = self._require()
            await device.send_sync_command(hci.HCI_LE_Set_Random_Address_Command(address))
            device.random_address = address

    async def _renew_address(self) -> None:
        """A private address lasts for a quarter of an hour of the puck's time."""
        while True:
            await asyncio.sleep(_RPA_S / self._settings["speed"])
            if self._settings.get("addr_mode") == _PRIVATE:
                await self._use_address(self._own_address())

    async def _advertise(self, asked: dict[str, Any] | None) -> None:
        device = self._require()
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

    # Connections

    def _on_connection(self, connection: Connection) -> None:
        number = next(free for free in count() if free not in self._connections)
        self._connections[number] = connection
        self._security[number] = Security()
        self._tell((_CONNECT, [number, *_kind_of(connection)], [_peer_of(connection)]))
        connection.on(connection.EVENT_DISCONNECTION, lambda _: self._on_disconnection(number))
        connection.on(
            connection.EVENT_CONNECTION_ATT_MTU_UPDATE,
            lambda: self._tell((_MTU_EXCHANGED, [number, connection.att_mtu], [])),
        )
        connection.on(
            connection.EVENT_CONNECTION_PARAMETERS_UPDATE, lambda: self._on_parameters(number)
        )
        connection.on(
            connection.EVENT_CONNECTION_ENCRYPTION_CHANGE, lambda: self._on_encryption(number)
        )
        connection.on(connection.EVENT_PAIRING_FAILURE, lambda _: self._on_pairing_failure(number))

    def _on_disconnection(self, number: int) -> None:
        connection = self._connections.pop(number, None)
        self._security.pop(number, None)
        self._passkeys.forget(number)
        if connection:
            self._tell((_DISCONNECT, [number, *_kind_of(connection)], [_peer_of(connection)]))

    def _on_parameters(self, number: int) -> None:
        had = self._connections[number].parameters
        units = int(had.connection_interval / 1.25), had.peripheral_latency
        values = [number, *units, int(had.supervision_timeout / 10), 0]
        self._tell((_CONNECTION_UPDATE, values, []))

    def _on_encryption(self, number: int) -> None:
        """A pairing encrypts before it ends: what it is worth is known already."""
        connection = self._connections[number]
        session = self._require().smp_manager.sessions.get(connection.handle)
        if session and not session.completed:
            method = session.pairing_method
            authenticated = method != session.pairing_method.JUST_WORKS
            self._security[number].is_encrypted = connection.is_encrypted
            self._security[number].is_authenticated = authenticated
        else:
            self._on_known_peer(number, connection)

    def _on_known_peer(self, number: int, connection: Connection) -> None:
        """At once: what a peer sends next is judged by it."""
        secret = self._bonds.used(connection.peer_address)
        if secret and connection.is_encrypted:
            self._on_security(number, Security(True, secret.is_authenticated, True))

    def _on_paired(self, connection: Connection, authenticated: bool, bonded: bool) -> None:
        self._on_security(self._number_of(connection), Security(True, authenticated, bonded))

    def _on_pairing_failure(self, number: int) -> None:
        if number in self._security:
            self._on_security(number, self._security[number])

    def _on_security(self, number: int, now: Security) -> None:
        if number not in self._security:
            return
        now.subscribed = self._security[number].subscribed
        self._security[number] = now
        flags = [now.is_encrypted, now.is_authenticated, now.is_bonded]
        key_bytes = _KEY_BYTES if now.is_encrypted else 0
        self._tell((_ENCRYPTION_UPDATE, [number, *map(int, flags), key_bytes], []))

    def _disconnect(self, number: int) -> None:
        connection = self._connections.get(number)
        if connection:
            self._spawn(connection.disconnect())

    # Secrets and passkeys

    def _pairing_config(self, connection: Connection) -> Any:
        io = self._settings["io"]
        delegate = pairing.Delegate(
            io, connection, self._begin_pairing, self._ask_passkey, self._on_paired
        )
        return pairing.config(self._settings, delegate)

    async def _begin_pairing(self, connection: Connection) -> None:
        if await self._bonds.peers(connection.peer_address):
            await self._bonds.delete(str(connection.peer_address))

    async def _ask_passkey(self, connection: Connection, action: int, number: int) -> int:
        which = self._number_of(connection)
        future = self._passkeys.expect(which, action)
        self._tell((_PASSKEY_ACTION, [which, action, number], []))
        try:
            return await asyncio.wait_for(future, pairing.TIMEOUT_S / self._settings["speed"])
        except TimeoutError:
            session = self._require().smp_manager.sessions[connection.handle]
            session.send_pairing_failed(ErrorCode.UNSPECIFIED_REASON)
            raise

    async def _get_secret(self, kind: int, key: bytes) -> bytes | None:
        status, data = await self._ask_event((_GET_SECRET, [kind, 0], [key]))
        return None if status else data

    async def _set_secret(self, kind: int, key: bytes, value: bytes | None) -> bool:
        status, _ = await self._ask_event((_SET_SECRET, [kind], [key, value]))
        return not status

    # Values: what `attributes` asks

    def security(self, connection: Connection) -> Security:
        """How far a connection can be trusted."""
        return self._security.get(self._number_of(connection), Security())

    async def is_known(self, connection: Connection) -> bool:
        """Whether there is a bond with the peer."""
        secret = await self._bonds.peers(connection.peer_address)
        return bool(secret and secret.ltk)

    async def read(self, connection: Connection, handle: int) -> bytes:
        """A value, from the VM. ATT_Error if the firmware refuses."""
        return await self._ask_value(ToPuck.READ, connection, handle, b"")

    async def write(self, connection: Connection, handle: int, value: bytes) -> None:
        """Hand a value to the VM. ATT_Error if the firmware refuses."""
        await self._ask_value(ToPuck.WRITE, connection, handle, value)

    async def _ask_value(
        self, kind: ToPuck, connection: Connection, handle: int, value: bytes
    ) -> bytes:
        """One after the other, as they came."""
        async with self._turn:
            number = self._number_of(connection)
            status, data = await self._ask(
                kind, lambda question: struct.pack("<HHH", question, number, handle) + value
            )
        if status:
            raise att.ATT_Error(status, handle)
        return data

    def _number_of(self, connection: Connection) -> int:
        for number, one in self._connections.items():
            if one is connection:
                return number
        raise att.ATT_Error(_GONE)

    # Notifications

    async def _post(self) -> None:
        """Send what the firmware notifies, in its order; what is sent gives back its buffers."""
        while True:
            number, handle, blocks, value = await self._outbox.get()
            connection = self._connections.get(number)
            if connection:
                self._notify(connection, handle, value)
                await self._settle(connection)
            self._send(ToPuck.SENT, bytes([blocks]))

    def _update_subscribers(self, handle: int, value: bytes) -> None:
        for number, security in self._security.items():
            connection = self._connections.get(number)
            if connection and security.subscribed.get(handle, 0) & 1:
                self._notify(connection, handle, value)

    def _notify(self, connection: Connection, handle: int, value: bytes) -> None:
        value = value[: connection.att_mtu - 3]
        self._require().gatt_server.send_gatt_pdu(
            connection, bytes(att.ATT_Handle_Value_Notification(handle, value))
        )

    async def _settle(self, connection: Connection) -> None:
        """Wait while much of a connection is on its way."""
        queue = self._require().host.le_acl_packet_queue
        if queue and queue.pending > _MOST_UNSENT:
            with suppress(Exception):  # the connection is gone meanwhile
                await queue.drain(connection.handle)

    # The wire

    def _tell(self, event: _Event) -> None:
        self._send(ToPuck.EVENT, frames.event(event[0], 0, *event[1:]))

    async def _ask_event(self, event: _Event) -> tuple[int, bytes]:
        return await self._ask(
            ToPuck.EVENT, lambda question: frames.event(event[0], question, *event[1:])
        )

    async def _ask(self, kind: ToPuck, body: Any) -> tuple[int, bytes]:
        question = next(self._numbers) % 0xFFFF + 1
        future: asyncio.Future[tuple[int, bytes]] = asyncio.get_running_loop().create_future()
        self._questions[question] = future
        self._send(kind, body(question))
        return await future

    def _send(self, kind: ToPuck, body: bytes) -> None:
        if not self._writer.is_closing():
            self._writer.write(frames.packed(kind, body))

    def _spawn(self, coroutine: Any) -> None:
        task = asyncio.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _require(self) -> Device:
        assert self._device, "the radio is off"
        return self._device


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


def _number(server: Any, start: int, handles: list[int]) -> None:
    """Give the attributes from `start` on these handles."""
    for attribute, handle in zip(server.attributes[start:], handles, strict=True):
        assert attribute.handle == handle, f"a handle is {attribute.handle}, not {handle}"


def _kind_of(connection: Connection) -> list[int]:
    return [key_of(connection.peer_address)[0]]


def _peer_of(connection: Connection) -> bytes:
    return bytes(connection.peer_address)[::-1]
