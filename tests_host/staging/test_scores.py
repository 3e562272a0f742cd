"""Both scores from records: epochs in, scores out, and where the network is not believed."""

from array import array

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sleepsync.paths import records as r

LATE = 10
UNHEARD = -1
NOTHING = (0, 0, 0, 0)
FOUR = {r.WAKE, r.LIGHT, r.DEEP, r.REM}
ALONE = 120  # epochs
NEITHER = r.NO_MOTION_SENSOR | r.NO_PULSE_SENSOR

LIVE = """
from firmware.stages import live
from firmware import records
score, result = live.LiveScore(), []
for index, flags, rate_dbpm, counts in epochs:
    told = score.step(records.EPOCH.tuple(index, flags, 0, rate_dbpm, 0, 0, counts, *[0] * 9))
    result.append([list(s) for s in told])
result = [result, [list(s) for s in score.finish()], live.LATE_EPOCHS]
"""
MORNING = """
from firmware.stages.morning import MorningScore
from firmware import records
score = MorningScore()
for index, flags, rate_dbpm, counts in epochs:
    score.add(records.EPOCH.tuple(index, flags, 0, rate_dbpm, 0, 0, counts, *[0] * 9))
first = [list(s) for s in score.scores()]
result = [first, [list(s) for s in score.scores()] if is_twice else None]
"""


def live(worker, epochs):
    """([scores of each step], [scores of finish]), a score (index, stage, p_*)."""
    steps, last, late = worker.call("snippet:run", LIVE, {"epochs": epochs})
    assert late == LATE
    return [[tuple(s) for s in step] for step in steps], [tuple(s) for s in last]


def all_live(worker, epochs):
    steps, last = live(worker, epochs)
    return [score for step in [*steps, last] for score in step]


def morning(worker, epochs):
    found, _ = worker.call("snippet:run", MORNING, {"epochs": epochs, "is_twice": False})
    return [tuple(score) for score in found]


BOTH = pytest.mark.parametrize("score", [all_live, morning])


def heard(count, seed=0, flags=0):
    """Epochs (index, flags, rate, counts) of a sleeper who is heard all the time."""
    rng = np.random.default_rng(seed)
    rates = 600 + np.cumsum(rng.normal(0, 12, count)).clip(-150, 400)
    counts = rng.integers(0, 60, count) * (rng.random(count) < 0.3)
    return [(i, flags, int(rates[i]), int(counts[i])) for i in range(count)]


def still(count, flags, counts=0, rate_dbpm=0, first=0):
    return [(first + i, flags, rate_dbpm, counts) for i in range(count)]


@st.composite
def nights(draw):
    """Epochs of 1 to 60, with holes and sensors that fail."""
    epochs, index = [], draw(st.sampled_from([0, 0, 1, 7]))
    for _ in range(draw(st.integers(1, 60))):
        flags = draw(st.sampled_from([0] * 8 + [r.MOVING, r.OFF_BODY, 1, 2, 3]))
        rate = 0 if flags & r.NO_PULSE_SENSOR else draw(st.sampled_from([0, 480, 600, 640, 900]))
        epochs.append((index, flags, rate, draw(st.sampled_from([0, 0, 0, 4, 30, 255]))))
        index += draw(st.sampled_from([1] * 8 + [2, 15]))
    return epochs


# -- form


@BOTH
@settings(max_examples=30, deadline=None)
@given(night=nights())
def test_every_epoch_has_its_score_and_holes_have_theirs(worker, score, night):
    found = score(worker, night)
    assert [index for index, *_ in found] == list(range(night[-1][0] + 1))
    for _, stage, *p in found:
        if stage in FOUR and any(p[1:]):
            assert sum(p) == 255
        elif stage in (r.UNKNOWN, r.NOT_WORN):
            assert tuple(p) == NOTHING
        else:
            assert stage in (r.WAKE, r.ASLEEP) and p[0] and p[1:] == [0, 0, 0]


