"""MicroPython's `esp32` on the simulated puck: partitions of its flash, and NVS.

Signatures and errors are the ESP32 port's. The partition table is read from the flash, as
the chip's boot loader does. What the firmware does not use is not here.
"""

import json
from binascii import crc32
from struct import pack, unpack_from

from table import table

_TABLE_AT = 0x8000
_ENTRY_BYTES = 32
_ENTRY = "<HBBII16sI"  # magic, type, subtype, offset, size, label, flags
_MAGIC = 0x50AA
_SECTOR_BYTES = 4096
_ANY = 0xFF

_NOT_FOUND = -0x1102  # ESP_ERR_NVS_NOT_FOUND
_LEAST_I32 = -(1 << 31)
_MOST_I32 = (1 << 31) - 1
_NVS_HEAD = "<4sIII"  # magic, version, length, CRC
_NVS_HEAD_BYTES = 16
_NVS_MAGIC = b"SNVS"


class Partition:
    """One partition, as a block device for littlefs."""

    TYPE_APP = 0
    TYPE_DATA = 1

    def __init__(self, entry: tuple):
        self._type, self._subtype, self._offset, self._size, self._label = entry
        self._first = self._offset // _SECTOR_BYTES

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
        table.flash.writeblocks(self._first + block, buf, offset)

    def ioctl(self, op: int, arg: int) -> int:
        """MicroPython's block device control."""
        if op == 4:
            return self._size // _SECTOR_BYTES
        return table.flash.ioctl(op, self._first + arg if op == 6 else arg)


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
    """A namespace of the partition `nvs`, in which a commit is whole or has not been.

    It lies there as JSON, one commit behind the other until a sector is full, and not in
    ESP-IDF's format. Nothing is written before `commit`, which is all that the port promises.
    """

    def __init__(self, namespace: str):
        self._namespace = namespace
        found = Partition.find(Partition.TYPE_DATA, label="nvs")
        if not found:
            raise OSError(-0x110F)  # ESP_ERR_NVS_PART_NOT_FOUND
        self._partition = found[0]
        self._values = self._load()[1].get(namespace, {})

    def set_i32(self, key: str, value: int) -> None:
        """Set an integer of 32 bits. OverflowError if it has more."""
        if not _LEAST_I32 <= value <= _MOST_I32:
            raise OverflowError("overflow converting long int to machine word")
        self._values[key] = value

    def get_i32(self, key: str) -> int:
        """The integer. OSError if there is none."""
        return self._get(key, int)

    def set_blob(self, key: str, value) -> None:
        """Set bytes, or a string as its bytes."""
        self._values[key] = bytes(memoryview(value)).hex()

    def get_blob(self, key: str, buffer) -> int:
        """Read bytes into `buffer`; their number. OSError if there are none, or too many."""
        value = bytes.fromhex(self._get(key, str))
        if len(value) > len(buffer):
            raise OSError(-0x110C)  # ESP_ERR_NVS_INVALID_LENGTH
        buffer[: len(value)] = value
        return len(value)

    def erase_key(self, key: str) -> None:
        """Forget a value. OSError if there is none."""
        if key not in self._values:
            raise OSError(_NOT_FOUND)
        del self._values[key]

    def commit(self) -> None:
        """Write what was set. OSError if it does not fit into a sector."""
        version, values, sector, end = self._load()
        values[self._namespace] = self._values
        body = json.dumps(values).encode()
        record = pack(_NVS_HEAD, _NVS_MAGIC, version + 1, len(body), crc32(body)) + body
        if len(record) > _SECTOR_BYTES:
            raise OSError(-0x1105)  # ESP_ERR_NVS_NOT_ENOUGH_SPACE
        if end + len(record) > _SECTOR_BYTES:
            sector, end = 1 - sector, 0
            self._partition.ioctl(6, sector)
        self._partition.writeblocks(sector, record, end)

    def _get(self, key, kind):
        value = self._values.get(key)
        if not isinstance(value, kind):
            raise OSError(_NOT_FOUND)
        return value

    def _load(self):
        """(version, values, sector, its end) of the newest commit that is whole."""
        return max([self._newest(0), self._newest(1)], key=lambda found: found[0])

    def _newest(self, number):
        sector = bytearray(_SECTOR_BYTES)
        self._partition.readblocks(number, sector)
        version, values, end = 0, {}, 0
        while end + _NVS_HEAD_BYTES <= _SECTOR_BYTES:
            magic, its_version, length, crc = unpack_from(_NVS_HEAD, sector, end)
            if magic != _NVS_MAGIC:
                break
            end += _NVS_HEAD_BYTES
            body = bytes(sector[end : end + length])
            end += length
            if crc32(body) == crc:  # else power was lost in mid-write
                version, values = its_version, json.loads(body)
        return version, values, number, end if _is_blank(sector, end) else _SECTOR_BYTES


def _is_blank(sector, start):
    return sector[start:] == b"\xff" * (_SECTOR_BYTES - start)
