"""The puck's flash: what lies where, its images, and how they reach a board."""

from .errors import FlashError
from .flash_map import FlashMapError, flash_map, partition_table
from .images import flash_image, started_flash_image, vfs_image

__all__ = [
    "FlashError",
    "FlashMapError",
    "flash_image",
    "flash_map",
    "partition_table",
    "started_flash_image",
    "vfs_image",
]
