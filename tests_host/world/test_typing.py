"""The option `type`: lines typed at the console while a night goes on by itself."""

import json

import pytest
from sleepsync.cli import app
from sleepsync.simulate import run_puck
from typer.testing import CliRunner
from whole_puck import read

SECOND = 1_000_000


def said(folder, lines, **options):
    """What the puck prints when `lines` are typed, and the run's figures."""
    printed = []
    figures = run_puck(folder, say=printed.append, type=lines, **options)
    return printed, figures


def test_words_are_answered_while_the_night_goes_on(short):
    printed, figures = said(short, ["65:import puck", "66:puck.status()"])
    at = printed.index("puck> puck.status()")
    assert printed[at - 1] == "import puck"
    answer = dict(line.split(maxsplit=1) for line in printed[at + 1 : -1])
    assert answer["up"].startswith("1 min 06 s")
    assert answer["night"].startswith("1, epoch 2")
    assert figures["ended"] == "stopped"
    assert len(read(short)[0]) >= 17


def test_a_line_is_typed_in_its_second_whatever_the_order(short):
    start_s = json.loads((short / "world.json").read_text())["start_s"]
    lines = ["90:time.time()", "30:import time", "60:time.time()"]
    printed, _ = said(short, lines)
    assert [int(line) - start_s for line in printed if line.isdigit()] == [60, 90]


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("dict(a=1, b=2)['b'] + len('1:2,3=4')", ["9"]),
        ("print('ä' + chr(44))", ["ä,"]),
        ("[n for n in range(3)]", ["[0, 1, 2]"]),
        ("#" * 190, ["()"]),
        ("", []),
    ],
)
def test_a_line_arrives_as_it_was_given(short, line, answer):
    printed, _ = said(short, ["9:", f"10:{line}", "12:None"])
    at = printed.index("puck> None")
    assert printed[printed.index(f"puck> {line}") + 1 : at] == answer


def test_what_was_typed_before_a_restart_is_not_typed_again(short):
    lines = ["20:1 + 1", "60:2 + 2"]
    before, _ = said(short, lines, reset_us=40 * SECOND)
    after, _ = said(short, lines, start_us=42 * SECOND)
    assert ("2" in before, "4" in before) == (True, False)
    assert ("2" in after, "4" in after) == (False, True)


def test_a_line_may_start_the_puck_anew(short):
    """Once: it is not typed to the one that then starts."""
    lines = ["30:import machine; machine.reset()", "60:3 + 4"]
    printed, figures = said(short, lines, restarts=1)
    assert figures["restarts"] == 1
    assert printed.count("7") == 1
    assert sum(line.startswith("boot") for line in printed) == 2


def test_a_night_in_which_nothing_is_typed_is_as_ever(short, tmp_path_factory):
    """Nor does one differ in which somebody sits there and types nothing until it is over."""
    quiet = run_puck(short)
    other = tmp_path_factory.mktemp("other")
    for name in ("world.json", "light.bin", "accel.bin", "room.bin", "sound.bin"):
        (other / name).write_bytes((short / name).read_bytes())
    printed, figures = said(other, ["100000:1 / 0"])
    assert figures == quiet
    assert not any("puck>" in line for line in printed)


@pytest.mark.parametrize("line", ["60", "soon:1", "1.5:1"])
def test_what_cannot_be_typed_is_refused(short, line):
    with pytest.raises(ValueError, match=f"type={line}: "):
        run_puck(short, type=[line])


def test_a_line_too_long_for_the_vm_is_refused_by_name(short):
    with pytest.raises(ValueError, match=r"type=60:xxx.*\.\.\. is longer than 255 bytes"):
        run_puck(short, type=["60:" + "x" * 300])


def test_the_command_line_hands_its_lines_over(monkeypatch, tmp_path):
    heard = {}
    monkeypatch.setattr("sleepsync.cli.run_night", lambda *_, **given: heard.update(given))
    monkeypatch.setattr("sleepsync.cli.report", lambda folder: None)
    words = ["run", "--folder", str(tmp_path), "--type", "5:a, b", "--type", "6:c=1"]
    assert CliRunner().invoke(app, words).exit_code == 0
    assert heard["type"] == ["5:a, b", "6:c=1"]
