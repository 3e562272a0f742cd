"""The judge of the ring: levels, colour, slew and flicker that are known beforehand."""

import numpy as np
import pytest
from made_emitted import TICK_US, S, frame, judged, ramp
from sleepsync.emitted.eye import MELANOPIC_LX, PHOTOPIC_LX
from sleepsync.emitted.flicker import flicker
from sleepsync.emitted.lanes import Lane

pytestmark = pytest.mark.governor
NO_CUTS = np.empty(0, np.int64)


# -- level, colour, current


def test_a_count_is_what_the_datasheet_says_at_half_a_metre():
    assert pytest.approx([2.88, 1.68, 0.80]) == 255 * PHOTOPIC_LX


def test_melanopic_light_is_near_what_cie_s_026_has_of_such_colours():
    """Melanopic daylight efficacy ratios: of 525 nm 0.85, of 625 nm next to nothing, of 467 nm
    eleven."""
    ratio = MELANOPIC_LX / PHOTOPIC_LX
    assert ratio == pytest.approx([0.848, 0.00216, 11.05], rel=0.01)


def test_levels_are_the_sum_of_the_lights(tmp_path):
    night = judged(tmp_path, [(S, frame(10, 20, 30, lights=7)), (2 * S, frame())])
    photopic = 7 * (10 * 2.88 + 20 * 1.68 + 30 * 0.8) / 255
    assert night.figures["light_photopic_lx"] == pytest.approx(photopic)
    melanopic = 7 * np.array([10, 20, 30]) @ MELANOPIC_LX
    assert night.figures["light_melanopic_lx"] == pytest.approx(melanopic)
    assert night.figures["light_ring_ma"] == pytest.approx(24 + 20 * 7 * 60 / 255)
    assert night.spans(Lane.LIGHT).tolist() == [[S, 2 * S]]


@pytest.mark.parametrize(
    ("shown", "amber"),
    [
        (frame(), True),
        (frame(red=1), True),
        (frame(green=5, red=10), True),
        (frame(green=6, red=11), False),
        (frame(green=5, red=10, blue=1), False),
        (frame(green=200, red=255), False),
    ],
)
def test_amber_is_red_and_at_most_half_as_much_green(shown, amber, tmp_path):
    assert judged(tmp_path, [(S, shown)]).light.amber.tolist() == [amber]


def test_one_light_of_24_may_spoil_the_colour(tmp_path):
    shown = frame(green=5, red=10)
    shown[13] = 0, 0, 1
    assert judged(tmp_path, [(S, shown)]).light.amber.tolist() == [False]


def test_what_is_lit_at_the_end_is_lit_until_the_night_ends(tmp_path):
    night = judged(tmp_path, [(S, frame(red=3))])
    assert night.spans(Lane.LIGHT).tolist() == [[S, 60 * S]]


# -- slew


def slewed(tmp_path, light):
    figures = judged(tmp_path, light).figures
    return figures["light_counts_in_1s"], figures["light_counts_ahead"]


def test_ten_counts_a_tick_are_250_in_a_second_and_never_ahead(tmp_path):
    up = [frame(red=10 * k) for k in range(1, 26)]
    assert slewed(tmp_path, ramp(S, up)) == (250, pytest.approx(10))


def test_falling_counts_like_rising(tmp_path):
    up = [frame(red=8 * k) for k in range(1, 26)]
    down = [frame(red=200 - 10 * k) for k in range(1, 20)]
    in_1s, ahead = slewed(tmp_path, [*ramp(S, up), *ramp(4 * S, down)])
    assert (in_1s, ahead) == (200, pytest.approx(10))


def test_a_step_is_seen_as_one(tmp_path):
    assert slewed(tmp_path, [(S, frame(green=120))]) == (120, 120)


def test_each_channel_of_each_light_is_looked_at(tmp_path):
    shown = frame(red=4)
    shown[23, 2] = 90
    assert slewed(tmp_path, [(S, shown)]) == (90, 90)


