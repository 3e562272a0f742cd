"""A night is the same on the pins of every board, and a board that cannot have one says so."""

import subprocess
import sys
from pathlib import Path

import pytest
from sleepsync import vm
from sleepsync.build import build as lay_out
from sleepsync.simulate import journals, run_night, run_puck
from sleepsync.world import generate, write_world

SLEEPSYNC = Path(sys.executable).with_name("sleepsync")
HOURS = 0.05


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    """A short night on the reference board."""
    folder = tmp_path_factory.mktemp("reference")
    run_night(generate(5, HOURS), folder, fault="light:absent", press="60:80")
    return folder


def test_the_wrover_s_night_is_the_same_to_the_byte(reference, tmp_path):
    write_world(generate(5, HOURS), tmp_path)
    run_puck(tmp_path, board="esp32_wrover", fault="light:absent", press="60:80")
    (ours,), (theirs,) = journals(tmp_path), journals(reference)
    assert ours.read_bytes() == theirs.read_bytes()


def test_each_vm_runs_the_tree_of_its_board(tmp_path, monkeypatch):
    """The same bytes could come from the reference's tree as well."""
    used = []

    def build(target, board):
        used.append(board)
        return lay_out(target, board=board)

    monkeypatch.setattr(vm, "build", build)
    write_world(generate(5, 0.01), tmp_path)
    run_puck(tmp_path, board="esp32_wrover")
    assert set(used) == {"esp32_wrover"}


@pytest.mark.parametrize("command", ["build", "run"])
def test_the_command_line_tells_every_reason(command, tmp_path):
    words = ["--folder", str(tmp_path)] if command == "run" else []
    ended = subprocess.run(
        [SLEEPSYNC, command, "--board", "esp32c6_devkitc", *words],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ended.returncode == 1
    assert "Traceback" not in ended.stdout + ended.stderr
    for reason in ("cannot be a puck", "pod_bus on I2C 1", "amplifier_i2s on I2S 1", "PSRAM"):
        assert reason in ended.stdout
    assert list(tmp_path.iterdir()) == []
