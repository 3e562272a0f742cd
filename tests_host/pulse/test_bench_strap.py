"""A finger against a strap: the lag is found, and what differs is told in its own unit."""

import numpy as np
import pytest
from made_pulses import told
from sleepsync.pulse import strap
from sleepsync.pulse.told import intervals_of, variation

RR_S = np.random.default_rng(5).normal(0.9, 0.06, 100)
SECONDS = 88


def beats_from(start_s, seconds=SECONDS):
    beats_s = start_s + np.concatenate(([0.0], np.cumsum(RR_S)))
    return beats_s[(beats_s >= 0) & (beats_s <= seconds)]


@pytest.mark.parametrize("lag_s", [-4.3, -1.7, 0.0, 2.2])
def test_a_constant_lag_is_found_and_costs_nothing(lag_s):
    heard = beats_from(lag_s)
    assert strap.start_s([heard], RR_S) == pytest.approx(lag_s, abs=0.001)
    found = strap.matched(told(SECONDS, beats_s=heard), RR_S, lag_s + 0.3, SECONDS)
    assert (found.found, found.false) == (1, 0)
    assert len(found.interval_errors_ms) == found.intervals == len(heard) - 1
    assert found.interval_errors_ms.max() < 0.01
    assert max(found.rmssd_error_ms, found.sdnn_error_ms) < 0.05 and found.variation_known == 1


def test_the_train_that_agrees_best_tells_the_start():
    noise = np.sort(np.random.default_rng(1).uniform(0, SECONDS, 100))
    trains = [np.empty(0), noise, beats_from(-2.0)]
    assert strap.start_s(trains, RR_S) == pytest.approx(-2.0, abs=0.001)


def test_jitter_is_told_in_milliseconds():
    heard = beats_from(-1.0)
    late = heard + np.where(np.arange(len(heard)) % 2, 0.010, 0.0)
    found = strap.matched(told(SECONDS, beats_s=late), RR_S, -1.0, SECONDS)
    assert np.median(found.interval_errors_ms) == pytest.approx(10, abs=0.1)
    true_ms, said_ms = (variation(b, intervals_of(b), SECONDS)[0] for b in (heard, late))
    assert found.rmssd_error_ms == pytest.approx(np.nanmean(abs(said_ms - true_ms)), abs=0.5)


def test_missed_and_false_beats_are_counted_and_break_their_intervals():
    heard = beats_from(-1.0)
    kept = np.delete(heard, [10, 40])
    more = np.sort(np.append(kept, (kept[20] + kept[21]) / 2))
    found = strap.matched(told(SECONDS, beats_s=more), RR_S, -1.0, SECONDS)
    assert found.found == pytest.approx(1 - 2 / len(heard))
    assert found.false == pytest.approx(1 / len(more))
    assert len(found.interval_errors_ms) == len(heard) - 1 - 5


@pytest.mark.parametrize("beats_s", [[], [3.0], [3.0, 4.0]])
def test_who_hears_nothing_has_found_nothing(beats_s):
    found = strap.matched(told(SECONDS, beats_s=beats_s), RR_S, -1.0, SECONDS)
    assert found.found < 0.03 and len(found.interval_errors_ms) <= 1
    assert np.isnan(found.rmssd_error_ms) and found.variation_known == 0


def test_variation_is_the_textbook_s():
    beats_s = np.cumsum(np.tile([0.9, 1.0], 40))
    rmssd_ms, sdnn_ms = variation(beats_s, intervals_of(beats_s), 60)
    assert np.isnan(rmssd_ms[:29]).all()
    np.testing.assert_allclose(rmssd_ms[29:], 100, atol=1e-6)
    np.testing.assert_allclose(sdnn_ms[29:], 50, atol=2)


def test_no_difference_reaches_across_a_rejected_interval():
    beats_s = np.cumsum(np.full(60, 1.0))
    intervals_s = intervals_of(beats_s)
    intervals_s[20], intervals_s[21] = np.nan, 1.5
    rmssd_ms, _ = variation(beats_s, intervals_s, 60)
    assert rmssd_ms[29] == pytest.approx(1000 * np.sqrt(0.25 / 26), rel=0.02)
