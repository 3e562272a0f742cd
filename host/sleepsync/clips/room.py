"""How much of the puck's flash clips may take, and how long they may be."""

from sleepsync.flash import flash_map
from sleepsync.flash.flash_map import SECTOR_BYTES

from .adpcm import PAGE_BYTES, PAGE_SAMPLES
from .container import HEAD_BYTES
from .errors import ClipError
from .prepared import RATE_HZ

_POINTERS = 8  # littlefs keeps two pointers of 4 bytes in each block of a file, on the average


def flash_bytes(file_bytes: int) -> int:
    """What a file of that size takes of the flash."""
    return -(-file_bytes // (SECTOR_BYTES - _POINTERS)) * SECTOR_BYTES


def all_bytes() -> int:
    """Of the flash, for all clips together."""
    return flash_map().clips_bytes


def most_seconds(free_bytes: int) -> float:
    """How long a clip may be that still fits."""
    pages = (free_bytes // SECTOR_BYTES * (SECTOR_BYTES - _POINTERS) - HEAD_BYTES) // PAGE_BYTES
    return max(0, pages) * PAGE_SAMPLES / RATE_HZ


def check(name: str, file_bytes: int, taken_bytes: int = 0) -> None:
    """ClipError if it does not fit beside clips that take so much of the flash."""
    free = all_bytes() - taken_bytes
    if flash_bytes(file_bytes) <= free:
        return
    seconds = most_seconds(free)
    rest = "make it shorter" + (", or take another clip off the puck" if taken_bytes else "")
    raise ClipError(
        f"{name}: takes {flash_bytes(file_bytes):,} bytes of flash, and {free:,} are free for "
        f"clips, enough for {int(seconds) // 60} min {int(seconds) % 60} s; {rest}"
    )
