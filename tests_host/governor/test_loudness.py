"""How loud a block is told to be: A-weighted, re a full-scale sine, block after block."""

import math
from array import array

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sleepsync.world.sound import a_weighting

BLOCK, RATE_HZ = 1536, 16000
SOURCE = """
from loudness import Loudness
loudness = Loudness()
result = [loudness.weigh(block) for block in blocks]
"""


def levels(worker, blocks):
    blocks = [array("h", [int(v) for v in block]) for block in blocks]
    return worker.call("snippet:run", SOURCE, {"blocks": blocks})


def sine(hz, size=32767, blocks=3):
    t = np.arange(blocks * BLOCK) / RATE_HZ
    return np.rint(size * np.sin(2 * np.pi * hz * t)).astype(int).reshape(blocks, BLOCK)


def test_a_full_scale_sine_of_1_khz_is_0(worker):
    assert levels(worker, sine(1000))[1:] == pytest.approx([0, 0], abs=3)


@pytest.mark.parametrize("hz", [63, 125, 250, 500, 2000, 4000, 6300])
def test_other_pitches_are_weighted(worker, hz):
    wanted = 2000 * math.log10(float(a_weighting(hz)))
    assert levels(worker, sine(hz))[1:] == pytest.approx([wanted] * 2, abs=40)


@pytest.mark.parametrize("size", [33, 328, 3277])
def test_levels_follow_the_size(worker, size):
    wanted = 2000 * math.log10(size / 32767)
    assert levels(worker, sine(1000, size))[1:] == pytest.approx([wanted] * 2, abs=15)


def test_silence_is_the_floor(worker):
    assert levels(worker, np.zeros((2, BLOCK))) == [-10000, -10000]


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1 << 32))
def test_again_is_as_if_the_last_had_not_been(worker, seed):
    rng = np.random.default_rng(seed)
    one, two, three = (array("h", rng.integers(-9000, 9000, BLOCK).tolist()) for _ in range(3))
    source = """
from loudness import Loudness
def ear():
    return Loudness()
straight, other, fresh = ear(), ear(), ear()
a = [straight.weigh(one), straight.weigh(three)]
b = [other.weigh(one), other.weigh(two) and other.again(three)]
fresh.weigh(two)
fresh.forget()
result = [a, b, fresh.weigh(one)]
"""
    a, b, fresh = worker.call("snippet:run", source, {"one": one, "two": two, "three": three})
    assert a == b
    assert fresh == a[0]
