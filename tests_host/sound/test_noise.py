"""Noise and what is made of it: the colours are what they are called, and no two weathers alike."""

import numpy as np
import pytest
from playing import RATE_HZ, centroid_hz, envelope, modulation, most_alike, octave_levels_db, play
from playing import voice as voiced
from sleepsync.bench.spectrum import line

pytestmark = pytest.mark.sound
MINUTE = 625  # blocks
WEATHERS = ("rain", "ocean", "wind", "hearth")


@pytest.fixture(scope="module")
def weathers(worker, tmp_path_factory):
    """{name: two minutes of it}."""
    folder = tmp_path_factory.mktemp("weathers")
    return {name: play(worker, folder, voiced(name), 2 * MINUTE, seed=5) for name in WEATHERS}


@pytest.mark.parametrize(
    ("colour", "slope", "within_db"),
    [("white", 0, 0.3), ("pink", -3.01, 0.5), ("brown", -6.02, 0.5)],
)
def test_a_colour_falls_as_it_is_called(worker, tmp_path, colour, slope, within_db):
    """In dB an octave from 50 Hz to 7 kHz: in all, and no third of an octave far from the line."""
    x = play(worker, tmp_path, voiced(colour), 5 * MINUTE, seed=3)
    hz, levels = octave_levels_db(x, 50, 7000)
    found, off = line(hz, levels, slope)
    assert found == pytest.approx(slope, abs=0.1)
    assert off < within_db


@pytest.mark.parametrize("colour", ["white", "pink", "brown"])
def test_a_colour_is_hardly_ever_clipped(worker, tmp_path, colour):
    x = play(worker, tmp_path, voiced(colour), 2 * MINUTE)
    assert (np.abs(x) >= 32767).mean() < 1e-5
    assert x.std() > 5000


