"""Bonds as NimBLE hands them to the firmware, which keeps them (_IRQ_GET_SECRET, _IRQ_SET_SECRET).

A secret is the bytes of NimBLE's `struct ble_store_value_sec`, as Espressif's has it on the
ESP32; firmware should take it as it comes, since another version has another length. Keys are
never logged here.
"""

import asyncio
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bumble.hci import Address
from bumble.keys import KeyStore, PairingKeys

OURS, PEERS = 1, 2  # types of secrets: BLE_STORE_OBJ_TYPE_OUR_SEC, ..._PEER_SEC
_MOST_DELETED = 100

# Address type, address, bond count, key size, ediv, rand, then LTK, IRK, CSRK with a flag each,
# sign counter, flags (bit 0 authenticated, bit 1 Secure Connections).
_LAYOUT = struct.Struct("<B6sxHBxH2xQ16sB16sB16sBxIB7x")
SECRET_BYTES = _LAYOUT.size
_AUTHENTICATED, _SECURE_CONNECTIONS = 1, 2
_KEY_BYTES = 16

Get = Callable[[int, bytes], Awaitable[bytes | None]]
Set = Callable[[int, bytes, bytes | None], Awaitable[bool]]


@dataclass
class Secret:
    """What one side's half of a bond holds; a key that is empty is absent."""

    address: Address
    ltk: bytes = b""
    irk: bytes = b""
    csrk: bytes = b""
    ediv: int = 0
    rand: int = 0
    is_authenticated: bool = False
    is_secure_connections: bool = False

    def packed(self) -> bytes:
        """The bytes that the firmware keeps."""
        flags = _AUTHENTICATED * self.is_authenticated
        flags |= _SECURE_CONNECTIONS * self.is_secure_connections
        key = key_of(self.address)
        keys = [part for key in (self.ltk, self.irk, self.csrk) for part in (key, len(key) > 0)]
        return _LAYOUT.pack(key[0], key[1:], 0, _KEY_BYTES, self.ediv, self.rand, *keys, 0, flags)

    @classmethod
    def unpacked(cls, data: bytes) -> "Secret":
        """From those bytes. struct.error if they are not a secret's."""
        kind, address, _, _, ediv, rand, *keys, _, flags = _LAYOUT.unpack(data)
        ltk, irk, csrk = (keys[i] if keys[i + 1] else b"" for i in (0, 2, 4))
        authenticated, secure = flags & _AUTHENTICATED, flags & _SECURE_CONNECTIONS
        return cls(
            address_of(kind, address), ltk, irk, csrk, ediv, rand, bool(authenticated), bool(secure)
        )


def key_of(address: Address) -> bytes:
    """NimBLE's `ble_addr_t` of an identity: type, then the address little-endian."""
    return bytes([0 if address.is_public else 1]) + bytes(address)


def address_of(kind: int, data: bytes) -> Address:
    """The address of a `ble_addr_t`."""
    random = Address.RANDOM_DEVICE_ADDRESS if kind else Address.PUBLIC_DEVICE_ADDRESS
    return Address(data, random)


class FirmwareBonds(KeyStore):
    """Bumble's key store, whose bonds are in the firmware.

    `get` and `set` ask the firmware; `our_irk`: what peers were told to know the puck by.
    `recognises(keys)`: called with the IRKs and identities of all peers when there is another.
    """

    recognises: Callable[[list[tuple[bytes, Address]]], None] = staticmethod(lambda keys: None)

    def __init__(self, get: Get, set: Set, our_irk: bytes) -> None:
        self._get, self._set, self._our_irk = get, set, our_irk
        self._known: dict[bytes, bytes] = {}  # IRKs of bonded peers, by their keys
        self._used: dict[bytes, Secret] = {}  # what a link was last to be encrypted with

    def know(self, secret: Secret) -> None:
        """A peer that was bonded before this start can be recognised by its IRK."""
        if secret.irk:
            self._known[key_of(secret.address)] = secret.irk
            self.recognises(self._resolving())

    def used(self, address: Address) -> Secret | None:
        """The puck's half of the bond with which a peer encrypts."""
        return self._used.get(key_of(address))

    async def peers(self, address: Address) -> Secret | None:
        """The peer's half."""
        return await self._find(PEERS, address)

    async def get(self, name: str) -> PairingKeys | None:
        """The keys of a peer, by Bumble's name of its address."""
        secret = await self._find(OURS, Address(name))
        if secret is None or not secret.ltk:
            return None
        self._used[key_of(secret.address)] = secret
        return PairingKeys(ltk=PairingKeys.Key(secret.ltk, secret.is_authenticated))

    async def update(self, name: str, keys: PairingKeys) -> None:
        """A pairing has ended well: both halves go to the firmware, come what may."""
        kind = keys.address_type if keys.address_type is not None else Address.RANDOM_DEVICE_ADDRESS
        address = Address(name, kind)
        ours, peers = halves(address, keys, self._our_irk)
        self.know(peers)
        await asyncio.shield(asyncio.create_task(self._keep(ours, peers)))

    async def delete(self, name: str) -> None:
        """Forget a bond, as NimBLE does: each type until the firmware says that none was there.

        RuntimeError if it never does: the chip would hang.
        """
        key = key_of(Address(name))
        for kind in (OURS, PEERS):
            for _ in range(_MOST_DELETED):
                if not await self._set(kind, key, None):
                    break
            else:
                raise RuntimeError("_IRQ_SET_SECRET deletes without end: say False for no secret")
        self._known.pop(key, None)

    async def get_resolving_keys(self) -> list[tuple[bytes, Address]]:
        """IRKs and identities of the peers that can be recognised."""
        return self._resolving()

    def _resolving(self) -> list[tuple[bytes, Address]]:
        return [(irk, address_of(key[0], key[1:])) for key, irk in self._known.items()]

    async def _keep(self, ours: Secret, peers: Secret) -> None:
        key = key_of(ours.address)
        await self._set(OURS, key, ours.packed())
        await self._set(PEERS, key, peers.packed())

    async def _find(self, kind: int, address: Address) -> Secret | None:
        data = await self._get(kind, key_of(address))
        return Secret.unpacked(data) if data and len(data) == SECRET_BYTES else None


def halves(address: Address, keys: PairingKeys, our_irk: bytes) -> tuple[Secret, Secret]:
    """(ours, the peer's) of a bond with the identity `address`, from Bumble's keys."""
    ours = keys.ltk or keys.ltk_central  # Bumble's name for the responder's own in legacy pairing
    peers = keys.ltk or keys.ltk_peripheral
    secure = keys.ltk is not None
    return (
        _half(address, ours, our_irk, b"", secure),
        _half(address, peers, _value(keys.irk), _value(keys.csrk), secure),
    )


def _half(
    address: Address, ltk: PairingKeys.Key | None, irk: bytes, csrk: bytes, secure: bool
) -> Secret:
    ediv = ltk.ediv or 0 if ltk else 0
    rand = int.from_bytes(ltk.rand or b"", "little") if ltk else 0
    authenticated = bool(ltk and ltk.authenticated)
    return Secret(address, _value(ltk), irk, csrk, ediv, rand, authenticated, secure)


def _value(key: PairingKeys.Key | None) -> bytes:
    return key.value if key else b""
