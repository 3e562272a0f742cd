"""Images of the puck's flash: the application's file system, and the whole chip.

The same sources give the same bytes. It must never write anything but what it returns.
"""

from pathlib import Path

from littlefs import LittleFS

from sleepsync.boards import REFERENCE
from sleepsync.build import SIMULATED, build
from sleepsync.build.slot import packed

from .flash_map import SECTOR_BYTES, TABLE_OFFSET, FlashMap, flash_map, partition_table

# As `vfs.mount` makes them in MicroPython (extmod/vfs_lfs.c and vfs_lfsx.c): so an image is
# laid out as the puck would write it, with the same files inline and the same blocks used.
_IO_BYTES = 32
_GEOMETRY = {
    "block_size": SECTOR_BYTES,
    "read_size": _IO_BYTES,
    "prog_size": _IO_BYTES,
    "cache_size": 4 * _IO_BYTES,
}


def vfs_image(target: str = SIMULATED, board: str = REFERENCE) -> bytes:
    """The littlefs image of partition `vfs` with what `target` runs: /boot.py and what stands
    beside it, and slot /a as its archive.

    `target` is a board, or by default the puck that the desktop VM simulates: the same
    files, compiled for x64, with kernels that import the simulator's `meter`. So a VM with
    only `hw/sim` of the built tree `unix` and `.frozen` on its path, and no source in its
    working directory, can mount the image and run its /boot.py. What has changed is built
    first. Raises BuildError.
    """
    tree = packed(build(target, board=board))
    return file_system(tree, flash_map().partitions["vfs"].bytes)


def flash_image(target: str = SIMULATED, board: str = REFERENCE) -> bytes:
    """A whole flash as `make flash` leaves it, without boot loader and MicroPython.

    The partition table at 0x8000, `vfs_image(target)` in its partition, all else erased
    (0xff): 8 MiB. The simulator takes it for a new puck's flash. Raises BuildError.
    """
    which = flash_map()
    parts = {
        TABLE_OFFSET: partition_table(which),
        which.partitions["vfs"].offset: vfs_image(target, board),
    }
    return _placed(which, parts)


def started_flash_image(target: str = SIMULATED, board: str = REFERENCE) -> bytes:
    """The same after the first start, which makes the file system of the nights."""
    data = flash_map().partitions["data"]
    image = bytearray(flash_image(target, board))
    image[data.offset : data.offset + data.bytes] = bytes(_empty(data.bytes).context.buffer)
    return bytes(image)


def _placed(which: FlashMap, parts: dict[int, bytes]) -> bytes:
    image = bytearray(b"\xff" * which.flash_bytes)
    for offset, content in parts.items():
        image[offset : offset + len(content)] = content
    return bytes(image)


def file_system(tree: Path, size: int) -> bytes:
    """A littlefs of `size` bytes that holds the files below `tree`, for MicroPython to mount.

    Raises littlefs.LittleFSError if they do not fit.
    """
    system = _filled(tree, size)
    return bytes(system.context.buffer)


def bytes_used(tree: Path, size: int) -> int:
    """Bytes that the files below `tree` take of a littlefs of `size` bytes, in whole blocks."""
    blocks: int = _filled(tree, size).used_block_count
    return blocks * SECTOR_BYTES


def _empty(size):
    return LittleFS(block_count=size // SECTOR_BYTES, **_GEOMETRY)


def _filled(tree, size):
    system = _empty(size)
    for path in sorted(tree.rglob("*")):
        name = path.relative_to(tree).as_posix()
        if path.is_dir():
            system.mkdir(name)
        else:
            with system.open(name, "wb") as file:
                file.write(path.read_bytes())
    return system
