"""No sum of the synthesiser's kernels leaves its word: the proofs that their docstrings promise."""

import itertools

import numpy as np
import pytest
from playing import voice
from scipy.signal import lfilter
from sleepsync.scenes.recipes import RECIPES
from sleepsync.scenes.voices import VOICES

pytestmark = pytest.mark.sound
INT32 = 1 << 31
SAMPLE, WHITE = 1 << 15, 1 << 14
ONE_Q12 = 1 << 12
GAIN_Q15 = 32767


@pytest.fixture(scope="module")
def colours(worker):
    return worker.call("snippet:run", "from firmware.bedside.noise import _COLOURS as result", {})


@pytest.fixture(scope="module")
def instruments(worker):
    source = "from firmware.bedside.notes import _INSTRUMENTS as result"
    return worker.call("snippet:run", source, {})


def test_noise_stays_in_its_word(colours):
    """A low pass by shares is never beyond what goes in."""
    for direct, *poles in colours:
        shares, gains = poles[::2], poles[1::2]
        assert all(0 <= share <= ONE_Q12 for share in shares)
        assert abs(direct) + sum(map(abs, gains)) <= 64 << 10
    assert (2 * WHITE << 12) < INT32  # the gap between white noise and what is left of it
    assert 2 * WHITE * ONE_Q12 < INT32
    assert WHITE * (64 << 10) < INT32


def most_of_filter(f, damping):
    """The largest low, band and high of `sift`, for samples of full scale, Q8.

    band' = band + f * high, high = x - low' - damping * band, low' = low + f * band: each is
    linear in what went in, so the most is the sum of the magnitudes of what a single sample does.
    """
    n = 40000
    x = np.eye(1, n)[0]
    a = [1, f * f + f * damping - 2, 1 - f * damping]
    band = lfilter([f, -f], a, x)
    low = f * np.cumsum(np.r_[0, band[:-1]])
    high = x - low - damping * np.r_[0, band[:-1]]
    return [256 * SAMPLE * np.abs(y).sum() for y in (low, band, high)]


def tunings():
    """(tuning, damping) as a scene may ask for them: its slowest, its sharpest, its edge."""
    for hz, q in itertools.product((40, 150, 700, 1500, 2200, 3000), (0.7, 0.8, 1, 3, 8)):
        try:
            (layer,) = voice("noise", hz=[hz, hz], q=q)
        except ValueError:
            continue
        yield layer[9][0], layer[10]


@pytest.mark.parametrize(("tuning", "damping"), list(tunings()))
def test_a_filter_stays_in_its_word(tuning, damping):
    assert 8 <= tuning <= 5000
    assert 512 <= damping <= 6000
    low, band, high = most_of_filter(tuning / ONE_Q12, damping / ONE_Q12)
    assert band / 512 * tuning < INT32
    assert band / 512 * damping < INT32
    assert high / 512 * tuning < INT32
    assert 256 * SAMPLE + low + band / 4096 * damping < INT32
    assert max(low, band, high) / 4096 * GAIN_Q15 < INT32


def test_a_filter_whose_tuning_glides_stays_in_its_word(worker):
    """From edge to edge within a block, with full scale at the worst moments."""
    (worst,) = voice("noise", cut="band", hz=[40, 3000], q=8)
    (low, high), damping = worst[9], worst[10]
    source = """
from array import array
from firmware.bedside.noise_kernels import sift
samples, out = array("h", [0] * 1536), array("h", [0] * 1536)
state = array("i", [1, low << 12, 0, damping, 0, 0])
most = 0
for block in range(40):
    period = 8 + 5 * block
    for i in range(1536):
        samples[i] = 32767 if i // period % 2 else -32768
    state[2] = ((high - low << 12) // 1536) * (-1 if block % 2 else 1)
    sift(samples, out, state, 1536, 0, 0)
    most = max(most, abs(state[4]), abs(state[5]))
result = most
"""
    most = worker.call("snippet:run", source, {"low": low, "high": high, "damping": damping})
    assert 256 * SAMPLE < most < INT32 / 6000 * 512


def test_a_note_stays_in_its_word(instruments):
    level, turn, sine = 32767 << 12, 1 << 24, 1 << 14
    for ratio, index, rise, second, fall, release in instruments:
        assert 0 < ratio < 1024
        assert 0 <= index <= 1023
        assert 0 <= second <= 256
        assert all(0 <= share < 1 << 14 for share in (rise, fall, release))
    assert turn + sine * 1023 < INT32
    assert ((level + 1) >> 12) * ((1 << 14) - 1) < INT32
    assert sine * GAIN_Q15 < INT32
    assert sine * (25732 + 10524) < INT32


def test_every_recipe_is_made_of_the_puck_s_own_voices():
    for name, row in RECIPES.items():
        assert len(voice(name)) == len(row)
        for part in row:
            assert set(part) <= {"voice", "gain", *VOICES[part["voice"]].keys}
