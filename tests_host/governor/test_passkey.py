"""A passkey on the ring: read off its frames alone, shown only where a hand has asked for it."""

import numpy as np
import pytest
from passkey_night import glimpses, night, read
from sleepsync.breaches.pages import closed, opened, places
from sleepsync.paths import records
from sleepsync.reading import read_journal
from sleepsync.replay.explained import explain

SHOWN, NO_REASON, OFF, BUSY, REPLACED = -1, 5, 1, 8, 13
RINGS = (24, 12)
PASSKEYS = ("012345", "678901", "000000", "111111", "999999", "330099", "907070", "848586")
PAIRED = "hands(*THRICE)\n"
ONE = PAIRED + "ask('digit 7')\npuck.wait(1000)\n"


def refusals(told):
    """Why each request was refused, -1 if it was not."""
    return [why for _, _, why in told]


def findings(folder, night_number=1):
    """What a replay finds in it."""
    return explain(folder / f"{night_number:05}.night", is_led=False).findings


@pytest.mark.parametrize("passkey", PASSKEYS)
def test_a_passkey_is_read_off_the_ring_alone(worker, tmp_path, passkey):
    """Twice, after the sign that waits, on a ring of either size; and a replay explains it all."""
    script = PAIRED + "ask('pairing')\npuck.wait(7000)\nshow(passkey)\nshow(passkey)\n"
    frames, told = night(worker, tmp_path, script.replace("passkey)", f"'{passkey}')"))
    assert refusals(told) == [SHOWN] * 15
    for lights in RINGS:
        assert read(frames, lights) == [passkey] * 2
    assert findings(tmp_path) == []


def test_an_eye_has_time_to_count_and_a_peer_does_not_give_up(worker, tmp_path):
    """A digit's lamps stand together for a second, nought's for a moment; then all is dark. Six
    digits take 14 s, and a peer waits for 30.
    """
    frames, told = night(worker, tmp_path, PAIRED + "show('123456')\nshow('789000')\n")
    times = {}
    for (from_ms, name, _), (to_ms, *_) in zip(told, [*told[1:], (1 << 30, "", 0)], strict=True):
        lit = [(ms, int(f.any(1).sum())) for ms, f in frames if from_ms <= ms < to_ms]
        times[name] = stood_ms(lit), lit[-1][0] - from_ms if lit else 0
    for digit in range(1, 10):
        stood, dark_ms = times[f"digit {digit}"]
        assert stood > 1000 and dark_ms < 2200
    stood, dark_ms = times["digit 0"]
    assert stood > 250 and dark_ms < 2600
    first, last = [ms for ms, name, _ in told if name == "passkey"]
    assert last - first < 2300 + 14_200


def stood_ms(lit):
    """For how long of [(ms, lamps)] the fullest of them stood."""
    most = max((lamps for _, lamps in lit), default=0)
    ends = [ms for ms, _ in lit][1:]
    return sum(end - ms for (ms, lamps), end in zip(lit, ends, strict=False) if lamps == most)


def test_lamps_are_alike_and_stand_by_threes(worker, tmp_path):
    frames, _ = night(worker, tmp_path, PAIRED + "show('123456')\nshow('789000')\n")
    seen = [lamps for dark, lamps in glimpses(frames, 24)][:9]
    threes = ["###", "##.", "#..", "..."]
    for count, lamps in enumerate(seen, 1):
        groups = [threes[3 - min(3, max(0, count - at))] for at in (0, 3, 6)]
        drawn = "".join("#" if lamp else "." for lamp in lamps)
        assert drawn == ".".join(groups) + "." * 13
    colours = {tuple(light) for _, frame in frames for light in frame if light.any()}
    assert colours == {(0, 1, 0), (0, 2, 0)}


# -- who may


def test_without_its_gesture_nothing_is_shown(worker, tmp_path):
    frames, told = night(worker, tmp_path, "ask('digit 7')\nhands(700, 700)\nask('pairing')\n")
    assert refusals(told) == [NO_REASON] * 2
    assert not frames
    assert [finding.words for finding in findings(tmp_path)] == [
        f"no hand opened pairing before request {number}" for number in (1, 2)
    ]


@pytest.mark.parametrize(("wait_ms", "why"), [(149_400, SHOWN), (150_100, NO_REASON)])
def test_two_minutes_and_a_half_after_it_nothing_is(worker, tmp_path, wait_ms, why):
    _, told = night(worker, tmp_path, PAIRED + f"puck.wait({wait_ms} - 500)\nask('digit 7')\n")
    assert refusals(told) == [why]


@pytest.mark.parametrize("hands", ["100", "2500", "6500"])
def test_any_other_gesture_ends_it(worker, tmp_path, hands):
    script = f"hands({hands})\npuck.wait(1000)\nask('digit 8')\n"
    _, told = night(worker, tmp_path, ONE + script)
    assert refusals(told) == [SHOWN, NO_REASON]
    assert findings(tmp_path) == []


def test_a_short_press_makes_it_dark(worker, tmp_path):
    frames, _ = night(worker, tmp_path, ONE + "hands(100)\npuck.wait(3000)\n")
    (end,) = [e for e in read_journal(tmp_path / "00001.night").of(records.EMITTED) if not e.lane]
    assert end.why == 11
    at_ms, last = frames[-1]
    assert not last.any() and at_ms - end.t_ms <= 0


