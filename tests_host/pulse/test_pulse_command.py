"""`sleepsync pulse`, as a person calls it: a wave in; rows, beats and a picture out."""

import re
import shlex
import subprocess
import sys
from contextlib import chdir
from pathlib import Path

import made_waves
import numpy as np
import pytest
from sleepsync.cli import app
from sleepsync.paths import ROOT
from sleepsync.pulse.command import BEATS_HEADING, HEADING, beat_lines, lines
from sleepsync.pulse.hearing import Heard
from sleepsync.pulse.stretches import hear_stretches
from sleepsync.pulse.waveform import read_waveform
from typer.testing import CliRunner

SLEEPSYNC = Path(sys.executable).with_name("sleepsync")
ROW = re.compile(r"\d+(,(\d+\.\d)?){3},(\d{1,3})?")
BEAT = re.compile(r"\d+\.\d{3},(\d+\.\d)?")
SECONDS = 40
NAN = float("nan")


def call(*words, folder):
    """The command in this process: to start one takes longer than to hear a file."""
    with chdir(folder):
        return CliRunner().invoke(app, [*map(str, words)])


def call_it_truly(*words, folder):
    return subprocess.run(
        [SLEEPSYNC, *map(str, words)], cwd=folder, capture_output=True, text=True, timeout=60
    )


@pytest.fixture(scope="module")
def finger(tmp_path_factory):
    """A CSV of 40 s at 125 Hz, of which 3 s are empty."""
    wave = made_waves.rise(125, SECONDS)
    wave[20 * 125 : 23 * 125] = NAN
    path = tmp_path_factory.mktemp("files") / "my finger.csv"
    return made_waves.write_csv(path, ["resp", "pleth"], np.ones(len(wave)), wave)


@pytest.fixture(scope="module")
def by_csv(finger, tmp_path_factory):
    """(how the command ended, its folder) for rows and beats."""
    folder = tmp_path_factory.mktemp("csv")
    words = ("pulse", finger, "--rate", 125, "--format", "csv", "--beats", "beats.csv")
    return call_it_truly(*words, folder=folder), folder


@pytest.fixture(scope="module")
def by_picture(finger, tmp_path_factory):
    folder = tmp_path_factory.mktemp("picture")
    return call("pulse", finger, "--rate", 125, folder=folder), folder


# -- rows


def test_a_row_a_second_and_nothing_else_is_on_standard_output(by_csv, finger, worker):
    ended, folder = by_csv
    assert ended.returncode == 0, ended.stderr
    heading, *rows = ended.stdout.splitlines()
    assert heading == HEADING == "time_s,rate_bpm,rmssd_ms,breaths_per_min,quality"
    assert all(map(ROW.fullmatch, rows)), rows
    assert [int(row.split(",")[0]) for row in rows] == list(range(1, SECONDS + 1))
    assert rows[20:22] == ["21,,,,", "22,,,,"]
    assert [row.split(",")[1] for row in rows[:2]] == ["", ""]
    heard = hear_stretches(read_waveform(finger, rate_hz=125).light, worker)
    assert ended.stdout.splitlines() == list(lines(heard))
    rates = [float(row.split(",")[1]) for row in rows if row.split(",")[1]]
    assert np.median(rates) == pytest.approx(66, abs=2)
    assert [path.name for path in folder.iterdir()] == ["beats.csv"]


def test_what_is_said_beside_the_rows_goes_to_standard_error(by_csv):
    ended, _ = by_csv
    assert "my finger.csv: 3.0 s are missing, gaps: 1" in ended.stderr
    assert "Beats: beats.csv" in ended.stderr


def test_beats_go_into_their_file(by_csv, finger, worker):
    _, folder = by_csv
    heading, *rows = (folder / "beats.csv").read_text().splitlines()
    assert heading == BEATS_HEADING == "beat_s,interval_ms"
    assert all(map(BEAT.fullmatch, rows))
    heard = hear_stretches(read_waveform(finger, rate_hz=125).light, worker)
    assert [heading, *rows] == list(beat_lines(heard))
    found = np.array([float(row.split(",")[0]) for row in rows])
    assert np.all(np.diff(found) > 0) and 35 < len(found) < 45


def test_known_and_unknown_cells():
    unknown = np.full(2, NAN)
    heard = Heard(
        np.array([0.5, 1.25]),
        np.array([NAN, 0.7504]),
        np.array([NAN, 61.26]),
        np.array([33.333, NAN]),
        unknown,
        np.array([NAN, 15.0]),
        np.array([0.0, 99.6]),
    )
    assert list(lines(heard)) == [HEADING, "1,,33.3,,0", "2,61.3,,15.0,100"]
    assert list(beat_lines(heard)) == [BEATS_HEADING, "0.500,", "1.250,750.4"]


# -- pictures


