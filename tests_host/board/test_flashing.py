"""Flashing a chip with the real esptool: what reaches its flash, and what does not."""

import dataclasses
import fcntl
import os
import pty
import random

import pytest
from esp32_mock_bootloader import server
from esptool.bin_image import LoadFirmwareImage
from esptool.loader import ESPLoader
from esptool.targets import CHIP_DEFS
from esptool.util import FatalError
from flashing import Chip, burnt, micropython, table_with_data_at
from sleepsync.flash import FlashError, chip, flash_map
from sleepsync.flash.micropython_image import micropython_parts
from sleepsync.flash.rescue import rescue

STARTS = {"esp32s3": 0, "esp32": 0x1000}
SOCS = tuple(STARTS)
VFS = bytes(range(256)) * 64


@pytest.fixture(params=SOCS)
def board(request):
    """A chip whose flash is full of what somebody left there."""
    there = Chip(request.param)
    there.flash[:] = random.Random(1).randbytes(len(there.flash))
    yield there
    there.close()


def parts_for(soc):
    return {**micropython_parts(micropython(soc), soc, flash_map()), 0x200000: VFS}


def put(board, parts, is_blank=False, progress=lambda *_: None, soc=None):
    with chip.connected(board.port, soc or board.soc, flash_map(), progress) as esp:
        chip.write(esp, parts, is_blank)


def expected(before, soc):
    """The flash after flashing: the parts in their places, the rest as it was."""
    after = bytearray(before)
    for offset, data in parts_for(soc).items():
        after[offset : offset + len(data)] = data
    return after


def differing(one, other):
    """The places where two flashes differ, but for the boot loader's flash size and its sum."""
    return [i for i in range(len(one)) if one[i] != other[i]] if one != other else []


def test_everything_is_in_its_place_and_the_rest_is_as_it_was(board):
    before, start = bytes(board.flash), STARTS[board.soc]
    put(board, parts_for(board.soc))
    places = differing(board.flash, expected(before, board.soc))
    loader = LoadFirmwareImage(board.soc, bytes(board.flash[start : start + 0x7000]))
    digest = start + loader.data_length
    assert set(places) <= {start + 3, *range(digest, digest + 32)}
    for name in ("nvs", "phy_init", "data"):
        which = flash_map().partitions[name]
        assert board.flash[which.offset : which.end] == before[which.offset : which.end]


def test_the_boot_loader_is_told_the_flash_that_is_there(board):
    """MicroPython for the ESP32 is built for 4 MB; with that, `data` could not be reached."""
    start = STARTS[board.soc]
    put(board, parts_for(board.soc))
    loader = LoadFirmwareImage(board.soc, bytes(board.flash[start : start + 0x7000]))
    assert loader.flash_size_freq >> 4 == 3  # ESP_IMAGE_FLASH_SIZE_8MB
    assert loader.stored_digest == loader.calc_digest


def test_erasing_leaves_nothing_else(board):
    put(board, parts_for(board.soc), is_blank=True)
    for name in ("nvs", "phy_init", "data"):
        which = flash_map().partitions[name]
        assert set(board.flash[which.offset : which.end]) == {0xFF}
    assert board.flash[0x200000 : 0x200000 + len(VFS)] == VFS


def test_interrupted_and_repeated(board, monkeypatch):
    monkeypatch.setattr(ESPLoader, "WRITE_FLASH_ATTEMPTS", 1)  # it would wait for the cable
    before = bytes(board.flash)
    put(board, parts_for(board.soc))
    whole = bytes(board.flash)
    board.flash[:] = before
    board.cut_after = 60_000
    with pytest.raises(FlashError, match=r"run the same command again"):
        put(board, parts_for(board.soc))
    half = bytes(board.flash)
    assert half != before and half != whole
    data = flash_map().partitions["data"]
    assert half[data.offset : data.end] == before[data.offset : data.end]
    board.cut_after = None
    put(board, parts_for(board.soc))
    assert board.flash == whole


