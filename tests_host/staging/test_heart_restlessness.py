"""How restless the heart is, before the night is over: against its formula, written anew.

The oracle makes its kernel from the published formula and goes through a whole stretch in
exact integers; only the last root is a float.
"""

from array import array

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

RESTLESSNESS = "firmware.stages.features:heart_restlessness"
DEVIATION = "firmware.stages.features:heart_deviation"
ACTIVITY = "firmware.stages.features:activity_q8"
REACH, KERNEL_REACH = 9, 5
UNHEARD = -1

rates_of_a_stretch = st.lists(
    st.one_of(st.integers(400, 900), st.integers(300, 2000), st.just(0)), min_size=1, max_size=60
)


def restlessness(worker, rates, at):
    return worker.call(RESTLESSNESS, array("h", rates), at)


def kernel():
    """hr_feature's difference of Gaussians at 1 Hz, the mean over each epoch (its first and
    last second half in it) about the middle one, Q10.
    """
    apart_s = np.arange(-15, 16) + 30 * np.arange(-KERNEL_REACH, KERNEL_REACH + 1)[:, None]
    value = np.exp(-((apart_s / 120) ** 2) / 2) - 0.75 * np.exp(-((apart_s / 600) ** 2) / 2)
    value[abs(apart_s) > 142] = 0
    return np.rint(1024 * np.trapezoid(value, axis=1) / 30).astype(int)


def filled(rates):
    """Straight lines across what is unknown, and level ends."""
    rates, index = np.array(rates), np.arange(len(rates))
    known = rates > 0
    if not known.any():
        return rates
    lines = np.interp(index, index[known], rates[known])
    return np.floor(lines + 1e-6).astype(int)


def quick(rates):
    """The rates' quick part in 1/80 a minute; the stretch is mirrored at both ends.

    One that is too short for that holds its ends.
    """
    eighths = 8 * filled(rates)
    eighths = eighths - eighths.sum() // len(eighths)
    index = np.arange(-KERNEL_REACH, len(rates) + KERNEL_REACH)
    behind, beyond = -1 - index, 2 * len(rates) - 1 - index
    index = np.select([index < 0, index >= len(rates)], [behind, beyond], index)
    return np.convolve(eighths[index.clip(0, len(rates) - 1)], kernel(), "valid") >> 10


def spread(values, rates, at):
    """(least, most) that the deviation about `at` may be told to be, None where unknown.

    It is rounded down, and taken from a mean that is rounded to a whole number.
    """
    around = slice(max(0, at - REACH), at + REACH + 1)
    if not any(rates[around]):
        return None
    variance = np.var(values[around])
    return np.floor(np.sqrt(variance) - 1e-9), np.sqrt(variance + 0.25 + 1e-9)


def assert_is(found, wanted):
    if wanted is None:
        assert found == UNHEARD
    else:
        assert wanted[0] <= found <= wanted[1]


@settings(max_examples=150, deadline=None)
@given(rates_of_a_stretch, st.data())
def test_restlessness_is_its_formula(worker, rates, data):
    at = data.draw(st.integers(0, len(rates) - 1))
    assert_is(restlessness(worker, rates, at), spread(quick(rates), rates, at))


@settings(max_examples=40, deadline=None)
@given(rates_of_a_stretch)
def test_the_whole_night_s_deviation_is_restlessness_by_its_percentile(worker, rates):
    found = worker.call(DEVIATION, array("h", rates))
    values = quick(rates)
    unit = np.sort(abs(values))[(len(values) - 1) * 9 // 10] or 1
    values = (256 * values // unit).clip(-4095, 4095)
    for at in range(len(rates)):
        assert_is(found[at], spread(values, rates, at))


def test_fourteen_epochs_to_either_side_are_all_that_is_seen(worker):
    """Of a longer stretch no more is looked at, but for the rounding of its mean."""
    rng = np.random.default_rng(1)
    rates = rng.integers(500, 700, 90).tolist()
    about = restlessness(worker, rates[45 - 14 : 45 + 15], 14)
    assert abs(about - restlessness(worker, rates, 45)) <= 1
    for at in (45 - 15, 45 + 15):
        changed = [*rates]
        changed[at] += 400
        assert abs(about - restlessness(worker, changed, 45)) <= 1
    for at in (45 - 14, 45 + 14):
        changed = [*rates]
        changed[at] += 400
        assert abs(about - restlessness(worker, changed, 45)) > 1


def test_a_stretch_that_ends_sooner_is_mirrored(worker):
    """As far as the kernel reaches; the spread itself takes fewer epochs there."""
    rates = np.random.default_rng(2).integers(500, 700, 40).tolist()
    assert restlessness(worker, rates, 0) == restlessness(worker, rates[::-1], 39)
    for at in (0, 3, 39):
        assert_is(restlessness(worker, rates, at), spread(quick(rates), rates, at))


@pytest.mark.parametrize("length", [1, 2, 5, 25])
def test_a_heart_that_never_changes_is_at_rest(worker, length):
    assert restlessness(worker, [612] * length, length // 2) == 0


@pytest.mark.parametrize("length", [1, 2, 5, 25])
def test_without_any_rate_nothing_is_known(worker, length):
    assert restlessness(worker, [0] * length, length - 1) == UNHEARD


def test_a_single_rate_is_a_steady_one(worker):
    rates = [0] * 25
    rates[3] = 600
    told = [restlessness(worker, rates, at) for at in range(25)]
    assert told == [0] * 13 + [UNHEARD] * 12


def test_the_stretch_is_left_as_it_was(worker):
    rates = array("h", [600, 0, 640, 0, 0, 610])
    _, (left, _) = worker.call_in_place(RESTLESSNESS, rates, 2)
    assert left == rates


# -- activity


@settings(max_examples=80, deadline=None)
@given(st.lists(st.one_of(st.integers(0, 60), st.integers(-1, 65535)), min_size=1), st.data())
def test_activity_is_the_gaussian_mean_of_what_was_heard(worker, counts, data):
    """Sigma 50 s; within what weights of 12 bits and rounding down to a 256th can make of it."""
    at = data.draw(st.integers(0, len(counts) - 1))
    found = worker.call(ACTIVITY, array("i", counts), at)
    if counts[at] == UNHEARD:
        assert found == UNHEARD
        return
    apart = np.arange(len(counts)) - at
    used = (abs(apart) <= REACH) & (np.array(counts) != UNHEARD)
    weights = np.exp(-((30 * apart / 50) ** 2) / 2)[used]
    values = np.array(counts)[used]
    mean = (weights * values).sum() / weights.sum()
    slack = 1e-9 + abs(values - mean).sum() / 2 / 4096 / (0.99 * weights.sum())
    assert mean - slack - 1 / 256 < found / 256 <= mean + slack
