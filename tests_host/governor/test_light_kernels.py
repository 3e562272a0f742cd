"""The kernels of light: from a frame that obeys to one that obeys; no number leaves its word."""

import random
from array import array

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kernel_inputs import COLOURS
from shining import constants, lights, melanopic_mlx, photopic_mlx

INT32, SMALL_INT = 1 << 31, 1 << 30
MOST_COUNTS = (800 - 24) * 255 // 20
MOST_PHOTOPIC = 24 * 255 * (12 + 7 + 4)
MOST_MELANOPIC = 24 * 255 * (11 + 1 + 36)


def approach(worker, frame, goal, rests, state, share):
    """(frame, rests, state) as the kernel leaves them."""
    _, left = worker.call_in_place(
        "firmware.governor.light_kernels:approach",
        array("B", frame),
        array("B", goal),
        array("H", rests),
        array("B", COLOURS),
        array("i", state),
        share,
    )
    return bytes(left[0]), list(left[2]), list(left[4])


def sums_of(frame):
    return [int(photopic_mlx(frame)[0]), int(melanopic_mlx(frame)[0]), int(lights(frame).sum())]


def obeying(r, amber):
    """A frame that holds few or many counts, and as a current that the ring may draw."""
    most = r.choice((0, 2, 20, 130))
    frame = bytearray(r.randint(0, most) for _ in range(72))
    for at in range(0, 72, 3):
        if amber:
            frame[at] = r.choice((frame[at + 1] // 2, r.randint(0, frame[at + 1] // 2)))
            frame[at + 2] = 0
    return bytes(frame)


@settings(max_examples=150, deadline=None)
@given(
    st.integers(0, 1 << 32),
    st.booleans(),
    st.sampled_from((0, 1, 2, 300, 5000, 65536)) | st.integers(0, 65536),
    st.sampled_from((0, 5, 7, 12, 40, 800)) | st.integers(0, 800),
    st.booleans(),
)
def test_what_obeyed_obeys(worker, seed, amber, share, budget, scarce):
    """Any goal, any share: the budget, each ceiling that the frame kept, and the amber rule."""
    r = random.Random(seed)
    frame = obeying(r, amber)
    goal = bytes(r.choice((0, 255, r.randint(0, 255))) for _ in range(72))
    goal = b"".join(bytes([g, e, 0 if amber else b]) for g, e, b in lights(goal)[0].tolist())
    before = sums_of(frame)
    if before[2] > MOST_COUNTS:
        return
    ceiling = max(before[:2]) + r.choice((0, 1, 50, 10**5))
    state = [*before, ceiling, int(amber), r.randrange(72), budget, int(scarce)]
    rests = [r.choice((0, 65535, r.randrange(65536))) for _ in range(72)]
    after, _, left = approach(worker, frame, goal, rests, state, share)
    sums = sums_of(after)
    assert left[:3] == sums
    assert abs(sums[0] - before[0]) <= budget
    assert max(sums[:2]) <= ceiling
    assert sums[2] <= MOST_COUNTS
    assert 0 <= left[5] < 72
    moved = np.subtract(list(after), list(frame))
    wanted = np.subtract(list(goal), list(frame))
    if not amber:
        assert (moved * wanted >= 0).all()
    assert (np.abs(moved) <= np.minimum(np.abs(wanted), 10)).all()
    if amber:
        green, red, blue = np.moveaxis(lights(after), 2, 0)
        assert (2 * green <= red).all()
        assert not blue.any()


@pytest.mark.parametrize("room", range(0, 40, 3))
def test_the_ring_never_draws_more_than_it_may(worker, room):
    """With so many counts left, and light enough for 800 mlx more."""
    frame = bytearray([137] * 72)
    frame[0] += MOST_COUNTS - sum(frame) - room
    state = [*sums_of(bytes(frame)), 10**6, 0, 0, 800, 0]
    after, *_ = approach(worker, bytes(frame), bytes([255] * 72), [0] * 72, state, 65536)
    assert sum(after) == MOST_COUNTS


@pytest.mark.parametrize("place", range(72))
def test_a_count_that_cannot_be_paid_is_waited_for(worker, place):
    """With 11 mlx only green has to wait; the next tick begins with it, and has lost nothing."""
    frame, goal = bytes(72), bytes([200] * 72)
    state = [0, 0, 0, 300_000, 0, place, 11, 1]
    rests = [65000] * 72
    after, left, state = approach(worker, frame, goal, rests, state, 400)
    at = state[5] // 3 * 3 + (1, 0, 2)[state[5] % 3]
    if not place % 3:
        assert list(after).count(1) == 1  # red
    assert after[at] == 0
    assert left[at] == 65000


def test_no_number_leaves_its_word():
    """Of `approach` and `dim`, from frames and shares as the lane gives them."""
    assert SMALL_INT > 255 * 65536 + 65535
    assert SMALL_INT > 255 * 65536 + 23 * 19110
    assert MOST_MELANOPIC + 510 * 36 < SMALL_INT
    assert MOST_PHOTOPIC + 510 * 12 < SMALL_INT


def test_no_number_of_the_lane_is_a_big_one():
    of = constants("firmware/governor/light.py")
    assert of["_MOST_COUNTS"] == MOST_COUNTS
    brightest = MOST_COUNTS * 12
    assert brightest * of["_FLICKER_SHARE"] < SMALL_INT
    earned = of["_FLICKER_BASE"] + (brightest * of["_FLICKER_SHARE"] >> 10)
    budget = max(of["_CREDIT_MOST"], earned) >> 6
    for most in (2 * budget, MOST_COUNTS):
        assert most < 0x4000
    assert SMALL_INT > 0x3FFF << 16
    assert MOST_MELANOPIC << 11 < SMALL_INT  # a ceiling above what is wanted asks no share


@pytest.mark.parametrize(
    ("most", "wanted"), [(5, 140_760), (777, 800), (16_383, 16_384), (16_384, 293_760), (9, 9)]
)
def test_a_share_never_brings_more_than_allowed(worker, most, wanted):
    share = worker.call("firmware.governor.light:_share", most, wanted)
    assert share * wanted <= most << 16
    assert share > 0
    assert share * wanted > 0.98 * (most << 16) or share <= 3


def dim(worker, frame, share, amber):
    """(frame, sums) as the kernel leaves them."""
    _, (after, sums, *_) = worker.call_in_place(
        "firmware.governor.light_kernels:dim",
        array("B", frame),
        array("i", [0] * 3),
        share,
        int(amber),
    )
    return bytes(after), list(sums)


@settings(max_examples=80, deadline=None)
@given(st.binary(min_size=72, max_size=72), st.integers(0, 65536))
def test_dim_keeps_the_proportion_around_the_ring(worker, frame, share):
    after, _ = dim(worker, frame, share, False)
    exact = np.array(list(frame)) * share / 65536
    assert (np.abs(np.array(list(after)) - exact) < 1).all()
    even = lights(dim(worker, bytes([100, 37, 9] * 24), share, False)[0])[0].sum(0)
    assert even == pytest.approx(np.array([2400, 888, 216]) * share / 65536, abs=1.1)


@settings(max_examples=60, deadline=None)
@given(st.binary(min_size=72, max_size=72), st.integers(0, 65536), st.booleans())
def test_dim_adds_up_and_takes_out_what_amber_forbids(worker, frame, share, amber):
    wanted, _ = dim(worker, frame, share, False)
    if amber:
        wanted = b"".join(bytes([min(g, r // 2), r, 0]) for g, r, _ in lights(wanted)[0].tolist())
    assert dim(worker, frame, share, amber) == (wanted, sums_of(wanted))


def test_a_whole_share_changes_nothing(worker):
    for frame in (bytes(range(72)), bytes([255] * 72), bytes(72)):
        assert dim(worker, frame, 65536, False)[0] == frame