@BOTH
@settings(max_examples=20, deadline=None)
@given(night=nights())
def test_a_hole_is_an_epoch_that_nobody_heard(worker, score, night):
    told = {index: (index, *row) for index, *row in night}
    full = [told.get(i, (i, NEITHER, 0, 0)) for i in range(night[-1][0] + 1)]
    assert score(worker, full) == score(worker, night)


# -- live


@settings(max_examples=30, deadline=None)
@given(nights())
def test_an_epoch_is_scored_with_the_tenth_after_it(worker, night):
    steps, last = live(worker, night)
    scored = 0
    for (index, *_), scores in zip(night, steps, strict=True):
        scored += len(scores)
        assert scored == max(0, index + 1 - LATE)
    assert scored + len(last) == night[-1][0] + 1


@settings(max_examples=30, deadline=None)
@given(nights(), nights(), st.data())
def test_what_was_scored_is_never_changed(worker, night, other, data):
    """Another night from anywhere on: until then each step gave the same."""
    cut = data.draw(st.integers(1, len(night)))
    start = night[cut - 1][0] + 1
    changed = night[:cut] + [(start + index, *row) for index, *row in other]
    assert live(worker, changed)[0][:cut] == live(worker, night)[0][:cut]


def test_the_epochs_after_it_count_for_a_live_score_up_to_five_minutes(worker):
    """What moves in the ninth epoch after still shows, to the tenth the rate's kernel reaches."""
    night = heard(60, 1)
    before = all_live(worker, night)
    moved = [(i, f, rate, 250 if i == 40 else c) for i, f, rate, c in night]
    changed = [i for i, a in enumerate(all_live(worker, moved)) if a != before[i]]
    assert 40 - 9 <= changed[0] < 40
    faster = [(i, f, rate + 300 * (i == 40), c) for i, f, rate, c in night]
    changed = [i for i, a in enumerate(all_live(worker, faster)) if a != before[i]]
    assert 40 - LATE <= changed[0] < 40


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 80), st.integers(0, 1 << 32))
def test_live_features_are_those_that_training_sees(worker, count, seed):
    """From the first epoch to the last: a desktop's features of a night give the puck's scores."""
    night = heard(count, seed)
    columns = array("i", [c for *_, c in night]), array("i", [rate for *_, rate, _ in night])
    features = worker.call("stage:features", *columns, True)
    said = np.frombuffer(worker.call("stage:said", *features, True), np.uint8).reshape(-1, 5)
    assert [score[1:] for score in all_live(worker, night)] == [tuple(s) for s in said.tolist()]


# -- morning


def test_the_morning_says_the_same_of_the_same_epochs(worker):
    for night in (heard(101, 4), heard(2, 5), still(5, NEITHER)):
        first, second = worker.call("snippet:run", MORNING, {"epochs": night, "is_twice": True})
        assert first == second
        assert [tuple(score) for score in first] == morning(worker, night)


def test_the_morning_s_features_are_those_that_training_sees(worker):
    night = heard(81, 6)
    columns = array("i", [c for *_, c in night]), array("i", [rate for *_, rate, _ in night])
    features = worker.call("stage:features", *columns, False)
    said = np.frombuffer(worker.call("stage:said", *features, False), np.uint8).reshape(-1, 5)
    assert [score[1:] for score in morning(worker, night)] == [tuple(s) for s in said.tolist()]


def test_the_morning_knows_what_came_later_and_the_live_score_does_not(worker):
    night, other = heard(80, 7), heard(80, 8)
    changed = night[:50] + other[50:]
    assert morning(worker, changed)[:20] != morning(worker, night)[:20]
    assert all_live(worker, changed)[:40] == all_live(worker, night)[:40]


def test_a_night_without_epochs_has_no_score(worker):
    assert morning(worker, []) == []
    assert live(worker, []) == ([], [])


# -- where the network is not believed


@BOTH
def test_with_both_sensors_the_network_speaks(worker, score):
    found = score(worker, heard(60))
    assert {stage for _, stage, *_ in found} <= FOUR
    assert {sum(p) for _, _, *p in found} == {255}


