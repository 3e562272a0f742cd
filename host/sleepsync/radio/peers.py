"""Who is connected to a puck, how far each can be trusted, and what the firmware is told of it.

Events come in NimBLE's order, and numbers of connections begin with 0. What peers read and write
is the firmware's: it must never be decided here.
"""

import asyncio
import struct
from collections.abc import Iterator
from itertools import count
from typing import Any

from bumble import att
from bumble.device import Connection, Device
from bumble.pairing import PairingConfig
from bumble.smp import ErrorCode, PairingMethod

from sleepsync.radio import pairing
from sleepsync.radio.attributes import Security
from sleepsync.radio.bonds import FirmwareBonds, key_of
from sleepsync.radio.frames import ToPuck
from sleepsync.radio.line import Line

# MicroPython's events
_CONNECT, _DISCONNECT, _MTU_EXCHANGED = 1, 2, 21
_CONNECTION_UPDATE, _ENCRYPTION_UPDATE, _PASSKEY_ACTION = 27, 28, 31

_KEY_BYTES = 16
_INTERVAL_MS, _TIMEOUT_MS = 1.25, 10  # units of a connection's parameters


class Peers:
    """The peers of `device`, whose VM is at the end of `line`; `settings`: the firmware's own."""

    def __init__(
        self, device: Device, bonds: FirmwareBonds, line: Line, settings: dict[str, Any]
    ) -> None:
        self.connections: dict[int, Connection] = {}
        self._security: dict[int, Security] = {}
        self._device, self._bonds, self._line, self._settings = device, bonds, line, settings
        self._passkeys = pairing.Passkeys()
        device.pairing_config_factory = self._pairing_config
        device.smp_manager.session_proxy = pairing.PuckSession
        device.on(device.EVENT_CONNECTION, self._on_connection)

    def subscribed(self, handle: int, mask: int) -> Iterator[Connection]:
        """Connections whose peer has subscribed to a value."""
        for number, security in self._security.items():
            if security.subscribed.get(handle, 0) & mask:
                yield self.connections[number]

    def inject(self, number: int, action: int, passkey: int) -> bool:
        """The firmware's answer to a passkey action; False if nobody waits for it."""
        return self._passkeys.inject(number, action, passkey)

    # What `attributes` asks

    def security(self, connection: Connection) -> Security:
        """How far a connection can be trusted."""
        return self._security.get(self._number_of(connection), Security())

    async def is_known(self, connection: Connection) -> bool:
        """Whether there is a bond with the peer."""
        secret = await self._bonds.peers(connection.peer_address)
        return bool(secret and secret.ltk)

    async def read(self, connection: Connection, handle: int) -> bytes:
        """A value, from the VM. ATT_Error if the firmware refuses."""
        return await self._ask(ToPuck.READ, connection, handle, b"")

    async def write(self, connection: Connection, handle: int, value: bytes) -> None:
        """Hand a value to the VM. ATT_Error if the firmware refuses."""
        await self._ask(ToPuck.WRITE, connection, handle, value)

    async def _ask(self, kind: ToPuck, connection: Connection, handle: int, value: bytes) -> bytes:
        """The VM answers in the order of what came."""
        head = self._number_of(connection), handle
        status, data = await self._line.ask(
            kind, lambda question: struct.pack("<HHH", question, *head) + value
        )
        if status:
            raise att.ATT_Error(status, handle)
        return data

    def _number_of(self, connection: Connection) -> int:
        for number, one in self.connections.items():
            if one is connection:
                return number
        raise att.ATT_Error(att.ATT_UNLIKELY_ERROR_ERROR)  # it is gone

    # Connections

    def _on_connection(self, connection: Connection) -> None:
        number = next(free for free in count() if free not in self.connections)
        self.connections[number] = connection
        self._security[number] = Security()
        self._tell(_CONNECT, number, connection)
        handlers = {
            connection.EVENT_DISCONNECTION: self._on_disconnection,
            connection.EVENT_CONNECTION_ATT_MTU_UPDATE: self._on_mtu,
            connection.EVENT_CONNECTION_PARAMETERS_UPDATE: self._on_parameters,
            connection.EVENT_CONNECTION_ENCRYPTION_CHANGE: self._on_encryption,
            connection.EVENT_PAIRING_FAILURE: self._on_pairing_failure,
        }
        for event, handler in handlers.items():
            connection.on(event, lambda *_, handler=handler: handler(number))

    def _on_disconnection(self, number: int) -> None:
        connection = self.connections.pop(number, None)
        self._security.pop(number, None)
        self._passkeys.forget(number)
        if connection:
            self._tell(_DISCONNECT, number, connection)

    def _tell(self, event: int, number: int, connection: Connection) -> None:
        kind, address = key_of(connection.peer_address)[0], bytes(connection.peer_address)
        self._line.tell(event, [number, kind], address[::-1])

    def _on_mtu(self, number: int) -> None:
        self._line.tell(_MTU_EXCHANGED, [number, self.connections[number].att_mtu])

    def _on_parameters(self, number: int) -> None:
        had = self.connections[number].parameters
        interval = int(had.connection_interval / _INTERVAL_MS)
        timeout = int(had.supervision_timeout / _TIMEOUT_MS)
        self._line.tell(_CONNECTION_UPDATE, [number, interval, had.peripheral_latency, timeout, 0])

    # How far each is trusted

    def _on_encryption(self, number: int) -> None:
        """A pairing encrypts before it ends: what it is worth is known already."""
        connection, security = self.connections[number], self._security[number]
        session = self._device.smp_manager.sessions.get(connection.handle)
        if session and not session.completed:
            security.is_encrypted = connection.is_encrypted
            security.is_authenticated = session.pairing_method != PairingMethod.JUST_WORKS
        elif connection.is_encrypted and (secret := self._bonds.used(connection.peer_address)):
            self._trust(number, Security(True, secret.is_authenticated, True))

    def _on_paired(self, connection: Connection, authenticated: bool, bonded: bool) -> None:
        self._trust(self._number_of(connection), Security(True, authenticated, bonded))

    def _on_pairing_failure(self, number: int) -> None:
        if number in self._security:
            self._trust(number, self._security[number])

    def _trust(self, number: int, now: Security) -> None:
        now.subscribed = self._security[number].subscribed
        self._security[number] = now
        flags = [int(now.is_encrypted), int(now.is_authenticated), int(now.is_bonded)]
        key_bytes = _KEY_BYTES if now.is_encrypted else 0
        self._line.tell(_ENCRYPTION_UPDATE, [number, *flags, key_bytes])

    # Pairing

    def _pairing_config(self, connection: Connection) -> PairingConfig:
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
        self._line.tell(_PASSKEY_ACTION, [which, action, number])
        try:
            return await asyncio.wait_for(future, pairing.TIMEOUT_S / self._settings["speed"])
        except TimeoutError:
            session = self._device.smp_manager.sessions[connection.handle]
            session.send_pairing_failed(ErrorCode.UNSPECIFIED_REASON)
            raise
