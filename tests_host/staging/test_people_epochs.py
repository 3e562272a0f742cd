"""Signals with times of their own become values of epochs: none moved, no hole bridged."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from raw_people import SHAKEN_COUNTS, motion_rows, without
from sleepsync.people.beats import rate_and_rmssd
from sleepsync.people.epochs import mean_counts, mean_of_epochs, mean_rate_bpm


@given(
    st.lists(st.tuples(st.floats(-90, 400), st.floats(-1e6, 1e6)), max_size=40),
    st.integers(1, 12),
)
def test_each_value_goes_into_the_epoch_of_its_time(readings, epochs):
    at_s, values = np.array(readings).reshape(-1, 2).T
    found = mean_of_epochs(at_s, values, epochs)
    for epoch in range(epochs):
        inside = [v for at, v in readings if 30 * epoch <= at < 30 * (epoch + 1)]
        expected = np.mean(inside) if inside else np.nan
        np.testing.assert_allclose(found[epoch], expected, rtol=1e-9, atol=1e-6)
    assert len(found) == epochs


def test_a_rate_that_no_heart_has_is_not_averaged():
    heart = np.array([(1, 60), (6, 70), (11, 0), (16, 255), (31, 24), (61, 25), (62, 250)], float)
    np.testing.assert_allclose(mean_rate_bpm(heart, 3), [65, np.nan, 137.5])


def test_shaking_counts_in_the_epochs_it_was_in():
    """0.5 g at 6 Hz passes the band whole; half an epoch of it is half the counts."""
    counts = mean_counts(motion_rows(360, (60, 165)), 12)
    assert counts[3] == pytest.approx(SHAKEN_COUNTS)
    assert counts[4] == pytest.approx(SHAKEN_COUNTS, rel=0.03)
    assert counts[5] == pytest.approx(SHAKEN_COUNTS / 2, rel=0.08)
    assert np.all(counts[[0, 7, 8, 9, 10, 11]] == 0)


@pytest.mark.parametrize("from_s", [-200.013, -7.4, 0.0, 8.3])
@pytest.mark.parametrize("hz", [50.0, 33.3, 64.0])
def test_when_and_how_fast_motion_was_taken_moves_no_count(from_s, hz):
    """Interpolation between samples takes something off the peaks, most at 33 Hz."""
    counts = mean_counts(motion_rows(400, (90, 120), from_s, hz), 12)
    assert counts[3] == pytest.approx(SHAKEN_COUNTS, rel=0.15)
    assert np.all(counts[[1, 5, 6, 7, 8]] == 0)
    assert np.isnan(counts[0]) == (from_s > 3)
    assert counts[2] < 0.05 * SHAKEN_COUNTS and counts[4] < 0.05 * SHAKEN_COUNTS


@pytest.mark.parametrize(("silent_s", "heard"), [(3, True), (4, False), (30, False)])
def test_an_epoch_with_a_hole_in_its_motion_is_not_known(silent_s, heard):
    motion = without(motion_rows(180, (0, 180)), 60, 60 + silent_s)
    counts = mean_counts(motion, 6)
    assert np.isfinite(counts).tolist() == [True, True, heard, True, True, True]


def test_motion_that_ends_early_or_is_not_there_leaves_nan():
    counts = mean_counts(motion_rows(100, (0, 100)), 6)
    assert np.isfinite(counts).tolist() == [True, True, True, False, False, False]
    for elsewhere in (motion_rows(-10, (0, 0), -100), motion_rows(400, (0, 0), 300)):
        assert np.isnan(mean_counts(elsewhere, 6)).all()


def beats_of(intervals_s, start_s=0.0):
    return start_s + np.cumsum([0.0, *intervals_s])


@given(st.lists(st.floats(0.75, 0.85), min_size=80, max_size=150))
def test_rate_and_rmssd_are_their_definitions(intervals_s):
    beats_s = beats_of(intervals_s)
    rate_bpm, rmssd_ms = rate_and_rmssd(beats_s, 2)
    for epoch in range(2):
        inside = (beats_s[1:] >= 30 * epoch) & (beats_s[1:] < 30 * (epoch + 1))
        own = np.diff(beats_s)[inside]
        np.testing.assert_allclose(rate_bpm[epoch], 60 / np.mean(own), rtol=1e-9)
        expected = np.sqrt(np.mean(np.diff(own * 1000) ** 2))
        np.testing.assert_allclose(rmssd_ms[epoch], expected, rtol=1e-6, atol=1e-6)


def test_an_early_beat_is_no_variation_of_the_normal_ones():
    steady = [0.8, 0.82] * 40
    early = [*steady[:20], 0.5, 1.1, *steady[22:]]
    _, usual = rate_and_rmssd(beats_of(steady), 2)
    _, found = rate_and_rmssd(beats_of(early), 2)
    np.testing.assert_allclose(usual, 20, rtol=1e-9)
    np.testing.assert_allclose(found, 20, rtol=1e-9)


def test_a_lost_heart_is_not_a_slow_one():
    beats_s = np.concatenate((np.arange(0, 50, 0.8), np.arange(80, 120, 0.8)))
    rate_bpm, rmssd_ms = rate_and_rmssd(beats_s, 4)
    np.testing.assert_allclose(rate_bpm, [75, 75, np.nan, 75])
    np.testing.assert_allclose(rmssd_ms, [0, 0, 0, 0], atol=1e-6)
    rate_bpm, rmssd_ms = rate_and_rmssd(beats_s[beats_s < 86], 4)
    assert np.isnan(rate_bpm).tolist() == np.isnan(rmssd_ms).tolist() == [False, False, True, True]


@pytest.mark.parametrize("beats_s", [[], [3.0]])
def test_no_heart_at_all_is_not_known(beats_s):
    for found in rate_and_rmssd(np.array(beats_s), 3):
        assert np.isnan(found).tolist() == [True] * 3