def test_a_picture_is_drawn_here_and_named(by_picture):
    ended, folder = by_picture
    assert ended.exit_code == 0, ended.stderr
    assert ended.stdout == "Picture: my finger-pulse.png\n"
    (path,) = folder.iterdir()
    assert path.name == "my finger-pulse.png"
    assert path.read_bytes().startswith(b"\x89PNG") and path.stat().st_size > 20_000


def test_a_picture_may_be_an_svg_elsewhere(finger, tmp_path):
    (tmp_path / "to").mkdir()
    ended = call("pulse", finger, "--rate", 125, "--out", "to/[x].SVG", folder=tmp_path)
    assert ended.stdout == "Picture: to/[x].SVG\n", ended.stderr
    assert b"</svg>" in (tmp_path / "to" / "[x].SVG").read_bytes()[-20:]


# -- mistakes


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("nobody.csv",), ("nobody.csv: no such file", "wanted a CSV or an NPZ")),
        (("x.csv",), ("sampled at what rate?", "--rate HZ")),
        (("x.csv", "--rate", "5"), ("5 samples a second", "10 to 1000 Hz")),
        (("x.csv", "--rate", "50", "--column", "[R]"), ("no column [R]", "0 resp, 1 ppg")),
        (("x.csv", "--rate", "50", "--polarity", "up"), ("--polarity up", "auto, rise, dip")),
        (("x.csv", "--rate", "50", "--format", "xml"), ("--format xml", "picture, csv")),
        (("x.csv", "--rate", "50", "--out", "a.jpg"), ("--out a.jpg", ".png or .svg")),
        (("x.csv", "--rate", "50", "--out", "no/a.png"), ("no such folder", "make it first")),
        (("x.csv", "--rate", "50", "--beats", "x.csv"), ("x.csv: is the recording", "another")),
        (("x.csv", "--rate", "50", "--beats", "."), ("a folder", "name another file")),
        (("x.csv", "--rate", "50", "--format", "csv", "--out", "a.png"), ("--out", "> FILE.csv")),
        (("x.csv", "--rate", "50", "--counts"), ("from -5 to", "without --counts")),
    ],
)
def test_a_mistake_is_told_in_a_line_and_nothing_is_written(words, told, tmp_path):
    wave = np.where(np.arange(1000) == 7, -5, made_waves.rise(50, 20))
    path = made_waves.write_csv(tmp_path / "x.csv", ["resp", "ppg"], np.ones(1000), wave)
    before = path.read_bytes()
    ended = call("pulse", *words, folder=tmp_path)
    assert ended.exit_code == 1
    assert ended.stdout == "" and "Traceback" not in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1
    for part in ("sleepsync:", *told):
        assert part in ended.stderr
    assert [*tmp_path.iterdir()] == [path] and path.read_bytes() == before


def test_a_contradicting_rate_is_told_and_taken(tmp_path):
    np.savez(tmp_path / "x.npz", pleth=made_waves.rise(50, 20), fs_hz=60)
    words = ("pulse", "x.npz", "--rate", 50, "--format", "csv")
    ended = call(*words, folder=tmp_path)
    assert ended.exit_code == 0
    assert "the file says 60 Hz; --rate 50 was taken" in ended.stderr
    assert len(ended.stdout.splitlines()) == 21


# -- help and page


def test_help_teaches_by_example(tmp_path):
    said = call("pulse", "--help", folder=tmp_path).stdout
    assert "sleepsync pulse finger.csv --rate 125" in said
    for word in ("--column", "--polarity", "--counts", "--format", "--out", "--beats", "fs_hz"):
        assert word in said


def test_the_page_s_examples_run(tmp_path):
    """Each `sleepsync pulse` line of the page, with files such as it names."""
    page = (ROOT / "docs" / "pulse-files.md").read_text()
    examples = re.findall(r"^sleepsync (pulse [^>\n]*)", page, re.MULTILINE)
    assert len(examples) >= 4
    wave = made_waves.rise(125, 15)
    made_waves.write_csv(tmp_path / "finger.csv", None, wave)
    stamps = [f"{n * 1000 / 30:.0f}" for n in range(450)]
    red = 300 - made_waves.rise(30, 15)
    made_waves.write_csv(tmp_path / "phone.csv", ["time", "R", "G"], stamps, red, red)
    np.savez(tmp_path / "camera.npz", rgb=np.column_stack([red] * 3), fs_hz=30)
    counts = 1000 * made_waves.rise(50, 15)
    made_waves.write_csv(tmp_path / "puck.csv", ["infrared"], counts)
    for example in examples:
        ended = call(*shlex.split(example), folder=tmp_path)
        assert ended.exit_code == 0, (example, ended.stderr)
    left = {path.name for path in tmp_path.iterdir()}
    assert left >= {"finger-pulse.png", "phone.svg", "beats.csv"}
