"""The bonds: who may connect as an owner. Each is kept whole, or not at all.

The stack asks for secrets, and gives new ones, in the midst of an interrupt: all are in memory,
and what a pairing brings waits there until a person's passkey has confirmed it. It must never
print a secret, and never let a pairing that failed cost the bond that was there.
"""

from struct import pack, unpack_from

from micropython import const

from firmware import records

OURS, PEERS, OWN_KEY = const(1), const(2), const(10)  # NimBLE's kinds of secrets

_ADDRESS_BYTES = const(7)  # its kind, then six bytes
# Where Secure Connections have eight zeros in a secret: NimBLE's rand_num, of legacy pairing.
_RANDOM_AT = const(16)
_RANDOM_END = const(24)
_VERSION = const(1)
_HEAD = "<B7sIBB"  # version, address, when it was made, lengths of our secret and theirs
_HEAD_BYTES = const(14)


class Bond:
    """`address` (7 bytes), `since_s` (local wall time, 0 unknown), `secrets`: [ours, theirs]."""

    def __init__(self, address: bytes, since_s: int, secrets: list):
        self.address, self.since_s, self.secrets = address, since_s, secrets


class Bonds:
    """`stores`: for each bond one, which can `load()` and `save(bytes)`, then one for the key by
    which owners tell the puck's addresses.
    """

    def __init__(self, stores):
        *self._stores, self._key_store = stores
        self._bonds = [_read(store, place) for place, store in enumerate(self._stores)]
        key = self._key_store.load()
        self._key = self._kept_key = key if len(key) > 1 else None
        self._new = None  # a Bond that is not confirmed yet
        self._hidden = []  # addresses whose bond the stack believes to be deleted

    def rows(self) -> list:
        """[(place, `Bond`)] of those there are."""
        return [(place, bond) for place, bond in enumerate(self._bonds) if bond]

    def has_room(self) -> bool:
        """Whether another one can be made."""
        return None in self._bonds

    def knows(self, address: bytes) -> bool:
        """Whether that peer is an owner."""
        return self._place(address) >= 0

    # -- what the stack asks: in an interrupt

    def secret(self, kind: int, index: int, key):  # noqa: ANN201 (bytes or None)
        """What the stack has given before: of an address, or of the `index`-th peer."""
        if kind == OWN_KEY:
            return self._key
        if kind not in (OURS, PEERS):
            return None
        if kind == PEERS and (key is None or len(key) != _ADDRESS_BYTES):
            found = [bond for bond in self._bonds if bond]
            return found[index].secrets[1] if index < len(found) else None
        bond = self._new
        if not bond or bond.address != key:
            place = self._place(key)
            bond = self._bonds[place] if place >= 0 and key not in self._hidden else None
        return bond.secrets[kind - OURS] if bond else None

    def set_secret(self, kind: int, key, value) -> bool:
        """Take one of a pairing under way, or the puck's own key.

        What the stack deletes is only hidden: whoever claims an owner's address can pair anew, and
        must not cost him the bond before a passkey has confirmed it.
        """
        if kind == OWN_KEY:
            self._key = value and bytes(value)
        elif kind not in (OURS, PEERS):
            return False
        elif value is None:
            is_there = self.secret(kind, 0, key) is not None
            if is_there:
                self._hidden.append(key)
            return is_there
        else:
            if not self._new or self._new.address != key:
                self._new = Bond(bytes(key), 0, [None, None])
            self._new.secrets[kind - OURS] = bytes(value)
        return True

    def keep_key(self) -> None:
        """Keep the puck's own key, if the stack has made one. OSError if it cannot be kept."""
        if self._key != self._kept_key:
            self._key_store.save(self._key or b"")
            self._kept_key = self._key

    # -- what becomes of a pairing

    def confirm(self, wall_s: int) -> bytes:
        """Keep the bond of the pairing that a person has confirmed; its address, or b"" if it may
        not be: too many, legacy, or nothing there. OSError if it cannot be kept.
        """
        new = self._new
        self.reject()
        if not new or not _is_secure(new):
            return b""
        place = self._place(new.address)
        if place < 0:
            if not self.has_room():
                return b""
            place = self._bonds.index(None)
        new.since_s = wall_s
        self._stores[place].save(_packed(new))
        self._bonds[place] = new
        return new.address

    def is_whole(self) -> bool:
        """Whether both secrets of the pairing under way have come."""
        return self._new is not None and None not in self._new.secrets

    def reject(self) -> None:
        """Forget what a pairing has brought."""
        self._new = None
        self._hidden.clear()

    def forget(self, place: int) -> bytes:
        """No owner any more; the address that was. ValueError if there is no such bond, OSError if
        that cannot be kept.
        """
        if not 0 <= place < len(self._bonds) or not self._bonds[place]:
            raise ValueError("no such bond")
        self._stores[place].save(b"\0")
        bond, self._bonds[place] = self._bonds[place], None
        return bond.address  # of who may still be connected

    def _place(self, address):
        for place, bond in enumerate(self._bonds):
            if bond and bond.address == address:
                return place
        return -1


def _is_secure(bond):
    ours = bond.secrets[0] or bond.secrets[1]
    return ours and not any(ours[_RANDOM_AT:_RANDOM_END])


def _packed(bond):
    ours, theirs = [secret or b"" for secret in bond.secrets]
    head = pack(_HEAD, _VERSION, bond.address, bond.since_s, len(ours), len(theirs))
    body = head + ours + theirs
    return body + pack("<H", records.checksum(body))


def _read(store, place):
    """The bond that `store` has, or None."""
    saved = store.load()
    if len(saved) < 2:
        return None
    body = saved[:-2]
    if len(body) >= _HEAD_BYTES and saved[-2:] == pack("<H", records.checksum(body)):
        version, address, since_s, ours, theirs = unpack_from(_HEAD, body)
        if version == _VERSION and len(body) == _HEAD_BYTES + ours + theirs:
            secrets = body[_HEAD_BYTES : _HEAD_BYTES + ours], body[_HEAD_BYTES + ours :]
            return Bond(address, since_s, [secret or None for secret in secrets])
    print("bonds: number %d cannot be read; pair that phone again" % (place + 1))
    return None
