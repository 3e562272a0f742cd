"""Nested rows of whole numbers and bytes, packed for firmware/bedside/packed.py.

An item begins with a byte: 0 to 191 is that number; from 192 on a row of so many items, or, at 223,
of as many as the next item says; 224 is bytes, their count an item, and then they themselves; 225
to 228 a number of 1 to 4 bytes, little-endian, in two's complement.
"""

_ROW, _LONG_ROW, _BYTES = 192, 223, 224
MOST = (1 << 30) - 1  # a small integer on the puck

Item = int | bytes | tuple["Item", ...]


def packed(item: Item) -> bytes:
    """The bytes of an item. ValueError for a number past 30 bits."""
    if isinstance(item, bytes):
        return bytes([_BYTES]) + packed(len(item)) + item
    if isinstance(item, int):
        return _number(int(item))
    count = len(item)
    head = bytes([_ROW + count]) if count < _LONG_ROW - _ROW else b"\xdf" + packed(count)
    return head + b"".join(packed(each) for each in item)


def _number(value):
    if not -MOST <= value <= MOST:
        raise ValueError(f"{value} is no small integer on the puck")
    if 0 <= value < _ROW:
        return bytes([value])
    size = (value if value >= 0 else -1 - value).bit_length() // 8 + 1
    return bytes([_BYTES + size]) + value.to_bytes(size, "little", signed=True)
