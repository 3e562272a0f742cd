"""A MicroPython image as micropython.org publishes it, checked and cut into what is written.

Such a .bin holds boot loader, partition table and application as they lie in flash, with
padding where nvs is. It must never be written whole: that would erase nvs.
"""

import struct

from esptool.bin_image import ESP32FirmwareImage, LoadFirmwareImage
from esptool.targets import CHIP_DEFS
from esptool.util import FatalError

from .errors import FlashError
from .flash_map import (
    SECTOR_BYTES,
    TABLE_OFFSET,
    FlashMap,
    FlashMapError,
    partition_table,
    read_table,
)

_MAGIC = 0xE9  # esp_image_format.h, ESP_IMAGE_HEADER_MAGIC
_CHIP_ID_AT = 12  # esp_image_header_t.chip_id, 16 bits
_TAKE = "take the .bin for {chip} from micropython.org (docs/flashing.md says which)"


def micropython_parts(image: bytes, soc: str, which: FlashMap) -> dict[int, bytes]:
    """{flash offset: bytes} of MicroPython on a chip `soc` with our partition table.

    One part reaches from the boot loader through the table, the other is the application:
    nvs and phy_init lie between them. Raises FlashError for an image that is none, is cut
    or damaged, is for another chip, or does not fit into `factory`.
    """
    start = CHIP_DEFS[soc].BOOTLOADER_FLASH_OFFSET
    factory = which.partitions["factory"]
    _check_chip(image, soc)
    _check_whole(image, soc, "boot loader")
    _check_layout(image[TABLE_OFFSET - start :], soc, factory.offset)
    application = image[factory.offset - start :]
    over = len(application) - factory.bytes
    if over > 0:
        raise FlashError(
            f"image: its application is {over} bytes too long for partition factory; "
            "take a smaller one, without OTA or romfs"
        )
    _check_whole(application, soc, "application")
    table = partition_table(which).ljust(SECTOR_BYTES, b"\xff")
    return {start: image[: TABLE_OFFSET - start] + table, factory.offset: application}


def _check_chip(image, soc):
    take = _TAKE.format(chip=CHIP_DEFS[soc].CHIP_NAME)
    if len(image) <= _CHIP_ID_AT + 2 or image[0] != _MAGIC:
        raise FlashError(f"image: no image for an ESP32 (it begins {image[:4].hex(' ')}); {take}")
    (chip_id,) = struct.unpack_from("<H", image, _CHIP_ID_AT)
    if chip_id != CHIP_DEFS[soc].IMAGE_CHIP_ID:
        raise FlashError(f"image: made for {_chip_name(chip_id)}; {take}")


def _chip_name(chip_id):
    names = {getattr(chip, "IMAGE_CHIP_ID", None): chip.CHIP_NAME for chip in CHIP_DEFS.values()}
    return names.get(chip_id, f"the unknown chip {chip_id}")


def _check_layout(table, soc, offset):
    """The image's own table tells whether it is a combined one, and where its application is."""
    try:
        entries = read_table(table[:SECTOR_BYTES])
    except FlashMapError as error:
        take = _TAKE.format(chip=CHIP_DEFS[soc].CHIP_NAME)
        raise FlashError(f"image: {error} inside; {take}") from error
    applications = [entry.offset for entry in entries if entry.type == 0]
    if applications[:1] != [offset]:
        raise FlashError(
            f"image: its application begins at {', '.join(map(hex, applications)) or 'no place'}, "
            f"not at {offset:#x}; take one without OTA"
        )


def _check_whole(data, soc, part):
    """Every segment is there, and their checksum and SHA-256 are right."""
    try:
        found: ESP32FirmwareImage = LoadFirmwareImage(soc, data)
        is_right = found.checksum == found.calculate_checksum()
        is_right &= not found.append_digest or found.stored_digest == found.calc_digest
    except (FatalError, struct.error, RuntimeError, IndexError) as error:
        raise FlashError(f"image: its {part} ends early ({error}); fetch it again") from error
    if not is_right:
        raise FlashError(f"image: its {part} is damaged, its own sums are wrong; fetch it again")
