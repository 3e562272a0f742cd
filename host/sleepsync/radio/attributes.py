"""What a puck offers, as attributes of Bumble's server that behave as NimBLE's.

Bumble takes every encrypted link for an authenticated one; whether a peer may read or write is
decided here, as `ble_att_svr_check_perms` does it. Who has subscribed is known for as long as a
connection lasts. As in NimBLE, anybody may subscribe to anything.
"""

from dataclasses import dataclass, field
from typing import Any, Protocol

from bumble.att import (
    ATT_INSUFFICIENT_AUTHENTICATION_ERROR,
    ATT_INSUFFICIENT_AUTHORIZATION_ERROR,
    ATT_INSUFFICIENT_ENCRYPTION_ERROR,
    ATT_INVALID_ATTRIBUTE_LENGTH_ERROR,
    ATT_READ_NOT_PERMITTED_ERROR,
    ATT_WRITE_NOT_PERMITTED_ERROR,
    ATT_Error,
    Attribute,
    AttributeValue,
)
from bumble.core import UUID
from bumble.device import Connection
from bumble.gatt import (
    GATT_CLIENT_CHARACTERISTIC_CONFIGURATION_DESCRIPTOR,
    Characteristic,
    Descriptor,
    Service,
)

READ, WRITE_WITHOUT_RESPONSE, WRITE, NOTIFY, INDICATE = 0x02, 0x04, 0x08, 0x10, 0x20
_READ_ENCRYPTED, _READ_AUTHENTICATED, _READ_AUTHORIZED = 0x200, 0x400, 0x800
_WRITE_ENCRYPTED, _WRITE_AUTHENTICATED, _WRITE_AUTHORIZED = 0x1000, 0x2000, 0x4000
_PROPERTIES = 0xFF
_CCCD_BYTES = 2

ANYTHING = Attribute.Permissions.READABLE | Attribute.Permissions.WRITEABLE


@dataclass
class Security:
    """How far a connection can be trusted, and to what its peer has subscribed, by handle."""

    is_encrypted: bool = False
    is_authenticated: bool = False
    is_bonded: bool = False
    subscribed: dict[int, int] = field(default_factory=dict)


class Puck(Protocol):
    """Where the values are, and what is known of connections."""

    def security(self, connection: Connection) -> Security:
        """Of a connection that is there."""

    async def is_known(self, connection: Connection) -> bool:
        """Whether there is a bond with the peer."""

    async def read(self, connection: Connection, handle: int) -> bytes:
        """The value. ATT_Error if the firmware refuses."""

    async def write(self, connection: Connection, handle: int, value: bytes) -> None:
        """Give it a value. ATT_Error if the firmware refuses."""


def service(puck: Puck, row: list[Any]) -> Service:
    """A service from its row: [handle, UUID, [[handle, UUID, flags, descriptors], ...]]."""
    _, uuid, characteristics = row
    return Service(_uuid(uuid), [_characteristic(puck, *one) for one in characteristics])


def handles(row: list[Any]) -> list[int]:
    """The handles that the puck has given to what a service holds, in the order of a server."""
    found = [row[0]]
    for handle, _, flags, descriptors in row[2]:
        found += [handle - 1, handle]
        found += [handle + 1] if flags & (NOTIFY | INDICATE) else []
        found += [one[0] for one in descriptors]
    return found


def _characteristic(
    puck: Puck, handle: int, uuid: str, flags: int, descriptors: list[list[Any]]
) -> Characteristic:
    below = [_subscription(puck, handle)] if flags & (NOTIFY | INDICATE) else []
    below += [
        Descriptor(_uuid(its_uuid), ANYTHING, _value(puck, its_handle, its_flags & _PROPERTIES))
        for its_handle, its_uuid, its_flags in descriptors
    ]
    properties = Characteristic.Properties(flags & _PROPERTIES)
    return Characteristic(_uuid(uuid), properties, ANYTHING, _value(puck, handle, flags), below)


def _value(puck: Puck, handle: int, flags: int) -> AttributeValue:
    async def read(connection: Connection) -> bytes:
        await _check_read(puck, connection, handle, flags)
        return await puck.read(connection, handle)

    async def write(connection: Connection, value: bytes) -> None:
        await _check_write(puck, connection, handle, flags)
        await puck.write(connection, handle, value)

    return AttributeValue(read=read, write=write)


def _subscription(puck: Puck, handle: int) -> Descriptor:
    def read(connection: Connection) -> bytes:
        mask = puck.security(connection).subscribed.get(handle, 0)
        return mask.to_bytes(_CCCD_BYTES, "little")

    def write(connection: Connection, value: bytes) -> None:
        if len(value) != _CCCD_BYTES:
            raise ATT_Error(ATT_INVALID_ATTRIBUTE_LENGTH_ERROR, handle + 1)
        puck.security(connection).subscribed[handle] = int.from_bytes(value, "little")

    uuid = GATT_CLIENT_CHARACTERISTIC_CONFIGURATION_DESCRIPTOR
    return Descriptor(uuid, ANYTHING, AttributeValue(read=read, write=write))


async def _check_read(puck: Puck, connection: Connection, handle: int, flags: int) -> None:
    if not flags & READ:
        raise ATT_Error(ATT_READ_NOT_PERMITTED_ERROR, handle)
    masks = _READ_ENCRYPTED, _READ_AUTHENTICATED, _READ_AUTHORIZED
    await _check(puck, connection, handle, *(bool(flags & mask) for mask in masks))


async def _check_write(puck: Puck, connection: Connection, handle: int, flags: int) -> None:
    if not flags & (WRITE | WRITE_WITHOUT_RESPONSE):
        raise ATT_Error(ATT_WRITE_NOT_PERMITTED_ERROR, handle)
    masks = _WRITE_ENCRYPTED, _WRITE_AUTHENTICATED, _WRITE_AUTHORIZED
    await _check(puck, connection, handle, *(bool(flags & mask) for mask in masks))


async def _check(
    puck: Puck,
    connection: Connection,
    handle: int,
    encrypted: bool,
    authenticated: bool,
    authorized: bool,
) -> None:
    """ATT_Error unless the link is good enough. Who is bonded, and has not encrypted, is told to
    encrypt (0x0F); everybody else to authenticate (0x05).
    """
    security = puck.security(connection)
    if (encrypted or authenticated) and not security.is_encrypted:
        known = await puck.is_known(connection)
        error = ATT_INSUFFICIENT_ENCRYPTION_ERROR if known else 0
        raise ATT_Error(error or ATT_INSUFFICIENT_AUTHENTICATION_ERROR, handle)
    if authenticated and not security.is_authenticated:
        raise ATT_Error(ATT_INSUFFICIENT_AUTHENTICATION_ERROR, handle)
    if authorized:
        raise ATT_Error(ATT_INSUFFICIENT_AUTHORIZATION_ERROR, handle)


def _uuid(text: str) -> UUID:
    return UUID.from_bytes(bytes.fromhex(text))
