"""`sleepsync update` over USB: real mpremote's transport at a simulated puck's serial port."""

import re
import time

import pytest
from plugged_in import plugged_in
from serial import Serial
from sleepsync.bench import update_cases, updates
from sleepsync.cli import app
from sleepsync.update import UpdateError, usb
from sleepsync.update.bundle import read
from sleepsync.world import generate, write_world
from typer.testing import CliRunner

SPEED = 20
CASES = {case.name: case for case in update_cases.CASES}


@pytest.fixture(scope="module")
def puck(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plugged")
    write_world(generate(3, hours=1), folder)
    with plugged_in(folder, folder / "port", SPEED) as plug:
        plug.settle(quiet_s=1)
        yield str(plug.port)


@pytest.fixture(scope="module")
def slot(tmp_path_factory):
    """Folders of new versions by the name of their case."""
    return lambda name: updates.new_slot(CASES[name], tmp_path_factory.mktemp("new"))


def update(port, folder):
    """(what is told, the error) of the command."""
    done = CliRunner().invoke(app, ["update", "--port", port, "--slot", str(folder)])
    return done.output, done.exception


def go_back(port):
    """The same of going back to what ran before."""
    done = CliRunner().invoke(app, ["update", "--port", port, "--back"])
    return done.output, done.exception


def typed(port, line):
    """What the console answers to a line."""
    with Serial(port, timeout=0.5) as console:
        usb._until_prompt(console, b"\r", 20, again=True)
        return usb._until_prompt(console, line.encode() + b"\r", 10).decode()


def test_in_an_alarm_s_window_nothing_is_interrupted(puck, slot):
    typed(puck, "import puck")
    assert "in 1 h 39 min" in typed(puck, "puck.nap(100)")
    _, error = update(puck, slot("a good version"))
    assert isinstance(error, UpdateError)
    assert re.search(r"puck: an alarm is due at \d\d:\d\d; update once it is over", str(error))
    assert "epoch" in typed(puck, "puck.status()")  # its night runs on
    typed(puck, "puck.nap(0)")


def test_what_is_cut_goes_on_where_it_was(puck, slot):
    new = read(slot("a good version"))

    def pull_the_plug(what, done, whole):
        if what == "application.archive" and done > 50_000:
            raise ConnectionError

    with pytest.raises(ConnectionError), usb.Cable(puck) as cable:
        cable.write(new, pull_the_plug)
    time.sleep(1)  # it starts anew
    seen = []
    with usb.Cable(puck) as cable:
        cable.write(new, lambda what, done, whole: seen.append((what, done)))
        with pytest.raises(UpdateError, match="it was not read back"):
            cable._do("_s.attempt()")
        cable.verify(lambda *_: None)
        assert cable.state()["version"] != update_cases.NEW
    assert seen[0][0] == "application.archive" and seen[0][1] > 50_000


def test_a_good_version_is_kept_and_one_can_go_back(puck, slot):
    told, error = update(puck, slot("a good version"))
    assert error is None, (told, error)
    assert "goes into slot b" in told and "kept: 0.2.0 runs from slot b" in told
    told, error = go_back(puck)
    assert error is None, (told, error)
    assert "runs 0.2.0 from slot b" in told and "kept: 0.1.0 runs from slot a" in told


def test_a_bad_one_is_taken_back_and_put_away(puck, slot):
    told, error = update(puck, slot("it crashes when the night begins"))
    assert isinstance(error, UpdateError) and "goes into slot b" in told
    assert "taken back: 0.2.0; 0.1.0 runs from slot a: ValueError at firmware/app.py" in str(error)
    _, error = go_back(puck)
    assert isinstance(error, UpdateError)
    assert "slot b holds no version that ran before" in str(error)


def test_no_puck_at_all():
    _, error = update("/dev/ttyNone", "x")
    assert isinstance(error, UpdateError) and "look whether it is plugged in" in str(error)