def test_going_to_and_fro_counts_each_way_by_itself(tmp_path):
    rows = ramp(S, [frame(red=9 * (k % 2)) for k in range(1, 26)])
    assert slewed(tmp_path, rows)[0] == 9 * 13


@pytest.mark.parametrize(("apart_us", "counts"), [(980_000, 100), (979_999, 200)])
def test_a_second_is_one_less_what_a_tick_may_be_late(apart_us, counts, tmp_path):
    rows = [(S, frame(red=100)), (S + apart_us, frame(red=200))]
    assert slewed(tmp_path, rows)[0] == counts


def test_a_ramp_eleven_in_ten_too_steep_gets_ever_further_ahead(tmp_path):
    up = [frame(red=11 * k) for k in range(1, 24)]
    assert slewed(tmp_path, ramp(S, up))[1] == pytest.approx(11 + 22 * (11 - 10.2))


# -- cuts


def faded_in(shown, ticks=50):
    frames = [np.uint8(np.rint(shown * (k / ticks))) for k in range(1, ticks + 1)]
    return ramp(S, frames)


def test_a_cut_counts_for_no_slew_and_no_flicker(tmp_path):
    figures = judged(tmp_path, [*faded_in(frame(red=200)), (6 * S, frame())]).figures
    assert figures["light_cuts"] == 1
    assert figures["light_counts_ahead"] < 15
    assert figures["light_windows_left_out"] == 24  # starts on the grid, less than 1 s before


def test_dark_for_less_than_a_second_is_no_cut(tmp_path):
    lit = frame(red=200)
    rows = [*faded_in(lit), (6 * S, frame()), (6 * S + 900_000, lit)]
    figures = judged(tmp_path, rows).figures
    assert figures["light_cuts"] == 0
    assert figures["light_counts_ahead"] == 200
    assert figures["light_flicker"] > 10


def test_a_faint_last_step_is_no_cut(tmp_path):
    rows = [(S, frame(red=1, lights=1)), (3 * S, frame())]
    assert judged(tmp_path, rows).figures["light_cuts"] == 0


def test_one_light_that_stays_on_makes_it_no_cut(tmp_path):
    rows = [*faded_in(frame(red=200)), (6 * S, frame(red=1, lights=1))]
    figures = judged(tmp_path, rows).figures
    assert (figures["light_cuts"], figures["light_counts_ahead"]) == (0, 200)


# -- flicker


def staircase(wave, seconds=4, rate_hz=2000):
    """(us, lx) of a wave of seconds, held for half a millisecond each."""
    t_s = np.arange(seconds * rate_hz) / rate_hz
    return np.rint(t_s * S).astype(np.int64), wave(t_s)


def inner(found):
    """Windows that hold no end of a staircase of 4 s."""
    return (found.from_us >= 0) & (found.from_us <= 3 * S)


@pytest.mark.parametrize("hz", [2.0, 5.3, 12.0, 33.37, 64.9])
def test_a_sine_of_three_per_cent_is_seen_as_three_per_cent(hz):
    us, lx = staircase(lambda t_s: 10 * (1 + 0.03 * np.sin(2 * np.pi * hz * t_s)))
    found = flicker(us, lx, NO_CUTS)
    ratio, at = found.ratio[inner(found)], found.hz[inner(found)]
    assert ratio.min() > 0.97 * 0.3 / 0.22
    assert ratio.max() < 1.02 * 0.3 / 0.22
    assert np.abs(at - hz).max() <= 0.5


def test_the_floor_is_a_fiftieth_of_a_lux():
    us, lx = staircase(lambda t_s: 0.1 + 0.022 * np.sin(2 * np.pi * 10 * t_s))
    found = flicker(us, lx, NO_CUTS)
    assert found.ratio[inner(found)] == pytest.approx(1, rel=0.01)


@pytest.mark.parametrize("hz", [70, 120, 0.5])
def test_a_sine_outside_the_band_is_hardly_seen(hz):
    us, lx = staircase(lambda t_s: 10 * (1 + 0.03 * np.sin(2 * np.pi * hz * t_s)))
    found = flicker(us, lx, NO_CUTS)
    assert found.ratio[inner(found)].max() < 0.5


