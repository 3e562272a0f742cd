"""The values of attributes as MicroPython keeps them (extmod/modbluetooth.c), and NimBLE's buffers.

It must never send anything: it only says what there is, and what there is room for.
"""

USUAL_BYTES = 20  # MP_BLUETOOTH_DEFAULT_ATTR_LEN

_EINVAL = 22

# Of ESP-IDF for the ESP32 and S3: CONFIG_BT_NIMBLE_MSYS_1_BLOCK_COUNT and _SIZE. What is sent is
# taken from there, a block at a time; a block's head and, in the first, those of the packet and
# of what is below take their part.
POOL_BLOCKS = 12
_BLOCK_BYTES = 256 - 16
_FIRST_BYTES = _BLOCK_BYTES - 8 - 13


class Pool:
    """NimBLE's buffers, of which there are few: they come back when the radio has sent them."""

    def __init__(self):
        self.free = POOL_BLOCKS

    def take(self, length: int) -> int:
        """Blocks for a packet of `length` bytes; 0 if there are too few."""
        blocks = 1 + max(0, -(-(length - _FIRST_BYTES) // _BLOCK_BYTES))
        if blocks > self.free:
            return 0
        self.free -= blocks
        return blocks


class _Value:
    def __init__(self):
        self.data = b""
        self.room = USUAL_BYTES
        self.is_appended = False


class Values:
    """The values by handle, each with its room."""

    def __init__(self):
        self._values = {}

    def create(self, handle: int) -> None:
        """An empty value with the usual room."""
        self._values[handle] = _Value()

    def read(self, handle: int) -> bytes:
        """The value, emptied if it is appended to; nothing for an unknown handle, as in C."""
        value = self._values.get(handle)
        if value is None:
            return b""
        data = value.data
        if value.is_appended:
            value.data = b""
        return data

    def peek(self, handle: int):
        """The value as a peer reads it, or None for an unknown handle."""
        value = self._values.get(handle)
        return value.data if value else None

    def write(self, handle: int, data: bytes) -> None:
        """Set it; its room grows if it must. OSError(EINVAL) for an unknown handle."""
        value = self._find(handle)
        value.data = data
        value.room = max(value.room, len(data))

    def resize(self, handle: int, length: int, is_appended: bool) -> None:
        """Another room, and an empty value. OSError(EINVAL) for an unknown handle."""
        value = self._find(handle)
        value.data, value.room, value.is_appended = b"", length, is_appended

    def receive(self, handle: int, data: bytes) -> bool:
        """A peer writes: what has no room is cut off in silence. False for an unknown handle."""
        value = self._values.get(handle)
        if value is None:
            return False
        before = value.data if value.is_appended else b""
        value.data = (before + data)[: value.room]
        return True

    def _find(self, handle):
        if handle not in self._values:
            raise OSError(_EINVAL)
        return self._values[handle]