def test_progress_reaches_the_whole(board):
    heard = []
    put(board, parts_for(board.soc), progress=lambda *what: heard.append(what))
    assert any(0 < done < whole for _, done, whole in heard)
    assert sum(done == whole for _, done, whole in heard) >= 3
    assert all(what.startswith("Writing at 0x") for what, *_ in heard)


def test_the_line_is_made_faster(board):
    put(board, parts_for(board.soc))
    assert board.baud == 460800


def test_the_board_runs_again_whatever_happened(board, monkeypatch):
    resets = []
    monkeypatch.setattr(chip.cmds, "reset_chip", lambda esp, mode: resets.append(mode))
    put(board, parts_for(board.soc))
    assert resets == ["hard-reset"]
    small = dataclasses.replace(flash_map(), flash_bytes=16 << 20)
    with (
        pytest.raises(FlashError, match="flash map needs 16MB"),
        chip.connected(board.port, board.soc, small, lambda *_: None),
    ):
        pass
    assert resets == ["hard-reset"] * 2


def test_what_it_is_stands_in_a_line(board):
    with chip.connected(board.port, board.soc, flash_map(), lambda *_: None) as esp:
        assert chip.description(esp) == f"{CHIP_DEFS[board.soc].CHIP_NAME}, 8MB flash"


def test_built_in_psram_is_told():
    board = Chip("esp32s3")
    register = CHIP_DEFS["esp32s3"].EFUSE_BLOCK1_ADDR + 4 * 4
    with (
        burnt("esp32s3", register, 2 << 3),
        chip.connected(board.port, "esp32s3", flash_map(), lambda *_: None) as esp,
    ):
        assert "Embedded PSRAM 2MB" in chip.description(esp)
    board.close()


# -- what is refused, and that nothing was written then


def refused(board, says, **how):
    before = bytes(board.flash)
    with pytest.raises(FlashError, match=says):
        put(board, parts_for(board.soc), **how)
    assert board.flash == before


def test_another_chip_is_refused(board):
    other = {"esp32s3": "esp32", "esp32": "esp32s3"}[board.soc]
    refused(board, r"board: an ESP32(-S3)? answers at socket:.* BOARD=", soc=other)
    put(board, parts_for(board.soc))  # and the chip was let go of


def test_too_little_flash_is_refused():
    board = Chip("esp32s3", mib=4)
    refused(board, "board: its flash has 4MB, the flash map needs 8MB; take")
    board.close()


@pytest.mark.parametrize(
    ("soc", "register", "value", "says"),
    [
        ("esp32s3", "EFUSE_SECURE_BOOT_EN_REG", 1 << 20, "secure boot"),
        ("esp32s3", "EFUSE_SPI_BOOT_CRYPT_CNT_REG", 1 << 18, "flash encryption"),
        ("esp32", "EFUSE_RD_ABS_DONE_REG", 1 << 4, "secure boot"),
        ("esp32", "EFUSE_SPI_BOOT_CRYPT_CNT_REG", 1 << 20, "flash encryption"),
    ],
)
def test_a_locked_chip_is_refused(soc, register, value, says):
    board = Chip(soc)
    with burnt(soc, getattr(CHIP_DEFS[soc], register), value):
        refused(board, says + ".*take another")
    board.close()


def test_a_chip_in_secure_download_mode_is_refused(monkeypatch):
    """Of such a chip no eFuse can be read; it says so in its flags, bit 2."""
    board, plain = Chip("esp32s3"), server.handle_get_security_info

    def flagged(session):
        answer = plain(session)
        return answer[:9] + b"\x04" + answer[10:]

    monkeypatch.setattr(server, "handle_get_security_info", flagged)
    refused(board, "secure boot is burnt")
    board.close()


