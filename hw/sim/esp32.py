"""MicroPython's `esp32` on the simulated puck: partitions of its flash, and NVS.

Signatures and errors are the ESP32 port's. The partition table is read from the flash, as
the chip's boot loader does. What the firmware does not use is not here.
"""

from struct import pack, unpack_from

from chips.norflash import PowerCut
from nvs import INVALID_LENGTH, Storage
from nvs_page import I32
from table import table

_TABLE_AT = 0x8000
_ENTRY_BYTES = 32
_ENTRY = "<HBBII16sI"  # magic, type, subtype, offset, size, label, flags
_MAGIC = 0x50AA
_SECTOR_BYTES = 4096
_ANY = 0xFF

_PART_NOT_FOUND = -0x110F  # ESP_ERR_NVS_PART_NOT_FOUND
_LEAST_I32 = -(1 << 31)
_MOST_I32 = (1 << 31) - 1


class Partition:
    """One partition, as a block device for littlefs.

    It ends with the power: the VM closes a file that a cut has left open whenever it collects
    garbage, and what was to be written then must not reach the flash of a puck that runs again.
    """

    TYPE_APP = 0
    TYPE_DATA = 1

    def __init__(self, entry: tuple):
        self._type, self._subtype, self._offset, self._size, self._label = entry
        self._first = self._offset // _SECTOR_BYTES
        self._life = table.flash.life

    @staticmethod
    def find(type: int = TYPE_APP, subtype: int = _ANY, label: str | None = None) -> list:
        """The partitions that the flash's table has of this type, subtype and label."""
        return [
            Partition(entry)
            for entry in _entries()
            if entry[0] == type and subtype in (_ANY, entry[1]) and label in (None, entry[4])
        ]

    def info(self) -> tuple:
        """(type, subtype, offset, size, label, encrypted)."""
        return self._type, self._subtype, self._offset, self._size, self._label, False

    def readblocks(self, block: int, buf, offset: int = 0) -> None:
        """Read from a block on."""
        table.flash.readblocks(self._first + block, buf, offset)

    def writeblocks(self, block: int, buf, offset: int = 0) -> None:
        """Program bytes of a block, which the caller has erased."""
        self._live()
        table.flash.writeblocks(self._first + block, buf, offset)

    def ioctl(self, op: int, arg: int) -> int:
        """MicroPython's block device control."""
        if op == 4:
            return self._size // _SECTOR_BYTES
        if op == 6:
            self._live()
        return table.flash.ioctl(op, self._first + arg if op == 6 else arg)

    def _live(self):
        if self._life != table.flash.life:
            raise PowerCut


def _entries():
    sector = bytearray(_SECTOR_BYTES)
    table.flash.readblocks(_TABLE_AT // _SECTOR_BYTES, sector)
    at = 0
    while True:
        magic, type_, subtype, offset, size, label, _ = unpack_from(_ENTRY, sector, at)
        if magic != _MAGIC:
            return
        yield type_, subtype, offset, size, label.rstrip(b"\0").decode()
        at += _ENTRY_BYTES


class NVS:
    """A namespace of the partition `nvs`, in ESP-IDF's own format: see nvs.py.

    What is set is written at once; `commit` has nothing left to do, as in ESP-IDF.
    """

    def __init__(self, namespace: str):
        self._storage = _storage()
        self._space = self._storage.namespace(namespace.encode())

    def set_i32(self, key: str, value: int) -> None:
        """Set an integer of 32 bits. OverflowError if it has more, OSError if it does not fit."""
        if not _LEAST_I32 <= value <= _MOST_I32:
            raise OverflowError("overflow converting long int to machine word")
        self._storage.write(self._space, I32, key.encode(), pack("<i", value))

    def get_i32(self, key: str) -> int:
        """The integer. OSError if there is none."""
        return unpack_from("<i", self._storage.read(self._space, I32, key.encode()))[0]

    def set_blob(self, key: str, value) -> None:
        """Set bytes, or a string as its bytes. OSError if they do not fit."""
        self._storage.write_blob(self._space, key.encode(), bytes(memoryview(value)))

    def get_blob(self, key: str, buffer) -> int:
        """Read bytes into `buffer`; their number. OSError if there are none, or too many."""
        value = self._storage.read_blob(self._space, key.encode())
        if len(value) > len(buffer):
            raise OSError(INVALID_LENGTH)
        buffer[: len(value)] = value
        return len(value)

    def erase_key(self, key: str) -> None:
        """Forget a value. OSError if there is none."""
        self._storage.erase(self._space, key.encode())

    def commit(self) -> None:
        """All is written before."""


_kept = None  # (flash, Storage), since power-on


def power_up() -> None:
    """The flash has power again. What the chip knew of NVS is forgotten: it is read anew."""
    global _kept
    _kept = None
    table.flash.life += 1


def _storage():
    """That of the flash on the table, read once: the chip does not look again, either."""
    global _kept
    if _kept is None or _kept[0] is not table.flash:
        found = Partition.find(Partition.TYPE_DATA, label="nvs")
        if not found:
            raise OSError(_PART_NOT_FOUND)
        _kept = table.flash, Storage(found[0])
    return _kept[1]
