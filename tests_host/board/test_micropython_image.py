"""What is taken for a MicroPython image, what is refused, and how it is cut."""

import pytest
from esptool.bin_image import LoadFirmwareImage
from flashing import STOCK, firmware, micropython
from sleepsync.flash import FlashError, flash_map, partition_table
from sleepsync.flash.micropython_image import micropython_parts

SOCS = {"esp32s3": 0, "esp32": 0x1000}  # and where its boot loader lies


def parts_of(image, soc):
    return micropython_parts(image, soc, flash_map())


def broken(image, at):
    return image[:at] + bytes([image[at] ^ 1]) + image[at + 1 :]


@pytest.mark.parametrize("soc", SOCS)
def test_it_is_cut_around_nvs_and_has_our_table(soc):
    image, start = micropython(soc), SOCS[soc]
    parts = parts_of(image, soc)
    assert {offset: offset + len(data) for offset, data in parts.items()} == {
        start: 0x9000,
        0x10000: start + len(image),
    }
    assert parts[start][: 0x8000 - start] == image[: 0x8000 - start]
    table = partition_table(flash_map())
    assert parts[start][0x8000 - start :] == table.ljust(0x1000, b"\xff")
    assert parts[0x10000] == image[0x10000 - start :]


@pytest.mark.parametrize("soc", SOCS)
def test_what_is_refused_says_why_and_what_to_do(soc):
    start, image = SOCS[soc], micropython(soc)
    other = {"esp32s3": "esp32", "esp32": "esp32s3"}[soc]
    name = {"esp32s3": "ESP32-S3", "esp32": "ESP32"}[soc]
    wrong = {
        b"": "no image for an ESP32 .* take the .bin for " + name,
        b"UF2\n" + bytes(9000): "it begins 55 46 32 0a",
        micropython(other): f"made for {'ESP32' if soc != 'esp32' else 'ESP32-S3'}; take .* {name}",
        image[:5000]: "its boot loader ends early .* fetch it again",
        image[: 0x8000 - start]: "no sound partition table",
        image[: 0x8000 - start + 64]: "no sound partition table",
        image[: 0x10000 - start]: "its application ends early",
        image[:-1]: "its application (ends early|is damaged)",
        image[:-40_000]: "its application ends early",
        broken(image, 9000): "its boot loader is damaged, its own sums are wrong",
        broken(image, 0x18000): "its application is damaged",
        broken(image, 0x8000 - start + 12): "no sound partition table .*MD5",
        firmware(soc, 300_000): "no sound partition table",
    }
    for data, says in wrong.items():
        with pytest.raises(FlashError, match=says):
            parts_of(data, soc)


def test_without_a_digest_the_checksum_counts():
    head = micropython("esp32s3", size=16)[:0x10000]
    plain = head + firmware("esp32s3", 300_000, has_digest=False)
    assert parts_of(plain, "esp32s3")
    with pytest.raises(FlashError, match="its application is damaged"):
        parts_of(broken(plain, 0x18000), "esp32s3")


def test_an_unknown_chip_is_refused():
    image = micropython("esp32s3")
    with pytest.raises(FlashError, match="made for the unknown chip 239;"):
        parts_of(image[:12] + b"\xef\0" + image[14:], "esp32s3")


def test_the_application_may_fill_factory_but_no_more():
    room = flash_map().partitions["factory"].bytes
    size = room - len(firmware("esp32s3", 0x10000)) + 0x10000
    image = micropython("esp32s3", size)
    assert len(image) == 0x10000 + room
    assert len(parts_of(image, "esp32s3")[0x10000]) == room
    with pytest.raises(FlashError, match="16 bytes too long for partition factory; take a smaller"):
        parts_of(image + bytes(16), "esp32s3")


def test_an_image_with_ota_is_refused():
    """Its application lies elsewhere, and would be started from nowhere."""
    table = STOCK.replace(
        "factory,app,factory,0x10000,0x1f0000", "ota_0,app,ota_0,0x20000,0x1e0000"
    )
    with pytest.raises(FlashError, match="begins at 0x20000, not at 0x10000; take one without OTA"):
        parts_of(micropython("esp32s3", table=table), "esp32s3")


def test_the_test_s_own_images_are_sound():
    image = micropython("esp32")
    found = LoadFirmwareImage("esp32", image[0xF000:])
    assert found.stored_digest == found.calc_digest
