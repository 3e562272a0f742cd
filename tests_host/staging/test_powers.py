"""Logarithms and powers of two in fixed point, against math: the bounds they state are true."""

import math
from array import array

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

POWERS = """
from firmware.stages import powers
of = getattr(powers, name)
result = [of(n) for n in (numbers if numbers else range(first, end))]
"""
LOG2, EXP2 = "log2_q8", "exp2_q14"
LOG2_WITHIN = 2
EXP2_WITHIN = 1 / 5000
OCTAVES = 40


def of_all(worker, name, first, end):
    given = {"name": name, "numbers": None, "first": first, "end": end}
    return np.array(worker.call("snippet:run", POWERS, given))


def of_these(worker, name, numbers):
    return worker.call("snippet:run", POWERS, {"name": name, "numbers": numbers})


def test_logarithms_of_what_is_small_are_within_2(worker):
    n = np.arange(1, 20_000)
    found = of_all(worker, LOG2, 1, 20_000)
    assert abs(found - 256 * np.log2(n)).max() <= LOG2_WITHIN
    assert np.diff(found).min() >= 0


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0, 1, exclude_max=True), min_size=OCTAVES, max_size=OCTAVES))
def test_logarithms_of_every_octave_are_within_2(worker, parts):
    numbers = [(1 << octave) + int(part * (1 << octave)) for octave, part in enumerate(parts)]
    for n, found in zip(numbers, of_these(worker, LOG2, numbers), strict=True):
        assert abs(found - 256 * math.log2(n)) <= LOG2_WITHIN


def test_the_logarithm_of_a_power_of_two_is_exact(worker):
    found = of_these(worker, LOG2, [1 << octave for octave in range(OCTAVES)])
    assert found == [256 * octave for octave in range(OCTAVES)]


def test_powers_of_two_are_rounded_down_within_1_in_5000(worker):
    """Twenty octaves down and ten up, each exponent of them."""
    x = np.arange(-20 * 256, 10 * 256)
    found = of_all(worker, EXP2, -20 * 256, 10 * 256)
    true = 2.0 ** (14 + x / 256)
    assert np.all(found <= true * (1 + EXP2_WITHIN))
    assert np.all(found >= true * (1 - EXP2_WITHIN) - (true < 1 / EXP2_WITHIN))
    assert np.all(np.diff(found) >= 0)


def test_a_whole_exponent_gives_a_whole_power(worker):
    assert of_these(worker, EXP2, [256 * k for k in range(-14, 11)]) == [1 << k for k in range(25)]


def test_what_is_far_below_one_is_nothing(worker):
    assert of_these(worker, EXP2, array("i", [-15 * 256, -100_000, -(1 << 29)])) == [0, 0, 0]