class Worn(bytearray):
    """A flash in which writing to `vfs` disturbs a bit of the application."""

    def __setitem__(self, at, value):
        super().__setitem__(at, value)
        if at == 0x200000:
            super().__setitem__(0x20000, self[0x20000] ^ 1)


def test_what_a_later_write_damages_is_found():
    board = Chip("esp32s3")
    board.image.data = Worn(board.flash)
    with pytest.raises(FlashError, match="Verification failed"):
        put(board, parts_for("esp32s3"))
    board.close()


# -- the port


def told(error):
    with pytest.raises(FlashError) as found, chip._told("/dev/ttyX"):
        raise error
    return str(found.value)


def test_a_port_that_is_not_there():
    with pytest.raises(FlashError, match=r"^/dev/ttyNone: .*there is no such port; look at"):
        open_at("/dev/ttyNone")


def open_at(port):
    with chip.connected(port, "esp32", flash_map(), lambda *_: None):
        raise AssertionError("there is no chip")


def test_a_port_that_another_program_holds():
    leader, follower = pty.openpty()
    fcntl.flock(follower, fcntl.LOCK_EX)
    with pytest.raises(FlashError, match="another program holds it; close that"):
        open_at(os.ttyname(follower))
    os.close(leader), os.close(follower)


def test_a_port_that_may_not_be_opened():
    """In esptool's own words; root, who may run this test, is never refused."""
    text = (
        "Could not open /dev/ttyX, the port is busy or doesn't exist.\n([Errno 13] could not open"
    )
    said = told(FatalError(f"{text} port /dev/ttyX: [Errno 13] Permission denied: '/dev/ttyX')\n"))
    assert said.startswith("/dev/ttyX: you may not open it; `sudo usermod -aG dialout")


def test_a_chip_that_keeps_silent():
    said = told(FatalError("Failed to connect to Espressif device: No serial data received."))
    assert said.startswith("/dev/ttyX: the chip does not answer; hold BOOT")


def test_what_is_not_usual_is_told_in_one_line():
    said = told(FatalError("Packet content\n transfer stopped"))
    assert said.startswith("/dev/ttyX: Packet content transfer stopped; look at the cable")


# -- the nights


@pytest.fixture
def with_nights(board):
    """A board whose own table has its nights elsewhere than the map of today."""
    board.flash[0x8000:0x9000] = table_with_data_at(0x480000, 0x8000)
    return board


def bring(board, to):
    with chip.connected(board.port, board.soc, flash_map(), lambda *_: None) as esp:
        return rescue(esp, to)


def test_nights_are_brought_from_where_the_board_has_them(with_nights, tmp_path):
    before = bytes(with_nights.flash)
    assert bring(with_nights, tmp_path / "nights.bin") == 0x8000
    assert (tmp_path / "nights.bin").read_bytes() == before[0x480000:0x488000]
    assert with_nights.flash == before
    assert [path.name for path in tmp_path.iterdir()] == ["nights.bin"]


def test_nights_are_never_written_over(with_nights, tmp_path):
    (tmp_path / "nights.bin").write_text("last week's")
    with pytest.raises(FlashError, match=r"nights.bin is there already; name a new file"):
        bring(with_nights, tmp_path / "nights.bin")
    assert (tmp_path / "nights.bin").read_text() == "last week's"


def test_nights_that_cannot_be_kept(with_nights, tmp_path):
    with pytest.raises(FlashError, match=r"rescue: .*cannot be written \(No such file"):
        bring(with_nights, tmp_path / "nowhere" / "nights.bin")


def test_a_board_without_nights(board, tmp_path):
    with pytest.raises(FlashError, match=r"no sound partition table .* leave --rescue out"):
        bring(board, tmp_path / "nights.bin")
    board.flash[0x8000:0x9000] = table_with_data_at(0x300000, 0x8000, b"dates")
    with pytest.raises(FlashError, match="table has no partition data; leave --rescue out"):
        bring(board, tmp_path / "nights.bin")
    assert not list(tmp_path.iterdir())
