"""The application by mpremote, onto the real VM."""

import hashlib

import pytest
from running_board import RunningBoard
from sleepsync.boards import REFERENCE
from sleepsync.build import build
from sleepsync.build.slot import packed
from sleepsync.cli import app
from sleepsync.flash import FlashError, application, flash_map
from typer.testing import CliRunner

OURS = [
    (1, 2, 0x9000, 0x6000, "nvs", False),
    (1, 0x81, 0x200000, 0x100000, "vfs", False),
    (1, 0x83, 0x300000, 0x500000, "data", False),
]
STOCK = [(1, 2, 0x9000, 0x6000, "nvs", False), (1, 0x81, 0x200000, 0x600000, "vfs", False)]
PUCK = "def selftest():\n    print('pulse sensor: sound')\n"


@pytest.fixture
def board(tmp_path):
    with RunningBoard(tmp_path, OURS) as there:
        yield there


def sums(folder):
    beside = ("was_reset", "nvs")
    files = [path for path in folder.rglob("*") if path.is_file() and path.name not in beside]
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def test_the_application_is_replaced_and_the_board_restarted(board):
    tree = packed(build(REFERENCE))
    (board.files / "a" / "firmware").mkdir(parents=True)
    (board.files / "a" / "firmware" / "app.py").write_text("an import would prefer this")
    (board.files / "b").mkdir()
    (board.files / "b" / "manifest.json").write_text("{}")
    (board.files / "boot.py").write_text("old")
    count = application.copy(board.port, tree, flash_map())
    assert count == len(sums(tree))
    assert sums(board.files) == sums(tree) | {"b/manifest.json": hashlib.sha256(b"{}").hexdigest()}
    assert (board.files / "nvs").read_text() == "puck.trial=0 puck.slot=0 "  # whatever ran before
    assert board.was_reset()


def test_a_board_with_another_table_is_refused_untouched(tmp_path):
    with RunningBoard(tmp_path, STOCK) as board:
        with pytest.raises(
            FlashError, match=r"has no vfs and no data .*flash it once without --copy"
        ):
            application.copy(board.port, packed(build(REFERENCE)), flash_map())
        assert list(board.files.iterdir()) == []


def test_a_file_that_does_not_arrive_is_named(board):
    """What the board writes into main.py is lost; nothing but the comparison can know."""
    (board.files / "main.py").symlink_to("/dev/null")
    with pytest.raises(FlashError, match=r": main\.py is not what was sent; look at the cable"):
        application.copy(board.port, packed(build(REFERENCE)), flash_map())
    assert not board.was_reset(within_s=0.3)
    assert not (board.files / "a" / "manifest.json").exists()  # so boot.py does not take the slot


@pytest.fixture
def at_once(monkeypatch):
    """The VM behind the port does not really restart."""
    monkeypatch.setattr(application, "_RESTART_S", 0)


def test_the_self_test_s_words_are_passed_on_and_the_firmware_restarted(tmp_path, at_once):
    with RunningBoard(tmp_path, OURS, puck=PUCK) as board:
        assert application.selftest(board.port).strip() == "pulse sensor: sound"
        assert board.was_reset()


def test_a_self_test_that_cannot_run_is_told(board, at_once):
    with pytest.raises(FlashError, match="mpremote exec says: ImportError: no module named 'puck'"):
        application.selftest(board.port)


def test_no_board_at_all(at_once):
    with pytest.raises(FlashError, match=r"^/dev/ttyNone: mpremote .*look at the cable"):
        application.selftest("/dev/ttyNone")


def test_the_command_copies_and_tests(tmp_path, at_once):
    with RunningBoard(tmp_path, OURS, puck=PUCK) as board:
        ended = CliRunner().invoke(app, ["flash", "--copy", "--port", board.port])
        assert ended.exit_code == 0, ended.exception
        assert f"{board.port}: 6 files copied and compared." in ended.output
        assert sums(board.files) == sums(packed(build(REFERENCE)))
        assert "pulse sensor: sound" in ended.output
