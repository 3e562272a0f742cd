"""What rich light is made of: curves, chance, the kernel, and what each kind draws of them."""

import numpy as np
import pytest
from rendering import FACTS, frames, paint
from shining import constants

pytestmark = pytest.mark.sound

SMALL_INT = 1 << 30
FULL_ROOT, FULL_Q8, MOST_SHARE = 16_360, 65_280, 16_383
CURVES = "from firmware.bedside.curves import *\n"
KEYS = ((0, 5000, 6500, 1500),)


def curve(worker, expression, **given):
    return np.array(worker.call("snippet:run", CURVES + "result = " + expression, given))


# -- curves


def test_a_sine_is_one(worker):
    turns = np.arange(0, 65_536, 7)
    found = curve(worker, "[sine(turn) for turn in turns]", turns=turns.tolist())
    assert np.abs(found - 4096 * np.sin(2 * np.pi * turns / 65_536)).max() < 7


def test_what_is_eased_has_no_corner(worker):
    found = curve(worker, "[eased(i) for i in range(1025)]")
    assert found[[0, 512, 1024]].tolist() == [0, 512, 1024]
    assert (np.diff(found) >= -1).all()
    assert np.abs(np.diff(found[::32], 2)).max() < 10


def test_a_breath_is_in_for_two_fifths(worker):
    found = curve(worker, "[breath(i, 250) for i in range(500)]")
    assert found[[0, 100, 250, 350]].tolist() == [0, 1024, 0, 1024]
    assert (np.diff(found[:101]) >= -1).all()
    assert (np.diff(found[100:251]) <= 1).all()


@pytest.mark.parametrize("seed", [1, 2, 12_345, SMALL_INT - 1])
def test_chance_is_even_and_knows_no_neighbour(worker, seed):
    source = "[[chance(seed, i, k) for i in range(24)] for k in range(300)]"
    found = curve(worker, source, seed=seed)
    counts, _ = np.histogram(found, 8, (0, 1024))
    assert np.abs(counts - 900).max() < 130
    for one, other in ((found[1:], found[:-1]), (found[:, 1:], found[:, :-1])):
        assert abs(np.corrcoef(one.ravel(), other.ravel())[0, 1]) < 0.05
    again = curve(worker, source, seed=seed % 1000 + 7)
    assert abs(np.corrcoef(found.ravel(), again.ravel())[0, 1]) < 0.05


# -- the kernel


def test_no_number_leaves_its_word():
    of = constants("firmware/bedside/curves.py")
    assert of["_PRIME"] * of["_FACTOR"] < SMALL_INT
    assert (1 << 29) + of["_PRIME"] < SMALL_INT
    assert SMALL_INT > 0x7FFF * 0x8000 // 4
    assert FULL_Q8 * MOST_SHARE + 255 < SMALL_INT  # of `paint`
    assert MOST_SHARE * 8 < SMALL_INT
    assert (FULL_ROOT * FULL_ROOT >> 12) * FULL_ROOT < SMALL_INT  # of `Path`
    assert (FULL_ROOT * FULL_ROOT >> 12) * FULL_ROOT >> 14 <= FULL_Q8
    assert FULL_ROOT * 65_000 < SMALL_INT
    assert MOST_SHARE * (24 << 10) < SMALL_INT  # of `shared_out`


def test_a_light_s_share_is_of_the_colour(worker):
    shares = list(range(0, 2400, 100))
    found = paint(worker, [25_600, 51_200, 2560], shares, shares, 0)
    wanted = np.outer(shares, [100, 200, 10]) / 1024
    assert (np.abs(found - np.minimum(wanted, 255)) <= 1).all()


def test_pictures_go_over_into_each_other(worker):
    for place in range(8):
        found = paint(worker, [25_600] * 3, [0] * 24, [1024] * 24, place)
        assert np.abs(found - 100 * place / 8).max() <= 1


def test_what_is_too_bright_is_at_its_brightest(worker):
    assert (paint(worker, [FULL_Q8] * 3, [MOST_SHARE] * 24, [MOST_SHARE] * 24, 3) == 255).all()
    assert not paint(worker, [FULL_Q8] * 3, [0] * 24, [0] * 24, 3).any()


@pytest.mark.parametrize("fraction", range(0, 256, 17))
def test_a_fraction_lies_around_the_ring(worker, fraction):
    found = paint(worker, [512 + fraction] * 3, [1024] * 24, [1024] * 24, 0)[:, 0]
    assert abs(found.sum() - 24 * (2 + fraction / 256)) <= 1
    lit = np.flatnonzero(found > 2)
    if len(lit) > 2:
        gaps = np.diff([*lit, lit[0] + 24])
        assert gaps.max() <= 3 * 24 / len(lit)


# -- what is drawn


def test_a_path_is_even_to_the_eye(worker):
    """The cube root of what is shown goes in a straight line."""
    keys = ((0, 0, 0, 0), (2000, 9000, 15_000, 3000))
    seen = frames(worker, "path", (keys,), range(0, 2001, 100)).mean(1)
    wanted = np.linspace(0, 1, 21)[:, np.newaxis] * [9000, 15_000, 3000]
    lightness = np.cbrt(seen[:, 1] / 256) * 16_384
    assert np.abs(lightness - wanted[:, 1])[4:].max() < 60
    assert np.abs(seen - 256 * (wanted / 16_384) ** 3).max() < 1


def test_a_path_holds_its_last_key_and_meets_each(worker):
    keys = ((0, 3000, 9000, 0), (50, 0, 8000, 0), (51, 9000, 0, 9000))
    seen = frames(worker, "path", (keys,), [0, 50, 51, 52, 70_000]).mean(1)
    wanted = 256 * (np.array([row[1:] for row in keys]) / 16_384) ** 3
    assert np.abs(seen[:3] - wanted).max() < 1
    assert (seen[2:] == seen[2]).all()


def test_embers_are_never_the_same_twice_and_alike_for_one_seed(worker):
    ticks = range(0, 4000, 40)
    one, again, other = (
        frames(worker, "embers", (KEYS, 6, 700), ticks, (seed, *FACTS[1:])) for seed in (5, 5, 6)
    )
    assert (one == again).all()
    assert np.abs(one - other).mean() > 2
    waves = one[:, :, 1] - one[:, :, 1].mean()
    for later in range(10, 50):
        assert np.corrcoef(waves[later:].ravel(), waves[:-later].ravel())[0, 1] < 0.5


@pytest.mark.parametrize(
    ("kind", "shape"),
    [("iris", (107, 3, 0)), ("iris", (250, 1, 0)), ("embers", (2, 900)), ("embers", (20, 600))],
)
def test_the_ring_as_a_whole_stays_as_bright_as_it_is(worker, kind, shape):
    sums = frames(worker, kind, (KEYS, *shape), range(1500)).sum(1)
    mean = frames(worker, "path", (KEYS,), [0]).sum(1)[0]
    assert np.abs(sums - mean).max() <= np.maximum(0.012 * mean, 7).max()


@pytest.mark.parametrize(("kind", "shape"), [("iris", (107, 2, 90)), ("embers", (2, 900))])
def test_a_tick_asked_for_alone_is_the_same(worker, kind, shape):
    """Nothing hangs on the ticks before."""
    row = frames(worker, kind, (KEYS, *shape), range(400))
    for tick in (399, 7, 8, 123):
        assert (frames(worker, kind, (KEYS, *shape), [tick])[0] == row[tick]).all()
