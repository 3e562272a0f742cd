"""The command line, as a person calls it."""

import subprocess
import sys
from pathlib import Path

import pytest
from sleepsync.simulate import run_night
from sleepsync.world import generate

SLEEPSYNC = Path(sys.executable).with_name("sleepsync")


def call(*words, typed=""):
    return subprocess.run(
        [SLEEPSYNC, *words], input=typed, capture_output=True, text=True, timeout=120
    )


def test_help_names_every_command():
    said = call("--help").stdout
    for command in ("run", "report", "data", "repl", "bench", "build", "flash"):
        assert f" {command} " in said


def test_a_real_night_is_run_and_reported(data, tmp_path):
    """The shortest of the records: 77 minutes."""
    ended = call("run", "--night", str(data / "slpdb" / "slp67x"), "--folder", str(tmp_path))
    assert ended.returncode == 0, ended.stdout
    assert "found: pulse sensor" in ended.stdout
    assert "report.html" in ended.stdout
    page = (tmp_path / "report.html").read_text()
    assert "measured" in page and "generated" in page
    assert (tmp_path / "report.png").stat().st_size > 20_000


def test_a_report_is_the_same_when_written_again(tmp_path):
    run_night(generate(3, 0.1), tmp_path)
    first = call("report", str(tmp_path))
    assert first.returncode == 0, first.stdout
    pages = (tmp_path / "report.html").read_bytes(), (tmp_path / "report.png").read_bytes()
    call("report", str(tmp_path))
    assert pages == (
        (tmp_path / "report.html").read_bytes(),
        (tmp_path / "report.png").read_bytes(),
    )


@pytest.mark.parametrize(
    ("words", "part", "remedy"),
    [
        (("run", "--night", "/no/such/record"), "/no/such/record", "data"),
        (("report", "/no/such/folder"), "/no/such/folder", "make run"),
        (("bench", "--area", "nowhere"), "nowhere", "night"),
        (("build", "--board", "toaster"), "toaster", "esp32s3_devkitc"),
        (("data", "welltory"), "welltory", "slpdb"),
        (("run", "--night", "nobody.csv"), "nobody.csv", "sleep_accel_features"),
    ],
)
def test_a_mistake_is_told_in_a_line_with_its_remedy(words, part, remedy):
    ended = call(*words)
    assert ended.returncode == 1
    assert "Traceback" not in ended.stdout + ended.stderr
    assert part in ended.stdout
    assert remedy in ended.stdout


def test_the_repl_has_a_puck_on_the_table():
    ended = call(
        "repl",
        typed="puck.parts.pulse.ADDRESS\nimport machine, hw.board\n"
        "machine.I2C(1, scl=machine.Pin(5), sda=machine.Pin(4)).scan()\n",
    )
    assert "A puck lies on the table" in ended.stdout
    assert "87" in ended.stdout
    assert "[24, 87]" in ended.stdout
