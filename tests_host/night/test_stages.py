"""Epochs in, scores out, with motion alone: feature and rule against oracles in numpy.

The oracles know the whole night at once and are written from docs/scoring.md, not
from the firmware.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sleepsync.paths import records

REACH = 9
LATE = 10
UNHEARD = -1
SIGMA_EPOCHS = 50 / 30
WEIGHT_STEP = 1 / 4096
WAKE_COUNTS = 6
# docs/scoring.md: activity under so many counts, share of awake in per cent
P_WAKE_PCT = ((0.25, 3), (1, 12), (3, 14), (6, 19), (10, 26), (20, 41), (1e9, 74))

SCORE = """
from firmware.stages.live import LiveScore
from firmware import records
live = LiveScore()
steps = []
for index, flags, counts in epochs:
    steps.append([list(s) for s in live.step(
        records.EPOCH.tuple(index, flags, 0, 0, 0, 0, counts, *[0] * 9))])
result = [steps, [list(s) for s in live.finish()]]
"""
ACTIVITY = """
from array import array
from firmware.stages.features import activity_q8
night = array("i", counts)
result = [activity_q8(night, at) for at in range(len(night))]
"""


def scored(worker, epochs):
    """([scores of each step], [scores of finish]); a score is (index, stage, p_wake, 0, 0, 0)."""
    return worker.call("snippet:run", SCORE, {"epochs": [list(epoch) for epoch in epochs]})


def flat(steps):
    return [score for step in steps for score in step]


def heard(counts, flags=0):
    """Epochs (index, flags, counts) of a night without holes."""
    return [(index, flags, count) for index, count in enumerate(counts)]


def weighted(counts):
    """(counts, known, weights) with a row of weights for each epoch of the night."""
    counts = np.array(counts, dtype=float)
    known = counts != UNHEARD
    apart = np.arange(len(counts))[:, None] - np.arange(len(counts))
    return counts, known, np.exp(-((apart / SIGMA_EPOCHS) ** 2) / 2) * (abs(apart) <= REACH) * known


def expected_activity(counts):
    """Gaussian mean about each epoch in counts, from what is known; nan where it is not."""
    counts, known, weights = weighted(counts)
    with np.errstate(invalid="ignore"):
        mean = (weights * counts).sum(axis=1) / weights.sum(axis=1)
    return np.where(known, mean, np.nan)


def activity_range(counts):
    """(least, most) of each epoch if every weight is rounded to 12 bits, the mean to 1/256 down."""
    mean = expected_activity(counts)
    counts, _, weights = weighted(counts)
    far = (np.abs(counts - mean[:, None]) * (weights > 0)).sum(axis=1)
    slack = WEIGHT_STEP / 2 * far / np.maximum(1, 0.99 * weights.sum(axis=1))
    return mean - slack - 1 / 256, mean + slack


def by_index(epochs):
    """(flags, counts) of every epoch up to the last; a hole is an epoch without motion sensor."""
    told = {index: (flags, counts) for index, flags, counts in epochs}
    night = [told.get(i, (records.NO_MOTION_SENSOR, 0)) for i in range(epochs[-1][0] + 1)]
    unheard = [flags & records.NO_MOTION_SENSOR for flags, _ in night]
    return night, [UNHEARD if no else c for no, (_, c) in zip(unheard, night, strict=True)]


def judged(flags, least, most):
    """The stages that the rule may give an activity in this range: two if rounding decides."""
    if flags & records.OFF_BODY:
        return {records.NOT_WORN}
    if np.isnan(least):
        return {records.UNKNOWN}
    return {records.WAKE if a >= WAKE_COUNTS else records.ASLEEP for a in (least, most)}


def share_awake(activity):
    return next(pct for limit, pct in P_WAKE_PCT if activity < limit)


counts_of_a_night = st.lists(
    st.one_of(st.integers(0, 12), st.integers(0, 255), st.just(UNHEARD)), min_size=1, max_size=40
)


@st.composite
def nights(draw):
    """(index, flags, counts) of 1-50 epochs with holes, some off the body, some unheard."""
    epochs, index = [], draw(st.integers(0, 3))
    for _ in range(draw(st.integers(1, 50))):
        flags = draw(st.sampled_from([0, 0, 0, records.MOVING, records.OFF_BODY]))
        flags |= draw(st.sampled_from([0, 0, 0, 0, records.NO_MOTION_SENSOR]))
        count = draw(st.one_of(st.integers(0, 12), st.integers(0, 255)))
        epochs.append((index, flags, count))
        index += draw(st.sampled_from([1, 1, 1, 1, 1, 1, 2, 5, 12]))
    return epochs


# -- the feature


@settings(max_examples=80, deadline=None)
@given(counts_of_a_night)
def test_activity_is_the_gaussian_mean(worker, counts):
    """Sigma 50 s of 30 s steps, at both edges and around holes, but for the rounding."""
    seen = worker.call("snippet:run", ACTIVITY, {"counts": counts})
    for value_q8, least, most in zip(seen, *activity_range(counts), strict=True):
        if np.isnan(least):
            assert value_q8 == UNHEARD
        else:
            assert least - 1e-9 < value_q8 / 256 < most + 1e-9


def test_one_burst_spreads_as_the_gaussian_does(worker):
    """255 counts in one epoch, seen from every epoch around it, left and right alike."""
    counts = [0] * 25
    counts[12] = 255
    seen = worker.call("snippet:run", ACTIVITY, {"counts": counts})
    true = 256 * expected_activity(counts)
    assert seen == seen[::-1]
    assert seen == pytest.approx(true.tolist(), abs=8)
    assert seen[12] == pytest.approx(256 * 255 * 0.2394, abs=64)  # 1 / (sigma sqrt(2 pi))
    assert seen[12 + 7] > 0 == seen[12 + 8]


# -- the live score


@settings(max_examples=60, deadline=None)
@given(nights())
def test_a_night_is_scored_as_the_rule_says(worker, epochs):
    steps, last = scored(worker, epochs)
    night, counts = by_index(epochs)
    scores = flat(steps) + last
    assert [score[0] for score in scores] == list(range(len(night)))
    ranges = activity_range(counts)
    for (_, stage, *_), (flags, _), least, most in zip(scores, night, *ranges, strict=True):
        assert stage in judged(flags, least, most)


@settings(max_examples=30, deadline=None)
@given(nights(), st.data())
def test_the_live_score_is_causal(worker, epochs, data):
    """A night cut anywhere has the same scores so far: nothing that came later was known."""
    cut = data.draw(st.integers(0, len(epochs)))
    whole, _ = scored(worker, epochs)
    part, _ = scored(worker, epochs[:cut])
    assert part == whole[:cut]


@settings(max_examples=30, deadline=None)
@given(nights())
def test_an_epoch_is_scored_when_the_tenth_after_it_is_known(worker, epochs):
    steps, last = scored(worker, epochs)
    told = 0
    for (index, _, _), scores in zip(epochs, steps, strict=True):
        told += len(scores)
        assert told == max(0, index + 1 - LATE)
    assert len(last) == epochs[-1][0] + 1 - told <= LATE


def test_six_counts_are_awake_and_less_is_asleep(worker):
    for count, stage in ((5, records.ASLEEP), (6, records.WAKE)):
        steps, last = scored(worker, heard([count] * 15))
        assert {score[1] for score in flat(steps) + last} == {stage}


def test_a_little_less_than_six_is_less(worker):
    """Five counts once in a night of six: as far as its weight is felt, 7 epochs, all sleep."""
    counts = [6] * 40
    counts[20] = 5
    scores = flat(scored(worker, heard(counts))[0])
    assert [i for i, stage, *_ in scores if stage == records.ASLEEP] == list(range(13, 28))


def test_an_empty_bed_is_not_worn_whatever_moves(worker):
    for flags in (records.OFF_BODY, records.OFF_BODY | records.NO_MOTION_SENSOR):
        steps, last = scored(worker, heard([0, 200] * 8, flags))
        assert {tuple(s[1:]) for s in flat(steps) + last} == {(records.NOT_WORN, 0, 0, 0, 0)}


def test_without_motion_sensor_nothing_is_known(worker):
    """And a hole is the same as an epoch that says so."""
    steps, last = scored(worker, heard([0, 200] * 8, records.NO_MOTION_SENSOR))
    assert {tuple(s[1:]) for s in flat(steps) + last} == {(records.UNKNOWN, 0, 0, 0, 0)}
    full = [(i, records.NO_MOTION_SENSOR if 5 <= i < 9 else 0, 3 * i) for i in range(30)]
    holed = [epoch for epoch in full if not epoch[1]]
    full_scores, holed_scores = (scored(worker, night) for night in (full, holed))
    assert flat(full_scores[0]) == flat(holed_scores[0])
    assert full_scores[1] == holed_scores[1]


def test_a_night_that_starts_late_has_a_hole_before_it(worker):
    """The first epoch heard is the 20th: those before it are told, and unknown."""
    steps, last = scored(worker, [(20, 0, 50)])
    assert [s[:2] for s in steps[0]] == [[i, records.UNKNOWN] for i in range(11)]
    assert [s[:2] for s in last[:-1]] == [[i, records.UNKNOWN] for i in range(11, 20)]
    assert last[-1][:2] == [20, records.WAKE]


@pytest.mark.parametrize("count", [0, 1, 2, 3, 5, 6, 9, 10, 15, 19, 20, 21, 100, 255])
def test_p_wake_is_the_documented_share(worker, count):
    """A night of one activity: the share of docs/scoring.md, in 1/255."""
    scores = flat(scored(worker, heard([count] * 15))[0])
    for _, _, p_wake, light, deep, rem in scores:
        assert p_wake == pytest.approx(255 * share_awake(count) / 100, abs=2)
        assert (light, deep, rem) == (0, 0, 0)