def test_off_makes_it_dark_and_only_another_gesture_opens_it_again(worker, tmp_path):
    off = "hands(100, 100)\nask('digit 8')\nhands(*THRICE)\nask('digit 8')\n"
    on = "hands(6500)\nask('digit 8')\nhands(*THRICE)\nask('digit 8')\n"
    frames, told = night(worker, tmp_path, ONE + off + on)
    assert refusals(told) == [SHOWN, OFF, OFF, NO_REASON, SHOWN]
    off_ms, on_ms = told[1][0], told[3][0]
    assert not [ms for ms, frame in frames if off_ms <= ms < on_ms and frame.any()]
    assert findings(tmp_path) == []


def test_a_start_ends_it(worker, tmp_path):
    _, told = night(worker, tmp_path, PAIRED + "puck.reset(500)\npuck.wait(500)\nask('digit 8')\n")
    assert refusals(told) == [NO_REASON]
    assert [finding.kind for finding in findings(tmp_path)] == ["cause"]


def test_nobody_else_may_ask_so_nor_the_link_for_anything_else(worker, tmp_path):
    script = """
for rule, reason, name in ((1, 10, "digit 7"), (2, 10, "digit 7"), (5, 2, "digit 7"),
                           (5, 10, "lamp"), (5, 10, "alarm"), (5, 3, "evening")):
    answer = puck.governor.ask(rule, reason, scenes.named(name).number)
    told.append([0, name, getattr(answer, "why", -1)])
"""
    _, told = night(worker, tmp_path, PAIRED + script)
    assert refusals(told) == [NO_REASON] * 6


def test_an_alarm_takes_over_and_is_not_held_back(worker, tmp_path):
    """In mid-digit; the next digit has to wait, and shows again when the alarm is over."""
    script = """
puck.governor.tell(records.ALARM_SET, records.PUCK, puck.now_ms() + 500)
ask("digit 9")
puck.wait(600)
answer = puck.governor.ask(limits.WAKING, limits.DUE, scenes.named("alarm").number)
told.append([puck.now_ms(), "alarm", getattr(answer, "why", -1)])
puck.wait(500)
ask("digit 8")
"""
    _, told = night(worker, tmp_path, PAIRED + script)
    assert refusals(told) == [SHOWN, SHOWN, BUSY]
    ends = read_journal(tmp_path / "00001.night").of(records.EMITTED)
    assert [end.why for end in ends if end.number == 1] == [REPLACED] * 2
    assert findings(tmp_path) == []


def test_the_lamp_gives_way_to_it_and_it_to_the_lamp(worker, tmp_path):
    script = "hands(2500)\nhands(*THRICE)\nask('pairing')\npuck.wait(2000)\nhands(2500)\n"
    night(worker, tmp_path, script)
    ends = read_journal(tmp_path / "00001.night").of(records.EMITTED)
    assert [(end.number, end.why) for end in ends] == [(1, REPLACED), (2, REPLACED), (3, 11)]
    assert findings(tmp_path) == []


# -- forgeries


def test_a_passkey_without_its_presses_is_found(worker, tmp_path):
    """The presses are taken out, or the gesture as well, or another is put in its place."""
    night(worker, tmp_path, ONE)
    path = tmp_path / "00001.night"
    honest = opened(path.read_bytes())
    kinds = records.PRESSED, records.GESTURE
    pressed, told = ([at for at in places(honest, of_kind(kind))] for kind in kinds)
    for gone in (pressed[-1:], pressed, told, pressed + told):
        path.write_bytes(closed([row for at, row in enumerate(honest) if at not in gone]))
        assert findings(tmp_path)
    path.write_bytes(closed([honest[at].but(value=3) if at in told else row
                             for at, row in enumerate(honest)]))  # fmt: skip
    assert findings(tmp_path)
    path.write_bytes(closed(honest))
    assert findings(tmp_path) == []


def of_kind(kind):
    return lambda row: row.layout is records.EVENT and row.one.kind == kind


def test_another_digit_than_was_asked_for_is_found(worker, tmp_path):
    night(worker, tmp_path, ONE + "puck.wait(3000)\n")
    path = tmp_path / "00001.night"
    rows = opened(path.read_bytes())
    (at,) = places(rows, lambda row: row.layout is records.REQUEST)
    rows[at] = rows[at].but(scene=rows[at].one.scene - 1)
    path.write_bytes(closed(rows))
    assert [finding.kind for finding in findings(tmp_path)] == ["emitted"]


def test_the_eye_of_these_tests_counts_what_is_there():
    """Too many lamps, too few, and a blink that parts no two digits."""

    def frame(count):
        return np.array([[0, 2 * (i < count), 0] for i in range(24)])

    frames = [(0, frame(0)), (2000, frame(3)), (3000, frame(0)), (3050, frame(3)), (3500, frame(0))]
    assert [sum(lamps) for _, lamps in glimpses(frames, 24)] == [3]
    for at, count in enumerate((11, 24, 9, 1, 10)):
        frames += [(4000 + 1000 * at, frame(count)), (4500 + 1000 * at, frame(0))]
    assert read(frames, 24) == ["3?091?"]
