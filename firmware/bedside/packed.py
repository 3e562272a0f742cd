"""Numbers as bytes: nested rows of what a scene is made of, unpacked when its act begins.

host/sleepsync/scenes/packing.py writes them, and says how. It must never be given bytes that
somebody else wrote: it checks none.
"""

from micropython import const

_ROW = const(0xC0)  # below it: a number by itself
_LONG_ROW = const(0xDF)  # how many follow is an item of its own; else it is added to _ROW
_BYTES = const(0xE0)  # likewise; above it: a number of 1 to 4 bytes


def unpacked(data: bytes):  # noqa: ANN201 (a number, bytes, or a tuple of such)
    """What `data` holds: an int, bytes, or a tuple of these and of tuples."""
    return _item(data, 0)[0]


def _item(data, at):
    """(the item that begins at `at`, where the next one does)."""
    head = data[at]
    at += 1
    if head < _ROW:
        return head, at
    if head > _BYTES:
        end, bits = at + head - _BYTES, head - _BYTES << 3
        value = int.from_bytes(data[at:end], "little")
        return value - (value >> bits - 1 << bits), end
    count, at = _item(data, at) if head >= _LONG_ROW else (head - _ROW, at)
    if head == _BYTES:
        return data[at : at + count], at + count
    row = []
    for _ in range(count):
        item, at = _item(data, at)
        row.append(item)
    return tuple(row), at
