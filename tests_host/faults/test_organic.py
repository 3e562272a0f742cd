"""Organic mode: pod and radio are left alone from the switch on, and all else goes on.

The bus trace (hw/sim/trace.py) has every transfer on the pod's bus and every switch of the radio.
"""

import numpy as np
import pytest
from page_blocks import is_shown, table
from sleepsync.emitted.files import RATE_HZ, read_emitted
from sleepsync.paths import records
from sleepsync.reading import read_journal
from sleepsync.replay.explained import explain
from sleepsync.report import words
from sleepsync.simulate import journals, put_new_puck, run_puck
from sleepsync.world import generate, write_world

ON, OFF = "puck.set('organic', 1)", "puck.set('organic', 0)"
AWAY = records.NO_PULSE_SENSOR | records.NO_MOTION_SENSOR
ASLEEP = ["w 57 09 80", "w 18 20 00"]  # shut down with its LEDs (MAX30102), power down (LIS3DH)
STORY, BREATHE_12, CALL, DUE = 20, 14, 12, 9
SECOND_MS = 1000


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """Somebody's first eight minutes. Nobody writes here."""
    folder = tmp_path_factory.mktemp("world")
    write_world(generate(1, 0.135), folder)
    return folder


def bed_in(world, folder):
    """A new puck in that world."""
    for path in world.iterdir():
        (folder / path.name).symlink_to(path)
    put_new_puck(folder)
    return folder


def run(folder, *lines, **options):
    """What was printed while lines (s, text) were typed."""
    said = []
    first_s = options.get("start_us", 0) // 1_000_000 + 5
    typed = [f"{first_s}:import puck"] + [f"{at_s}:{text}" for at_s, text in lines]
    run_puck(folder, say=said.append, taps="trace", type=typed, **options)
    return said


def traced(folder):
    """(ms, what) of every transfer on the pod's bus, of every switch of the radio, every start."""
    rows = [line.split(" ", 1) for line in (folder / "trace.txt").read_text().splitlines()]
    rows = [(int(ms), what.strip()) for ms, what in rows]
    return (
        [row for row in rows if row[1][:2] in ("r ", "w ")],
        [row for row in rows if row[1].startswith("radio")],
        [row for row in rows if row[1] == "start"],
    )


def sounds_s(emitted, from_s, to_s):
    """For how many of these seconds something sounds."""
    starts_s = emitted.run_us / 1e6
    ends_s = starts_s + emitted.run_counts / RATE_HZ
    return float(np.clip(np.minimum(ends_s, to_s) - np.maximum(starts_s, from_s), 0, None).sum())


def told(folder, layout):
    return read_journal(journals(folder)[-1]).of(layout)


@pytest.fixture(scope="module")
def switched(world, tmp_path_factory):
    """(folder, what was printed) of a night with a story, an evening and an alarm in it, in which
    somebody switches it on in its second minute, and off in its eighth.
    """
    folder = bed_in(world, tmp_path_factory.mktemp("switched"))
    said = run(
        folder,
        *[(10, "puck.set('bthome', 1)"), (20, "puck.nap(5)"), (25, "puck.allow('wind-down')")],
        *[(120, ON), (150, "puck.ask('story')"), (265, "puck.evening('breathing')")],
        *[(300, "puck.status()"), (305, "puck.selftest()"), (420, OFF)],
        press=["30:6500", "380:2500"],
    )
    return folder, said


@pytest.fixture(scope="module")
def begun(world, tmp_path_factory):
    """The same of a night that starts in it, and starts anew in between."""
    folder = bed_in(world, tmp_path_factory.mktemp("begun"))
    run(folder, (10, ON), until_us=20_000_000)
    (folder / "trace.txt").unlink()
    lines = [(70, "puck.set('bthome', 1)"), (80, "puck.nap(4)"), (100, "puck.ask('story')")]
    run(folder, *lines, start_us=60_000_000, reset_us=120_000_000)
    run(folder, start_us=190_000_000, cause=2, until_us=400_000_000)
    return folder


def test_from_the_switch_on_nothing_is_said_on_the_pod_s_bus(switched):
    bus, radio, _ = traced(switched[0])
    at_ms = 120 * SECOND_MS
    off_ms = 420 * SECOND_MS
    after = [what for ms, what in bus if at_ms <= ms < off_ms]
    assert after == ASLEEP
    assert len([ms for ms, _ in bus if ms < at_ms]) > 1000
    assert [what for ms, what in radio if ms < off_ms] == ["radio on", "radio off"]
    assert radio[1][0] - at_ms < SECOND_MS


