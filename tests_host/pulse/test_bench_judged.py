"""Answers against references: errors, coverage, and the best answers of two."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sleepsync.pulse.hearing import Heard
from sleepsync.pulse.judged import Judged, at_equal_coverage, together
from sleepsync.pulse.told import in_windows, mean_of_known, of_heard

NAN = np.nan


def judged(said, true, quality=None):
    said, true = np.array(said, dtype=float), np.array(true, dtype=float)
    return Judged(said, np.zeros(len(said)) if quality is None else np.array(quality, float), true)


def test_what_has_no_answer_lowers_the_coverage_and_no_error():
    found = judged([60, NAN, 70, NAN], [60, 60, 64, 60])
    assert found.known == 0.5 and found.mae == 3 and found.within(5) == 0.5


def test_what_has_no_reference_counts_for_nothing():
    found = judged([60, 99, NAN], [60, NAN, NAN])
    assert found.referred == 1 and found.known == 1 and found.mae == 0


def test_a_record_without_an_answer_counts_in_the_whole():
    whole = together([judged([60, 60], [60, 60]), judged([NAN, NAN], [60, 60])])
    assert whole.known == 0.5
    assert np.isnan(judged([NAN], [60]).mae) and np.isnan(judged([NAN], [60]).within(5))


def test_an_answer_without_quality_is_never_trusted():
    found = judged([60, 70, 80], [60, 60, 60], [90, 80, NAN])
    assert found.above(80).errors.tolist() == [0, 10]
    assert found.above(81).errors.tolist() == [0]


def test_equals_at_the_end_of_the_best_count_by_the_share_that_is_let_in():
    found = judged([61, 62, 64], [60, 60, 60], [90, 50, 50])
    assert found.mae_of_best(1) == 1
    assert found.mae_of_best(2) == pytest.approx((1 + 3) / 2)
    assert found.mae_of_best(3) == pytest.approx(7 / 3)
    assert np.isnan(found.mae_of_best(4)) and np.isnan(found.mae_of_best(0))


@given(st.lists(st.tuples(st.floats(40, 90), st.integers(0, 5)), min_size=1, max_size=20))
def test_all_of_the_best_are_the_whole(windows):
    said, quality = zip(*windows, strict=True)
    found = judged(said, [60] * len(said), quality)
    assert found.mae_of_best(len(said)) == pytest.approx(found.mae)


def test_equal_coverage_is_the_lower_one_and_each_has_its_own_best():
    ours = judged([61, NAN, NAN, 60], [60] * 4)
    theirs = judged([60, 60, 90, 90], [60] * 4, [4, 3, 2, 1])
    assert at_equal_coverage(ours, theirs) == (0.5, 0.5, 0)


def test_a_window_is_answered_by_half_of_its_seconds():
    rows = np.array([60, 62, NAN, NAN, 70, NAN, NAN, NAN, 99])
    np.testing.assert_array_equal(mean_of_known(rows, 4), [61, NAN])
    assert in_windows(rows, 4).shape == (2, 4)


def test_the_puck_s_breathing_is_what_it_says_at_a_window_s_end():
    rows = np.arange(64.0)
    nothing = np.full(64, NAN)
    heard = Heard(np.empty(0), np.empty(0), nothing, nothing, nothing, rows, np.full(64, 50.0))
    said = of_heard(heard)
    assert said.breaths_per_min.tolist() == [31, 63]
    assert np.isnan(said.rate_bpm).all() and said.quality.tolist() == [50] * 8
