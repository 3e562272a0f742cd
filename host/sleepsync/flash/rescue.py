"""The nights of a board, brought to a file before anything is written.

It must never overwrite a file, nor leave one that is not whole.
"""

from pathlib import Path

from esptool.loader import ESPLoader

from . import chip
from .errors import FlashError
from .flash_map import SECTOR_BYTES, TABLE_OFFSET, FlashMapError, read_table


def rescue(esp: ESPLoader, to: Path) -> int:
    """Put the partition `data`, wherever the board's own table has it, into `to`; its bytes.

    Raises FlashError if there is no such partition, or `to` cannot be made.
    """
    if to.exists():
        raise FlashError(f"rescue: {to} is there already; name a new file")
    offset, size = _place(chip.read(esp, TABLE_OFFSET, SECTOR_BYTES))
    part = to.with_name(to.name + ".part")
    data = chip.read(esp, offset, size)
    try:
        part.write_bytes(data)
        part.replace(to)
    except OSError as error:
        raise FlashError(
            f"rescue: {to} cannot be written ({error.strerror}); name another"
        ) from error
    return size


def _place(table):
    try:
        entry = read_table(table).find_by_name("data")
    except FlashMapError as error:
        raise FlashError(f"rescue: {error} on the board; leave --rescue out") from error
    if entry is None:
        raise FlashError("rescue: the board's table has no partition data; leave --rescue out")
    return entry.offset, entry.size
