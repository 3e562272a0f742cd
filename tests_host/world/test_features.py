"""The heart-rate deviation of a night: the firmware's integers against numpy's floats.

The oracle knows the published definition (sleep-accel, doi 10.13026/hmhs-py35) and takes
it to epochs of 30 s by its own means.
"""

from array import array

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

DEVIATION = "firmware.stages.features:heart_deviation"
ROOT = "firmware.stages.features:_root"
REACH = 9
UNHEARD = -1
MOST = 4095  # of the quick part, Q8


def deviation(worker, rates_dbpm):
    """Of rates in 0.1 /min; 0 is unknown. Q8."""
    return np.array(worker.call(DEVIATION, array("h", [int(rate) for rate in rates_dbpm])))


def kernel():
    """The published kernel, averaged over each epoch about the middle one: 11 values."""
    d_s = np.arange(-165, 165, 0.1) + 0.05
    value = np.exp(-((d_s / 120) ** 2) / 2) - 0.75 * np.exp(-((d_s / 600) ** 2) / 2)
    return np.where(abs(d_s) <= 142, value, 0).reshape(11, -1).mean(axis=1)


def oracle(rates_dbpm):
    """hr_feature over epochs, in floats; nan where no rate is known within reach."""
    rates = np.asarray(rates_dbpm, dtype=float)
    known = rates > 0
    index = np.arange(len(rates))
    filled = np.interp(index, index[known], rates[known])
    padded = np.pad(filled - filled.mean(), 5, mode="symmetric")
    quick = np.convolve(padded, kernel(), "valid")
    quick /= np.sort(abs(quick))[(len(quick) - 1) * 9 // 10]
    quick = np.clip(quick, -MOST / 256, MOST / 256)
    around = [slice(max(0, i - REACH), i + REACH + 1) for i in index]
    return np.array([quick[a].std() if known[a].any() else np.nan for a in around])


def heart(rng, length, step_dbpm=12):
    """A wandering rate that stays that of a heart in bed."""
    rates = 600 + np.cumsum(rng.normal(0, step_dbpm, length))
    return np.clip(rates, 350, 1600).round()


def assert_near(found, true):
    """Within 2 % and two steps of Q8; UNHEARD where the oracle knows nothing."""
    assert np.array_equal(found == UNHEARD, np.isnan(true))
    off = abs(found / 256 - true)[found != UNHEARD]
    assert np.all(off <= 0.02 * true[found != UNHEARD] + 2 / 256)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1 << 32), st.integers(20, 300), st.floats(0, 0.5))
def test_the_deviation_is_the_published_one_by_epochs(worker, seed, length, holes):
    rng = np.random.default_rng(seed)
    rates = heart(rng, length)
    rates[rng.random(length) < holes] = 0
    rates[rng.integers(length)] = 600
    assert_near(deviation(worker, rates), oracle(rates))


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 1 << 32))
def test_no_heart_is_too_wild(worker, seed):
    """From 30 to 200 a minute within an epoch, in the order that drives the kernel hardest."""
    rng = np.random.default_rng(seed)
    rates = np.where(rng.random(120) < 0.5, 300, 2000)
    rates[40:51] = np.where(kernel() > 0, 2000, 300)
    rates[70:81] = np.where(kernel() > 0, 300, 2000)
    assert_near(deviation(worker, rates), oracle(rates))


def test_one_start_in_a_still_night_is_cut_off_at_16_percentiles(worker):
    """A single leap: the percentile is that of rest, and no sum may overflow."""
    rates = np.full(400, 600)
    rates[::2] = 602
    rates[200:206] = 1900
    found = deviation(worker, rates)
    assert found.max() <= MOST
    assert found.max() >= 0.4 * MOST
    assert_near(found[200:204], oracle(rates)[200:204])


def test_a_steady_heart_has_no_deviation(worker):
    assert deviation(worker, [612] * 100).tolist() == [0] * 100


@pytest.mark.parametrize("length", [0, 1, 5, 50])
def test_without_any_rate_nothing_is_said(worker, length):
    assert deviation(worker, [0] * length).tolist() == [UNHEARD] * length


@pytest.mark.parametrize("length", [1, 2, 3, 4, 5])
def test_a_night_shorter_than_the_kernel_has_an_answer(worker, length):
    found = deviation(worker, [600, 650, 580, 700, 640][:length])
    assert len(found) == length
    assert found.min() >= 0


def test_a_heart_away_is_known_to_be_unknown_nine_epochs_on(worker):
    """Off the body for 40 epochs: those more than nine from any rate say so."""
    rates = heart(np.random.default_rng(1), 200)
    rates[80:120] = 0
    found = deviation(worker, rates)
    assert np.flatnonzero(found == UNHEARD).tolist() == list(range(89, 111))


def test_what_is_unknown_lies_on_a_straight_line(worker):
    """A hole in a straight stretch changes nothing."""
    rng = np.random.default_rng(2)
    rates = heart(rng, 150)
    rates[60:81] = np.linspace(600, 700, 21)
    holed = rates.copy()
    holed[62:79] = 0
    holed[64] = rates[64]
    assert deviation(worker, holed).tolist() == deviation(worker, rates).tolist()


def test_a_night_s_unknown_ends_are_level(worker):
    """As if the first and the last rate had been there all along."""
    rates = heart(np.random.default_rng(6), 60) + 300
    rates[:6], rates[-6:] = rates[6], rates[-7]
    holed = rates.copy()
    holed[:6] = holed[-6:] = 0
    assert deviation(worker, holed).tolist() == deviation(worker, rates).tolist()


def test_how_fast_a_heart_is_does_not_matter_only_how_it_changes(worker):
    rates = heart(np.random.default_rng(3), 200)
    assert np.array_equal(deviation(worker, rates), deviation(worker, rates + 200))


def test_a_night_backwards_gives_its_features_backwards(worker):
    rates = heart(np.random.default_rng(4), 200)
    assert np.array_equal(deviation(worker, rates)[::-1], deviation(worker, rates[::-1]))


def test_swings_as_slow_as_the_night_count_little(worker):
    """Equal swings of 5 /min: one in four minutes deviates, one in two hours does not."""
    at = np.arange(480)
    quick = np.where((at // 120) % 2, np.sin(2 * np.pi * at / 8), 0)
    slow = np.sin(2 * np.pi * at / 240)
    found = deviation(worker, 600 + 50 * (quick + slow))
    assert np.median(found[150:220]) > 5 * np.median(found[30:90])


def test_the_night_given_is_left_as_it_was(worker):
    rates = array("h", [600, 0, 640, 0, 0, 610, 633, 0])
    _, (left,) = worker.call_in_place(DEVIATION, rates)
    assert left == rates


@settings(max_examples=60, deadline=None)
@given(st.integers(0, MOST * MOST))
def test_root(worker, square):
    root = worker.call(ROOT, square)
    assert root * root <= square < (root + 1) * (root + 1)
