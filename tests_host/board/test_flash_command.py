"""`sleepsync flash`, as a person calls it, against a chip."""

import hashlib

import pytest
from flashing import Chip, micropython, table_with_data_at
from sleepsync.boards import REFERENCE
from sleepsync.cli import app
from sleepsync.flash import FlashError, command, flash_map, vfs_image
from typer.testing import CliRunner

IMAGE = micropython("esp32s3")
SHA256 = hashlib.sha256(IMAGE).hexdigest()


@pytest.fixture
def board():
    there = Chip("esp32s3")
    yield there
    there.close()


@pytest.fixture
def image(tmp_path):
    path = tmp_path / "image.bin"
    path.write_bytes(IMAGE)
    return str(path)


def call(*words, typed=""):
    return CliRunner().invoke(app, ["flash", "--no-selftest", *map(str, words)], input=typed)


def refusal(*words):
    ended = call(*words)
    assert ended.exit_code == 1
    assert isinstance(ended.exception, FlashError), ended.exception
    return str(ended.exception)


def test_a_board_is_flashed(board, image):
    ended = call("--port", board.port, "--image", image, "--sha256", SHA256)
    assert ended.exit_code == 0, ended.exception
    assert f"{board.port}: ESP32-S3, 8MB flash" in ended.output
    size = 0x9000 + len(IMAGE) - 0x10000 + (1 << 20)
    assert f"{size:,} bytes written and compared" in ended.output
    vfs = flash_map().partitions["vfs"]
    assert board.flash[vfs.offset : vfs.end] == vfs_image(REFERENCE)
    assert board.flash[0x10000 : len(IMAGE)] == IMAGE[0x10000:]
    data = flash_map().partitions["data"]
    assert set(board.flash[data.offset : data.end]) == {0xFF}


def test_nothing_reaches_the_board_before_the_image_is_right(board, image):
    said = refusal("--port", board.port, "--image", image, "--sha256", "0" * 64)
    assert f"SHA-256 {SHA256}" in said
    assert set(board.flash) == {0xFF}


def test_erasing_is_asked_about(board, image):
    words = ("--port", board.port, "--image", image, "--sha256", SHA256, "--erase")
    board.flash[0x9000] = 7
    ended = call(*words, typed="n\n")
    assert ended.exit_code == 1
    assert "for good" in ended.output
    assert board.flash[0x9000] == 7
    assert call(*words, typed="y\n").exit_code == 0
    assert board.flash[0x9000] == 0xFF


def test_nights_are_brought_first(board, image, tmp_path):
    """The flash is erased only when they are in the file."""
    board.flash[0x8000:0x9000] = table_with_data_at(0x480000, 0x1000)
    board.flash[0x480000:0x481000] = nights = b"dream" * 800 + bytes(96)
    words = ("--port", board.port, "--rescue", tmp_path / "nights.bin")
    ended = call(*words, "--image", image, "--sha256", SHA256, "--erase", typed="y\n")
    assert ended.exit_code == 0, ended.exception
    assert (tmp_path / "nights.bin").read_bytes() == nights
    assert set(board.flash[0x480000:0x481000]) == {0xFF}


def test_nights_alone(board, tmp_path):
    board.flash[0x8000:0x9000] = table_with_data_at(0x480000, 0x1000)
    before = bytes(board.flash)
    ended = call("--port", board.port, "--rescue", tmp_path / "nights.bin")
    assert ended.exit_code == 0, ended.exception
    assert "4,096 bytes of nights" in ended.output
    assert board.flash == before


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--erase",),
        ("--copy", "--image", "x"),
        ("--copy", "--rescue", "x"),
        ("--rescue", "x", "--erase"),
        ("--copy", "--erase"),
    ],
)
def test_what_does_not_go_together_is_refused(words):
    assert "flash: give IMAGE=" in refusal("--port", "/dev/null", *words)


def test_an_unknown_board_is_refused(image):
    ended = call("--board", "toaster", "--image", image, "--sha256", SHA256)
    assert ended.exit_code == 1
    assert "toaster" in str(ended.exception) and REFERENCE in str(ended.exception)


def test_an_application_past_its_budget_is_not_flashed(board, image, monkeypatch):
    monkeypatch.setattr(command.fill, "CODE_BYTES", 1000)
    ended = call("--port", board.port, "--image", image, "--sha256", SHA256)
    assert "code, resident" in str(ended.exception)
    assert set(board.flash) == {0xFF}
