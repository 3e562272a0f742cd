"""What the network is given of a night, against its formulas in floats."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sleepsync.train.shape import EPOCHS_IN_MINUTE, INPUTS, OFFSET, SCALE

UNHEARD = -1
LATEST, EARLY = 1440, 60  # epochs: the 12th hour, half an hour
MOST_RATIO = 4095 / 1024
LOG2_WITHIN = 2  # of powers.py
# Half a bin of a sixteenth of an octave, and the logarithms' own error at its edge and middle.
OWN_WITHIN_OCTAVES = 1 / 32 + 2 * LOG2_WITHIN / 256

OWN = """
from firmware.stages.inputs import OwnDeviation
own, result = OwnDeviation(), []
if not is_asked_late:
    result.append(own.value())
for deviation in deviations:
    own.add(deviation)
    if not is_asked_late:
        result.append(own.value())
if is_asked_late:
    result.append(own.value())
"""
STEPS = """
from firmware.stages import inputs
night, row, result = inputs.Inputs(), inputs.new_row(), []
night.at = start
for activity, deviation, is_learnt in epochs:
    if is_learnt:
        night.learn(deviation)
    night.step(activity, deviation, row)
    result.append(list(row))
"""
ROWS = """
from array import array
import stage
result = list(stage.network_inputs(array("i", activities), array("i", deviations), is_live))
"""

activity = st.one_of(st.just(0), st.integers(0, 5000), st.integers(0, 1 << 24))
deviation = st.one_of(st.integers(0, 700), st.integers(0, 32767))
epochs = st.tuples(
    st.one_of(activity, activity, st.just(UNHEARD)),
    st.one_of(deviation, deviation, st.just(UNHEARD)),
)
nights = st.lists(epochs, min_size=1, max_size=60)


def stepped(worker, epochs, start=0, learns=True):
    """The row of each epoch; each may count for the sleeper's own before it is looked at."""
    rows = [[a, d, learns] for a, d in epochs]
    found = worker.call("snippet:run", STEPS, {"epochs": rows, "start": start})
    return np.array(found)


def given_to_network(worker, night, is_live):
    features = {"activities": [a for a, _ in night], "deviations": [d for _, d in night]}
    found = worker.call("snippet:run", ROWS, {**features, "is_live": is_live})
    return np.array(found).reshape(-1, len(INPUTS))


# -- the sleeper's own deviation


def own(worker, deviations, is_asked_late=False):
    given = {"deviations": deviations, "is_asked_late": is_asked_late}
    return worker.call("snippet:run", OWN, given)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 65535), min_size=1, max_size=50))
def test_the_own_deviation_is_the_third_quartile_so_far(worker, deviations):
    """So far and no further: after each, that of those before it."""
    found = own(worker, deviations)
    assert found[0] == 1
    for n, value in enumerate(found[1:], 1):
        true = max(1, np.percentile(deviations[:n], 75, method="lower"))
        # An octave of the true value, and what rounding down to a whole number takes.
        assert value <= true * 2**OWN_WITHIN_OCTAVES
        assert value > true * 2**-OWN_WITHIN_OCTAVES - 1


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 65535), min_size=1, max_size=30))
def test_asking_for_the_own_deviation_changes_nothing(worker, deviations):
    assert own(worker, deviations)[-1:] == own(worker, deviations, is_asked_late=True)


# -- an epoch's row