def test_turned_off_all_is_back_at_once(switched):
    bus, radio, _ = traced(switched[0])
    back = [ms for ms, what in bus if ms >= 420 * SECOND_MS and what.startswith("r 57 07")]
    assert back[0] < 421 * SECOND_MS and len(back) > 50
    assert radio[2][1] == "radio on" and radio[2][0] < 422 * SECOND_MS
    assert not [epoch for epoch in told(switched[0], records.EPOCH)[15:] if epoch.flags & AWAY]


def test_epochs_say_it_and_no_part_is_called_missing(switched):
    epochs, events = (told(switched[0], layout) for layout in (records.EPOCH, records.EVENT))
    assert [epoch.index for epoch in epochs if epoch.flags & AWAY == AWAY] == list(range(4, 13))
    assert not [e for e in events if e.kind in (records.PART_MISSING, records.PART_BACK)]
    chosen = [words.event(event) for event in events if event.kind == records.SETTING]
    assert chosen == ["organic: pod and radio off", "organic mode is over"]
    scores = [score for score in told(switched[0], records.SCORE) if 5 <= score.index < 13]
    assert {score.stage for score in scores} == {records.UNKNOWN}
    assert explain(journals(switched[0])[-1]).findings == []


def test_light_sound_story_evening_and_alarm_go_on(switched):
    folder, said = switched
    asked = {request.scene: request for request in told(folder, records.REQUEST)}
    refused = {refusal.number for refusal in told(folder, records.REFUSAL)}
    assert not refused & {asked[scene].number for scene in (STORY, BREATHE_12, CALL)}
    assert asked[CALL].reason == DUE and abs(asked[CALL].t_ms - 320 * SECOND_MS) < 60
    emitted = read_emitted(folder / "emitted")
    story_s, alarm_s = (150, 205), (320, 380)
    for from_s, to_s in (story_s, alarm_s):
        assert sounds_s(emitted, from_s, to_s) > 30
    assert np.any((emitted.light_us > 320e6) & (emitted.light_us < 380e6))
    assert any("how they breathe is unknown" in line for line in said)


def test_the_words_call_it_chosen(switched):
    said = switched[1]
    assert "missing      none" in said
    assert "organic      pod and radio rest; puck.set('organic', 0) ends that" in said
    assert "organic mode leaves the pod alone: puck.set('organic', 0) first" in said


def test_a_puck_that_starts_in_it_never_touches_the_pod(begun):
    bus, radio, starts = traced(begun)
    assert len(starts) == 2
    assert bus == radio == []
    rung = [request for request in told(begun, records.REQUEST) if request.scene == CALL]
    assert [request.reason for request in rung] == [DUE]


def test_three_slow_presses_let_a_phone_in_and_so_end_it(world, tmp_path):
    folder = bed_in(world, tmp_path)
    presses = ["60:700", "61.2:1500", "63.5:900"]
    run(folder, (20, ON), press=presses, until_us=90_000_000)
    bus, radio, _ = traced(folder)
    assert [ms for ms, _ in bus if 21_000 < ms < 64_000] == []
    assert [ms for ms, _ in bus if ms > 65_000]
    assert radio[0][1] == "radio on" and 64_000 < radio[0][0] < 66_000


def test_the_page_shows_what_was_traced(switched, begun, request):
    bus, radio, _ = traced(switched[0])
    before = len([ms for ms, _ in bus if ms < 120 * SECOND_MS])
    after = len([ms for ms, _ in bus if 121 * SECOND_MS <= ms < 420 * SECOND_MS])
    others, theirs, _ = traced(begun)
    rows = [
        ("two minutes before the switch", f"{before:,}", radio[0][1].split()[1]),
        ("the switch itself", len(ASLEEP), radio[1][1].split()[1]),
        ("five minutes in it: story, evening, alarm", after, "off"),
        ("a start in it, a reset, and another", len(others), "off" if not theirs else "on"),
    ]
    head = ("what", "transfers on the pod's bus", "radio")
    assert is_shown(request, "reliability", "organic", table(head, rows))
