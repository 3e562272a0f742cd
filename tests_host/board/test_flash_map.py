"""The flash map: what it says, what it refuses, and its table as another reader sees it."""

import hashlib
import struct

import pytest
from sleepsync.flash import FlashMapError, flash_map, partition_table
from sleepsync.flash.flash_map import PATH, parsed

# Numbers of esp_partition.h.
TYPES = {"app": 0, "data": 1}
SUBTYPES = {"factory": 0, "nvs": 2, "phy": 1, "fat": 0x81, "littlefs": 0x83}


def entries(table):
    """(name, type, subtype, offset, bytes) of each entry, and what the MD5 entry covers."""
    found = []
    for at in range(0, len(table), 32):
        entry = table[at : at + 32]
        if entry[:2] == b"\xeb\xeb":
            return found, table[:at], entry[16:], table[at + 32 :]
        magic, kind, subtype, offset, size, name, flags = struct.unpack("<2sBBII16sI", entry)
        assert (magic, flags) == (b"\xaa\x50", 0)
        found.append((name.rstrip(b"\0").decode(), kind, subtype, offset, size))
    raise AssertionError("no MD5 entry")


def test_the_table_says_what_the_map_says():
    found, covered, md5, rest = entries(partition_table(flash_map()))
    assert found == [
        (p.name, TYPES[p.type], SUBTYPES[p.subtype], p.offset, p.bytes)
        for p in flash_map().partitions.values()
    ]
    assert md5 == hashlib.md5(covered).digest()
    assert len(covered) + 32 + len(rest) == 0xC00
    assert set(rest) == {0xFF}


def test_the_map_is_the_one_that_was_agreed():
    """Pucks in bedrooms have it: what is here may not move."""
    assert [(p.name, p.offset, p.bytes) for p in flash_map().partitions.values()] == [
        ("nvs", 0x9000, 0x6000),
        ("phy_init", 0xF000, 0x1000),
        ("factory", 0x10000, 0x1F0000),
        ("vfs", 0x200000, 0x100000),
        ("data", 0x300000, 0x500000),
    ]
    assert (flash_map().slots, flash_map().slot_bytes) == (2, 320 * 1024)
    assert (flash_map().nights, flash_map().night_bytes) == (31, 40 * 1024)
    assert flash_map().free_percent >= 10


def test_free_is_free():
    vfs = flash_map().partitions["vfs"]
    assert flash_map().room(vfs) == 943718
    assert flash_map().promised["vfs"] == 2 * 327680 + 40960
    assert flash_map().promised["data"] == 31 * 40960 + 0x300000


def test_the_firmware_keeps_to_it(worker):
    """What it lets go of, and what it refuses, is by the map's own numbers."""
    source = """
from firmware.keep import space
from firmware.update import slots
result = [space.NIGHTS, slots._MOST_BYTES[slots.ARCHIVE]]
"""
    nights, slot_bytes = worker.call("snippet:run", source, {})
    assert (nights, slot_bytes) == (flash_map().nights, flash_map().slot_bytes)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("offset = 0x200000", "offset = 0x1f0000", "overlaps 0x10000"),
        ("offset = 0x9000", "offset = 0x8000", "below 0x9000"),
        ("offset = 0x10000,", "offset = 0x11000,", "not aligned to 0x10000"),
        ("offset = 0x300000", "offset = 0x300800", "not aligned to 0x1000"),
        ("bytes = 0x500000", "bytes = 0x501000", "does not fit in available flash size 8MB"),
        ("bytes = 0x500000", "bytes = 0x4ffc00", "data has 0x4ffc00 bytes, which ends inside"),
        ('"littlefs"', '"lfs"', "lfs"),
        ("\ndata = {", "\nnights = {", "no partition data"),
        (
            "slot_bytes = 0x50000",
            "slot_bytes = 0x80000",
            "vfs is to hold 1089536 bytes and keep 10",
        ),
        ("nights = 31", "nights = 60", "data is to hold 5603328 bytes"),
        ("free_percent = 10", "free_percent = 20", "data is to hold"),
        ("bytes = 0x6000", "bytes = 0x2000", "at least 0x3000"),
    ],
)
def test_a_map_that_cannot_be_is_refused(tmp_path, old, new, says):
    text = PATH.read_text()
    assert old in text
    wrong = tmp_path / "flash_map.toml"
    wrong.write_text(text.replace(old, new))
    with pytest.raises(FlashMapError, match=says) as refused:
        parsed(wrong)
    assert "flash_map.toml" in str(refused.value)
