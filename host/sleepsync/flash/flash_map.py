"""The flash map of `hw/flash_map.toml`, checked, and the partition table that ESP-IDF reads.

It must never hand out a map that overlaps, is misaligned, or promises more than there is.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from esp_idf_defs.partitions import InputError, PartitionDefinition, PartitionTable
from esp_idf_defs.partitions import get_ptype_as_int as type_number
from esp_idf_defs.partitions import get_subtype_as_int as subtype_number

from sleepsync.paths import ROOT

PATH = ROOT / "hw" / "flash_map.toml"
TABLE_OFFSET = 0x8000  # where the boot loaders of both chips, as MicroPython builds them, look
SECTOR_BYTES = 4096  # the least that can be erased, and the block of littlefs


class FlashMapError(ValueError):
    """The flash map cannot be; the text names the partition, what was seen, what to do."""


@dataclass(frozen=True)
class Partition:
    """One partition: bytes `offset` to `end` of the flash."""

    name: str
    type: str  # app or data
    subtype: str
    offset: int
    bytes: int

    @property
    def end(self) -> int:
        """The first byte behind it."""
        return self.offset + self.bytes


@dataclass(frozen=True)
class FlashMap:
    """All partitions by name, and what two of them must hold. Sizes in bytes."""

    flash_bytes: int
    partitions: dict[str, Partition]
    slots: int
    slot_bytes: int  # of each application slot on `vfs`, in whole blocks
    first_bytes: int  # for what starts a slot, and what the firmware notes on `vfs`
    nights: int
    night_bytes: int
    clips_bytes: int
    free_percent: int  # of each file system, that stays free when all of the above is there

    @property
    def promised(self) -> dict[str, int]:
        """Bytes that each partition with a file system must be able to hold."""
        return {
            "vfs": self.slots * self.slot_bytes + self.first_bytes,
            "data": self.nights * self.night_bytes + self.clips_bytes,
        }

    def room(self, partition: Partition) -> int:
        """Bytes of a partition with a file system that may be promised to anyone."""
        return partition.bytes * (100 - self.free_percent) // 100


@cache
def flash_map() -> FlashMap:
    """The map that every board has. Raises FlashMapError."""
    return parsed(PATH)


def parsed(path: Path) -> FlashMap:
    """The map in the TOML file `path`. Raises FlashMapError."""
    raw = tomllib.loads(path.read_text())
    found = FlashMap(
        flash_bytes=raw["flash_bytes"],
        partitions={name: Partition(name, **rest) for name, rest in raw["partitions"].items()},
        **raw["vfs"],
        **raw["data"],
        **raw["file_systems"],
    )
    _check_table(found, path.name)
    for name, promised in found.promised.items():
        _check_room(found, name, promised, path.name)
    return found


def partition_table(which: FlashMap) -> bytes:
    """The table in 32-byte entries with its MD5, as ESP-IDF reads it: 0xC00 bytes."""
    table: bytes = _table(which).to_binary()
    return table


def read_table(data: bytes) -> PartitionTable:
    """The entries of a partition table as it lies in flash, its MD5 checked.

    Raises FlashMapError if there is none, or a damaged one.
    """
    try:
        return PartitionTable.from_binary(data)
    except (InputError, UnicodeDecodeError) as error:
        raise FlashMapError(f"no sound partition table ({error})") from error


def _table(which):
    table = PartitionTable()
    for partition in which.partitions.values():
        entry = PartitionDefinition()
        entry.name = partition.name
        entry.type = type_number(partition.type)
        entry.subtype = subtype_number(partition.type, partition.subtype)
        entry.offset, entry.size = partition.offset, partition.bytes
        table.append(entry)
    return table


def _check_table(which, name):
    """Types, alignment, overlap and fit, as Espressif's own generator checks them; sectors."""
    try:
        table = _table(which)
        table.verify(TABLE_OFFSET)
        table.verify_size_fits(which.flash_bytes)
    except (InputError, ValueError) as error:
        raise FlashMapError(f"flash map: {error}; correct the partition in {name}") from error
    for partition in which.partitions.values():
        if partition.bytes % SECTOR_BYTES:
            raise FlashMapError(
                f"flash map: {partition.name} has {partition.bytes:#x} bytes, which ends inside "
                f"a sector; make it a multiple of {SECTOR_BYTES:#x} in {name}"
            )


def _check_room(which, name, promised, path):
    if name not in which.partitions:
        raise FlashMapError(f"flash map: no partition {name}; add it in {path}")
    room = which.room(which.partitions[name])
    if promised > room:
        raise FlashMapError(
            f"flash map: {name} is to hold {promised} bytes and keep {which.free_percent} % free, "
            f"{promised - room} more than it can; take something out of it in {path}"
        )
