"""The energy mean of levels, against the formula in floating point."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

MEAN = """
from array import array
from firmware.senses.room import mean_ddb
result = mean_ddb(array("i", levels), len(levels))
"""


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 1300), min_size=1, max_size=40))
def test_the_energy_mean_is_right_to_a_tenth(worker, levels):
    """Powers are rounded to within 1/2048 of the loudest, whose share is 1/40 at least."""
    seen = worker.call("snippet:run", MEAN, {"levels": levels})
    true = 100 * math.log10(sum(10 ** (level / 100) for level in levels) / len(levels))
    assert abs(seen - true) <= 0.5 + 100 * math.log10(1 + 40 / 2048)


@pytest.mark.parametrize("level", [0, 300, 1300])
def test_a_steady_level_is_its_own_mean(worker, level):
    assert worker.call("snippet:run", MEAN, {"levels": [level] * 30}) == level


def test_half_as_loud_for_half_the_time(worker):
    """3 dB less than the loud half, give or take what silence adds."""
    assert worker.call("snippet:run", MEAN, {"levels": [600] * 15 + [100] * 15}) == 570


@pytest.mark.parametrize("down", range(0, 401, 8))
def test_many_levels_below_one_are_weighed_right(worker, down):
    """39 of 40 lie `down` tenths below the loudest, up to past the end of the tables."""
    levels = [1000] + [1000 - down] * 39
    seen = worker.call("snippet:run", MEAN, {"levels": levels})
    true = 100 * math.log10(sum(10 ** (level / 100) for level in levels) / 40)
    assert abs(seen - true) <= 1


@pytest.mark.parametrize("down", range(1, 10))
def test_every_tenth_of_a_decibel_is_weighed_right(worker, down):
    levels = [1000] + [1000 - down] * 39
    seen = worker.call("snippet:run", MEAN, {"levels": levels})
    true = 100 * math.log10(sum(10 ** (level / 100) for level in levels) / 40)
    assert abs(seen - true) <= 0.6


def test_levels_past_the_end_are_not_heard(worker):
    source = MEAN.replace("len(levels)", "3")
    assert worker.call("snippet:run", source, {"levels": [300, 300, 300, 900, 0]}) == 300