def test_no_number_comes_again_within_a_night(run_in):
    """The generator's period is 2^30 - 1: its matrix over two elements has no smaller one."""
    steps = "firmware.bedside.noise_kernels"
    columns = run_in(
        f"""
from array import array
from {steps} import noise
result, out = [], array("h", [0])
for bit in range(30):
    state = array("i", [1 << bit, 0, 0])
    noise(state, 3, out, 1)
    result.append(state[0])
"""
    )

    def applied(matrix, x):
        y = 0
        for i, column in enumerate(matrix):
            if x >> i & 1:
                y ^= column
        return y

    def power(matrix, exponent):
        result = identity
        while exponent:
            if exponent & 1:
                result = [applied(matrix, column) for column in result]
            matrix = [applied(matrix, column) for column in matrix]
            exponent >>= 1
        return result

    identity = [1 << i for i in range(30)]
    period = (1 << 30) - 1
    assert period / RATE_HZ > 18 * 3600
    assert power(columns, period) == identity
    for prime in (3, 7, 11, 31, 151, 331):
        assert power(columns, period // prime) != identity


def test_weathers_have_their_own_colour(weathers):
    centroids = {name: centroid_hz(x) for name, x in weathers.items()}
    assert 3000 < centroids["rain"] < 4000
    assert 1800 < centroids["ocean"] < 2600
    assert 1000 < centroids["wind"] < 1300
    assert 650 < centroids["hearth"] < 1050


def test_weathers_move_in_their_own_way(weathers):
    """Slow swells, or gusts; crackling in between; and steady rain."""
    slow, crackle, _ = np.transpose([modulation(weathers[name]) for name in WEATHERS])
    depth = [envelope(weathers[name]).std() / envelope(weathers[name]).mean() for name in WEATHERS]
    rain, ocean, wind, hearth = range(4)
    assert slow[ocean] > 0.95 > slow[wind] > 0.75 > slow[rain]
    assert crackle[hearth] > 0.12 > crackle[rain] > crackle[wind] > crackle[ocean]
    assert depth[rain] < 0.25 < depth[hearth] < depth[ocean]


@pytest.mark.parametrize("name", WEATHERS)
def test_no_weather_repeats(weathers, name):
    """Not a stretch of its samples, nor of its loudness."""
    x = weathers[name]
    assert most_alike(x, 2) < 0.03
    loud = np.repeat(envelope(x), RATE_HZ // 50)
    assert most_alike(loud, 30) < 0.8


@pytest.mark.parametrize("name", WEATHERS)
def test_another_act_has_other_weather_and_a_replay_the_same(worker, tmp_path, name):
    first, again, other = (play(worker, tmp_path, voiced(name), 40, seed=s) for s in (7, 7, 8))
    assert (first == again).all()
    assert np.abs(np.corrcoef(first, other)[0, 1]) < 0.05


def drift(worker, seed, steps, is_wave, count=4000):
    source = """
from firmware.bedside.dice import Dice, Drift
drift = Drift(Dice(seed), steps, is_wave)
result = [drift.next() for _ in range(count)]
"""
    given = {"seed": seed, "steps": steps, "is_wave": is_wave, "count": count}
    return np.array(worker.call("snippet:run", source, given))


def turns(x):
    """Where it is highest or lowest for a while."""
    moves = np.flatnonzero(np.diff(x))
    ways = np.sign(np.diff(x)[moves])
    return moves[np.flatnonzero(np.diff(ways))] + 1


def test_waves_rise_quickly_and_high_and_fall_slowly_and_low(worker):
    x = drift(worker, 3, 40, True)
    at = turns(x)
    heights, lengths = x[at], np.diff(at)
    high, low = (
        (heights[::2], heights[1::2]) if x[at[0]] > x[at[1]] else (heights[1::2], heights[::2])
    )
    assert high.min() > 2400 > 500 > low.max()
    assert np.median(lengths[::2]) > 1.2 * np.median(lengths[1::2])
    assert len(set(lengths.tolist())) > 15


def test_gusts_come_wherever_chance_has_it(worker):
    x = drift(worker, 3, 40, False)
    heights = x[turns(x)]
    assert heights.min() < 400 < 1500 < np.median(heights) < 2600 < 3700 < heights.max() <= 4096
    assert x.min() >= 0


def test_no_drift_has_a_corner(worker):
    for is_wave in (False, True):
        bends = np.abs(np.diff(drift(worker, 9, 40, is_wave), 2))
        assert bends.max() < 6 * 4096 / 16**2 + 8


def test_two_acts_drift_apart(worker):
    one, other = (drift(worker, seed, 40, True) for seed in (1, 2))
    assert np.abs(np.corrcoef(one, other)[0, 1]) < 0.3


@pytest.mark.parametrize("name", ["ocean", "wind"])
def test_another_act_has_gusts_and_waves_at_other_times(worker, tmp_path, name):
    one, other = (play(worker, tmp_path, voiced(name), MINUTE, seed=s) for s in (7, 8))
    slow = [envelope(x, 1) for x in (one, other)]
    assert np.corrcoef(*slow)[0, 1] < 0.7


@pytest.mark.parametrize("cut", ["low", "band", "high"])
@pytest.mark.parametrize("hz", [200, 1000, 2500])
def test_a_filter_cuts_where_it_says(worker, tmp_path, cut, hz):
    """12 dB an octave beside the band that is left, 6 for the band pass."""
    keys = {"cut": cut, "hz": [hz, hz], "q": 1}
    specs = voiced("noise", gain=0.25, **keys), voiced("white", gain=0.25)
    passed, plain = (play(worker, tmp_path, spec, MINUTE) for spec in specs)

    def level(times):
        low, high = hz * times / 1.1, hz * times * 1.1
        found = [octave_levels_db(x, low, high, per_octave=4)[1].mean() for x in (passed, plain)]
        return found[0] - found[1]

    below, at, above = level(1 / 4), level(1), level(2)
    assert at == pytest.approx(0, abs=1.5)
    assert below == pytest.approx({"low": 0.3, "band": -11.6, "high": -24}[cut], abs=2)
    if hz < 2500:
        assert above == pytest.approx({"low": -11, "band": -5.5, "high": 1}[cut], abs=3)


def test_a_filter_that_would_sound_by_itself_is_refused():
    with pytest.raises(ValueError, match=r"^q: with 3000 Hz it must be at least 0\.\d+$"):
        voiced("noise", cut="band", hz=[40, 3000], q=0.7)
