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
    for command in (
        *("run", "report", "data", "sim-repl", "repl", "logs", "selftest"),
        *("bench", "build", "flash"),
    ):
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


def test_a_simulated_puck_can_be_typed_at():
    words = [SLEEPSYNC, "sim-repl", "--speed", "50"]
    pipe = subprocess.PIPE
    with subprocess.Popen(words, stdin=pipe, stdout=pipe, stderr=subprocess.STDOUT) as puck:
        assert "found: pulse sensor" in read_until(puck, b"haptic driver")
        puck.stdin.write(b"simulated.parts.pulse.ADDRESS\r")
        puck.stdin.flush()
        assert "\n87\n" in read_until(puck, b"puck> ")
        rest, _ = puck.communicate(timeout=20)
    assert puck.returncode == 0
    assert b"is written" in rest  # the end of what is typed ends the night


def read_until(process, end):
    """What a process says up to `end`."""
    said = b""
    while not said.endswith(end):
        byte = process.stdout.read(1)
        assert byte, said.decode()
        said += byte
    return said.decode()