def formulas(at, activity_q8, ratio):
    """Name: (value in its unit, how far off it may be)."""
    return {
        "log_activity": (256 * np.log2(256 + activity_q8), LOG2_WITHIN),
        "log_little": (256 * np.log2(13 + activity_q8), LOG2_WITHIN),
        "log_ratio": (256 * np.log2(102 + ratio), LOG2_WITHIN),
        "ratio": (ratio, 0),
        "time": (min(at, LATEST), 0),
        "early": (1024 * EARLY // (EARLY + at), 0),
    }


@settings(max_examples=60, deadline=None)
@given(nights, st.integers(0, 2000))
def test_inputs_are_their_formulas_and_hold_what_is_unknown(worker, night, start):
    rows = stepped(worker, night, start)
    owns = own(worker, [d for _, d in night if d != UNHEARD])
    held_activity = held_ratio = known = 0
    for at, ((activity, deviation), row) in enumerate(zip(night, rows, strict=True), start):
        if activity != UNHEARD:
            held_activity = activity
        if deviation != UNHEARD:
            known += 1
            held_ratio = min(deviation * 1024 // owns[known], 4095)
        wanted = formulas(at, held_activity, held_ratio)
        for value, name in zip(row, INPUTS, strict=True):
            true, within = wanted[name]
            assert abs(value - true) <= within, name


def test_the_ratio_saturates_and_the_time_stops(worker):
    steps = stepped(worker, [(0, 1), (0, 32767), (0, 32767)], learns=False)
    assert steps[0].tolist() != steps[1].tolist()
    assert steps[1][INPUTS.index("ratio")] / 1024 == MOST_RATIO
    late = stepped(worker, [(0, 0), (0, 0)], start=1439)[:, INPUTS.index("time")]
    assert late.tolist() == [1439, 1440]
    assert stepped(worker, [(0, 0), (0, 0)], start=1440)[:, INPUTS.index("time")].tolist() == [
        1440,
        1440,
    ]


@pytest.mark.parametrize("activity", [0, 1 << 24])
@pytest.mark.parametrize("deviation", [UNHEARD, 0, 32767])
def test_floats_of_the_extremes_are_of_about_unit_size(worker, activity, deviation):
    """What the network is fitted to, and what keeps its sums of inputs within 2^23."""
    rows = stepped(worker, [(activity, 1), (activity, deviation)], start=4000)
    assert abs(rows * np.array(SCALE) + np.array(OFFSET)).max() < 8
    assert abs(rows).sum(axis=1).max() < 1 << 23


# -- the rows of a night


@settings(max_examples=60, deadline=None)
@given(nights)
def test_live_each_row_is_the_mean_of_an_epoch_and_the_last(worker, night):
    rows = stepped(worker, night)
    means = (rows + np.vstack([rows[:1], rows[:-1]])) // 2
    assert np.array_equal(given_to_network(worker, night, True), means)


@settings(max_examples=30, deadline=None)
@given(nights, st.data())
def test_live_rows_know_nothing_of_what_comes_later(worker, night, data):
    cut = data.draw(st.integers(1, len(night)))
    whole = given_to_network(worker, night, True)
    assert np.array_equal(given_to_network(worker, night[:cut], True), whole[:cut])


def whole_night(worker, night):
    """Each epoch's row by Inputs that learnt from all of the night beforehand."""
    source = STEPS.replace("for activity", "for _, d, _ in epochs: night.learn(d)\nfor activity")
    rows = [[a, d, False] for a, d in night]
    return np.array(worker.call("snippet:run", source, {"epochs": rows, "start": 0}))


@settings(max_examples=60, deadline=None)
@given(nights)
def test_the_morning_s_rows_are_means_of_two_epochs_or_a_last_one_alone(worker, night):
    rows = whole_night(worker, night)
    pairs = [rows[i : i + EPOCHS_IN_MINUTE] for i in range(0, len(rows), EPOCHS_IN_MINUTE)]
    means = np.array([pair.sum(axis=0) // len(pair) for pair in pairs])
    assert np.array_equal(given_to_network(worker, night, False), means)


def test_the_morning_knows_the_whole_night(worker):
    """A restless second half makes the first half's ratios small; live it cannot."""
    night, calm = [(0, 20)] * 20 + [(0, 200)] * 60, [(0, 20)] * 80
    column = INPUTS.index("ratio")
    morning, of_calm = (given_to_network(worker, n, False)[:10, column] for n in (night, calm))
    assert np.all(morning < of_calm / 5)
    live, of_calm = (given_to_network(worker, n, True)[:20] for n in (night, calm))
    assert np.array_equal(live, of_calm)


def test_no_epoch_gives_no_row(worker):
    for is_live in (False, True):
        assert len(given_to_network(worker, [], is_live)) == 0