@BOTH
def test_off_the_body_is_not_worn_whatever_else(worker, score):
    for flags in (r.OFF_BODY, r.OFF_BODY | r.NO_MOTION_SENSOR, r.OFF_BODY | r.MOVING):
        found = score(worker, still(30, flags, counts=20, rate_dbpm=600))
        assert {tuple(s[1:]) for s in found} == {(r.NOT_WORN, *NOTHING)}


@BOTH
def test_without_motion_sensor_an_epoch_is_unknown(worker, score):
    night = heard(60)
    deaf = [(i, f | (2 if 20 <= i < 30 else 0), rate, c) for i, f, rate, c in night]
    found = score(worker, deaf)
    assert [i for i, stage, *_ in found if stage == r.UNKNOWN] == list(range(20, 30))
    assert {tuple(s[1:]) for s in found[20:30]} == {(r.UNKNOWN, *NOTHING)}


@BOTH
def test_what_the_motion_sensor_says_while_it_is_missing_counts_for_nothing(worker, score):
    night = heard(60, 9)
    lost = [(i, f | (2 if i % 9 == 4 else 0), rate, c) for i, f, rate, c in night]
    wild = [(i, f, rate, 999 if f & 2 else c) for i, f, rate, c in lost]
    assert score(worker, wild) == score(worker, lost)


@BOTH
@pytest.mark.parametrize(("counts", "stage"), [(1, r.ASLEEP), (5, r.ASLEEP), (6, r.WAKE)])
def test_without_pulse_six_counts_are_awake_and_less_is_asleep(worker, score, counts, stage):
    found = score(worker, still(60, r.NO_PULSE_SENSOR, counts))
    assert {s for _, s, *_ in found} == {stage}
    assert len({tuple(p) for _, _, *p in found}) == 1


@BOTH
def test_without_pulse_p_wake_rises_with_activity_and_is_all_that_is_told(worker, score):
    p_wake = []
    for counts in (0, 1, 3, 6, 10, 20):
        night = [(0, r.NO_PULSE_SENSOR, 0, 9), *still(40, r.NO_PULSE_SENSOR, counts, first=1)]
        *_, (_, _, p, *rest) = score(worker, night)
        assert rest == [0, 0, 0]
        p_wake.append(p)
    assert p_wake == sorted(set(p_wake))
    assert 0 < p_wake[0] < 26 and 127 < p_wake[-1] < 255


@BOTH
def test_a_pulse_that_is_lost_is_missed_ten_epochs_later(worker, score):
    """The deviation of an epoch is that of nine to either side: of one rate it is known."""
    lost = [(i, f, 0 if 30 <= i < 80 else rate, c) for i, f, rate, c in heard(110)]
    by_motion = [i for i, _, *p in score(worker, lost) if not any(p[1:])]
    assert by_motion == list(range(39, 71))


@BOTH
def test_an_empty_bed_is_unknown(worker, score):
    """Nothing moves and no sensor sees a finger: asleep is not what that is called."""
    found = score(worker, still(50, r.NO_PULSE_SENSOR))
    assert {tuple(s[1:]) for s in found} == {(r.UNKNOWN, *NOTHING)}


@BOTH
def test_an_hour_without_a_count_is_nobody(worker, score):
    night = [
        (0, r.NO_PULSE_SENSOR, 0, 9),
        *still(200, r.NO_PULSE_SENSOR, first=1),
        (201, r.NO_PULSE_SENSOR, 0, 3),
    ]
    found = score(worker, night)
    assert [i for i, stage, *_ in found if stage == r.UNKNOWN] == list(range(ALONE, 201))
    assert found[201][1] in (r.WAKE, r.ASLEEP)


@BOTH
def test_whoever_is_seen_by_the_pulse_sensor_may_lie_still(worker, score):
    """A finger that was seen keeps an hour's company when its sensor fails."""
    night = still(300, 0, rate_dbpm=600) + still(200, r.NO_PULSE_SENSOR, first=300)
    found = score(worker, night)
    assert [i for i, stage, *_ in found if stage == r.UNKNOWN] == list(range(299 + ALONE, 500))
