"""Gestures of whole pucks: what their journals say of a night's presses."""

import pytest
from sleepsync.paths import records
from sleepsync.simulate import put_new_puck, run_puck
from sleepsync.world import generate, write_world
from whole_puck import read

LATE_MS = 60  # settling, looking, and what the pod's task takes meanwhile


@pytest.fixture
def bed(tmp_path):
    """A new puck beside somebody's first three minutes."""
    write_world(generate(1, 0.05), tmp_path)
    put_new_puck(tmp_path)
    return tmp_path


def gestures(events):
    return [event for event in events if event.kind == records.GESTURE]


def test_each_gesture_is_written_when_it_is_certain(bed):
    presses = ["20:80", "30:80", "30.4:80", "45:3000", "60:1000", "70:7000"]
    presses += ["90:700", "91.2:1500", "93.5:900"]
    run_puck(bed, press=presses)
    _, events = read(bed)
    found = gestures(events)
    assert {event.part for event in found} == {records.BUTTON}
    assert [event.value for event in found] == [1, 2, 3, 4, 5]
    moments_ms = [20_480, 30_400, 48_000, 76_000, 94_400]
    for event, at_ms in zip(found, moments_ms, strict=True):
        assert abs(event.t_ms - at_ms) <= LATE_MS  # the night began some ms after the world
    assert len([event for event in events if event.kind == records.PRESSED]) == len(presses)


def test_a_button_held_until_the_puck_starts_anew_is_one_hold(bed):
    assert run_puck(bed, press="60:90000", restarts=1)["restarts"] == 1
    _, events = read(bed)
    assert [records.GESTURES[event.value] for event in gestures(events)] == ["hold"]


def test_presses_between_batches_are_not_lost_by_a_reset(bed):
    run_puck(bed, press="50:80", reset_us=52_000_000)
    run_puck(bed, start_us=52_000_000)
    _, events = read(bed)
    assert [event.value for event in gestures(events)] == [1]
