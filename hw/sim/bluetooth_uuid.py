"""MicroPython's `bluetooth.UUID`, and how a list of services is laid out over handles."""

from binascii import hexlify
from struct import pack

_NOTIFY, _INDICATE = 0x0010, 0x0020


class UUID:
    """A UUID of 16 or 128 bits; `bytes(uuid)` has it little-endian, as on the air."""

    def __init__(self, value):
        if isinstance(value, int):
            if not 0 <= value <= 0xFFFF:
                raise ValueError("invalid UUID")
            self._bytes = pack("<H", value)
        elif isinstance(value, str):
            self._bytes = bytes(reversed(_hex(value)))
        else:
            self._bytes = bytes(value)
        if len(self._bytes) not in (2, 4, 16):
            raise ValueError("invalid UUID")

    def __iter__(self):
        return iter(self._bytes)

    def __len__(self):
        return len(self._bytes)

    def __eq__(self, other):
        return isinstance(other, UUID) and self._bytes == other._bytes

    def __hash__(self):
        return hash(self._bytes)

    def __repr__(self):
        digits = hexlify(bytes(reversed(self._bytes))).decode()
        if len(self._bytes) != 16:
            return "UUID(0x%s)" % digits
        parts = digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]
        return "UUID('%s')" % "-".join(parts)


def _hex(text):
    digits = text.replace("-", "")
    if len(digits) != 32:
        raise ValueError("invalid UUID")
    return bytes.fromhex(digits)


def laid_out(services, first: int) -> tuple:
    """(rows, handles): what the air must know of services, and for each its tuple of handles.

    The first service has the handle `first`; NimBLE's order: a declaration, the value, who
    subscribed, then the descriptors. ValueError for what is no service.
    """
    rows, found, handle = [], [], first
    for uuid, characteristics in services:
        row = [handle, row_of(uuid), []]
        handles = []
        handle += 1
        for characteristic in characteristics:
            handle = _lay_out(characteristic, handle, row[2], handles)
        rows.append(row)
        found.append(tuple(handles))
    return rows, tuple(found)


def _lay_out(characteristic, handle, rows, handles):
    """Add a characteristic whose declaration has `handle`; the next handle."""
    if not 2 <= len(characteristic) <= 3:
        raise ValueError("invalid characteristic tuple")
    uuid, flags = characteristic[:2]
    value, descriptors = handle + 1, []
    handles.append(value)
    handle += 3 if flags & (_NOTIFY | _INDICATE) else 2
    for its_uuid, its_flags in characteristic[2] if len(characteristic) == 3 else ():
        descriptors.append([handle, row_of(its_uuid), its_flags])
        handles.append(handle)
        handle += 1
    rows.append([value, row_of(uuid), flags, descriptors])
    return handle


def row_of(uuid) -> str:
    """A UUID for the air. ValueError for anything else."""
    if not isinstance(uuid, UUID):
        raise ValueError("invalid UUID")
    return hexlify(bytes(uuid)).decode()