@pytest.mark.parametrize("hz", [1000, 1024, 2048])
def test_light_that_is_switched_a_thousand_times_a_second_is_steady(hz):
    edges = np.rint(np.arange(8 * hz) * S / (2 * hz)).astype(np.int64)
    found = flicker(edges, 100.0 * (np.arange(8 * hz) % 2), NO_CUTS)
    assert found.ratio[inner(found)].max() < 0.1


def test_switched_five_times_a_second_it_is_what_fourier_says():
    """The fundamental of a square wave from 0 to 2 is 4 / pi of its mean."""
    edges = np.arange(40) * 100_000
    found = flicker(edges, 2.0 * (np.arange(40) % 2), NO_CUTS)
    mean = found.ratio[inner(found)].mean()
    assert mean == pytest.approx(4 / np.pi / (0.02 + 0.02), rel=0.02)
    assert set(found.hz[inner(found)]) == {5.0}


def test_steady_light_costs_no_window_and_shows_no_component():
    found = flicker(np.array([0]), np.array([250.0]), NO_CUTS)
    assert len(found.ratio) == 24
    many = np.arange(0, 4 * S, TICK_US)
    found = flicker(many, np.full(len(many), 250.0), NO_CUTS)
    assert found.ratio[inner(found)].max() < 1e-6


def test_a_slow_ramp_is_what_its_window_makes_of_it():
    """Of a ramp's slope s the Hann window shows s * 4 / (2 pi) * 1/12 at 2 Hz, its worst."""
    us, lx = staircase(lambda t_s: 5 + 0.8 * t_s)
    found = flicker(us, lx, NO_CUTS)
    first = found.from_us == 0
    allowed = 0.02 * (5 + 0.4) + 0.02
    assert found.ratio[first] == pytest.approx(0.8 * 4 / (2 * np.pi) / 12 / allowed, rel=0.01)
    assert found.hz[first] == 2.0


def test_it_is_the_transform_of_the_sampled_window():
    """Random steps, against a plain sum over samples of 10 us."""
    random = np.random.default_rng(3)
    us = np.sort(random.integers(0, 3 * S, 60)) // 10 * 10
    lx = random.uniform(0, 5, 60)
    found = flicker(us, lx, NO_CUTS)
    at = int(np.flatnonzero(found.from_us == 40 * TICK_US // 2)[0])
    t_us = found.from_us[at] + np.arange(5, S, 10)
    held = lx[np.searchsorted(us, t_us, side="right") - 1]
    window = np.hanning(len(held) + 2)[1:-1]
    mean = (held * window).sum() / window.sum()
    turns = np.exp(-2j * np.pi * found.hz[at] * t_us / S)
    amplitude = 2 * abs(((held - mean) * window * turns).sum()) / window.sum()
    assert found.ratio[at] == pytest.approx(amplitude / (0.02 * mean + 0.02), rel=1e-3)


def test_windows_far_apart_are_judged_like_near_ones():
    wave = lambda t_s: 10 * (1 + 0.03 * np.sin(2 * np.pi * 5.3 * t_s))  # noqa: E731
    us, lx = staircase(wave)
    late = us + 28_000 * S
    found = flicker(np.concatenate((us, late)), np.concatenate((lx, lx)), NO_CUTS)
    early = found.from_us < 3 * S
    same = found.ratio[early & (found.from_us >= 0)]
    assert found.ratio[found.from_us >= 28_000 * S][: len(same)] == pytest.approx(same, rel=1e-6)


def test_windows_with_a_cut_are_left_out_and_counted():
    us, lx = np.array([0, 2 * S]), np.array([5.0, 0.0])
    assert flicker(us, lx, NO_CUTS).ratio.max() > 10
    found = flicker(us, lx, np.array([0, 2 * S]))
    assert (len(found.ratio), found.left_out) == (0, 48)
