"""The lane of sound, in the VM: never louder than allowed, and its figures are true."""

import zlib
from array import array

import numpy as np
import pytest
from acting import SOUND
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import lfilter

BLOCK, RATE_HZ = 1536, 16000
RUN = (
    SOUND
    + """
lane.begin(Script(blocks), ceiling, speaker, length, allowance)
result = [heard(lane), figures(lane)]
"""
)
TONE = (
    SOUND
    + """
lane.begin(Tone(*tone), ceiling, speaker, length, allowance)
result = [heard(lane), figures(lane)]
"""
)


def samples(out):
    return np.frombuffer(out, np.int16).astype(float)


def levels_db(out, settled_gain_db=0.5346):
    """Of each block, re a full-scale sine of 1 kHz, by the filter of `weigh`'s docstring."""
    change = np.diff(samples(out) / 32768, prepend=0)
    for share in (1 / 64, 19 / 512, 1 / 4):
        last = lfilter([1], [1, share - 1], change)
        change = np.diff(last, prepend=0)
    weighted = last - change / 8
    energy = (weighted.reshape(-1, BLOCK) ** 2).mean(1)
    return 10 * np.log10(2 * energy + 1e-12) + settled_gain_db


def play(worker, blocks, ceiling=5000, speaker=9200, length=40, allowance=10**9):
    blocks = [array("h", [int(v) for v in block]) for block in blocks]
    given_ = {"blocks": blocks, "ceiling": ceiling, "speaker": speaker, "length": length}
    return worker.call("snippet:run", RUN, {**given_, "allowance": allowance})


def tone(worker, tone_, ceiling=5000, speaker=9200, length=60, allowance=10**9):
    given_ = {"tone": tone_, "ceiling": ceiling, "speaker": speaker, "length": length}
    return worker.call("snippet:run", TONE, {**given_, "allowance": allowance})


def noises(seed, count):
    """Blocks of every kind: sines of any pitch, steps, noise, full scale and next to nothing."""
    rng = np.random.default_rng(seed)
    t = np.arange(BLOCK) / RATE_HZ
    for _ in range(count):
        size = rng.choice([1, 300, 8000, 32767])
        yield np.clip(
            size
            * [
                lambda: np.sin(2 * np.pi * rng.integers(20, 8000) * t),
                lambda: rng.choice([-1, 1]) * np.ones(BLOCK),
                lambda: rng.uniform(-1, 1, BLOCK),
                lambda: np.sign(np.sin(2 * np.pi * rng.integers(1, 3000) * t)),
                lambda: np.zeros(BLOCK),
            ][rng.integers(5)](),
            -32768,
            32767,
        ).astype(int)


# -- how loud


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 1 << 32), st.sampled_from((2500, 3500, 5000, 7500, 9200, 9900)))
def test_no_renderer_makes_it_too_loud(worker, seed, ceiling):
    out, figures = play(worker, noises(seed, 20), ceiling)
    levels = levels_db(out)
    assert levels.max() <= (ceiling - 9200) / 100 + 0.05
    assert figures[2] <= ceiling - 9200
    if levels.max() > -60:  # below, the kernel's own rounding is part of it
        assert figures[2] / 100 == pytest.approx(levels.max(), abs=0.15)
    assert figures[4] == zlib.crc32(out)
    assert figures[0] + figures[1] == len(levels)


@pytest.mark.parametrize("ceiling", [3500, 5000, 7500, 9100])
@pytest.mark.parametrize("hz", [660, 1000])
def test_full_scale_is_as_loud_as_allowed(worker, ceiling, hz):
    out, _ = tone(worker, ((hz,), 0, 0, 0), ceiling)
    level = levels_db(out)[20:55]
    assert level == pytest.approx((ceiling - 9200) / 100 - {660: 2.1, 1000: 0.1}[hz], abs=0.4)


def test_a_quiet_speaker_gets_full_scale(worker):
    out, _ = tone(worker, ((1000,), 0, 0, 0), 9000, 8000)
    assert levels_db(out)[20:55] == pytest.approx(0, abs=0.1)


def test_a_low_pitch_may_be_stronger(worker):
    """The ceiling is A-weighted, but no gain makes full scale louder."""
    low, _ = tone(worker, ((150,), 0, 0, 0))
    assert np.abs(samples(low)).max() == pytest.approx(32767 * 10 ** (-42.1 / 20), rel=0.02)


def test_who_was_too_loud_stays_softer(worker):
    """A pitch that the weighting lifts: one correction, then steady."""
    out, figures = tone(worker, ((2500,), 0, 0, 0))
    levels = levels_db(out)[3:55]
    peaks = np.abs(samples(out))[3 * BLOCK : 55 * BLOCK].reshape(-1, 128).max(1)
    assert figures[2] <= -4200
    assert np.ptp(peaks) <= 2
    assert np.ptp(levels) < 0.05
    assert levels.min() > -43


# -- gain, step by step


@pytest.mark.parametrize("gain", [0, 1, 46, 16_384, 32_767])
def test_a_gain_rounds_to_the_nearest_and_never_leaves_its_word(worker, gain):
    extremes = array("h", [-32768, -32767, -1, 0, 1, 100, 32767])
    _, (*_, after, _) = worker.call_in_place(
        "firmware.governor.sound_kernels:amplify", gain << 12, 0, len(extremes), extremes, 0
    )
    exact = [v * gain / 32768 for v in extremes]
    assert np.abs(np.array(after) - exact).max() <= 0.5
    assert 32768 * 32767 + 0x4000 < 1 << 30
    assert (32767 << 12) + BLOCK * ((3146 << 12) // BLOCK) < 1 << 30


def test_gain_rises_slowly_and_falls_slowly(worker):
    out, figures = tone(worker, ((1000,), 0, 0, 0), 9100, 9200, 30)
    sizes = np.abs(samples(out)).reshape(-1, BLOCK).max(1)
    assert (np.diff(np.r_[0, sizes]) <= 3146 + 40).all()
    assert (np.diff(np.r_[sizes, 0]) >= -3146 - 40).all()
    assert figures[0] == 30
    assert 9 <= figures[1] <= 11
    assert sizes[-1] <= 3200


def test_nothing_clicks(worker):
    """No step between two samples is larger than a sine of that pitch makes."""
    for ceiling in (5000, 9100):
        out, _ = tone(worker, ((500, 700), 3, 5, 0), ceiling, length=40)
        x = samples(out)
        assert np.abs(np.diff(x)).max() <= 2 * np.pi * 700 / RATE_HZ * np.abs(x).max() + 2


def test_an_act_that_takes_over_fades_the_last_within_a_block(worker):
    source = (
        SOUND
        + """
lane.begin(Tone((1000,), 0, 0, 0), 5000, 9200, 100, 1000000000)
first = heard(lane, 30)
script = Script([array('h', [0] * 1536)])
is_cut = lane.begin(script, 5000, 9200, 10, 1000000000)
result = [first, heard(lane), is_cut, script.asked, figures(lane)]
"""
    )
    first, second, is_cut, asked, figures = worker.call("snippet:run", source, {})
    joined = samples(first + second)
    assert not is_cut
    assert asked == list(range(len(asked)))
    assert figures[0] == 10
    assert not joined[31 * BLOCK :].any()
    assert joined[30 * BLOCK : 30 * BLOCK + 100].any()
    assert np.abs(np.diff(joined)).max() <= 2 * np.pi * 1000 / RATE_HZ * joined.max() + 2


def test_a_last_block_that_swells_does_not_mute_the_next_act(worker):
    """The act that is left gets loud in the very block in which it fades."""
    soft, loud = (array("h", [v, -v] * 768) for v in (300, 32767))
    source = (
        SOUND
        + """
lane.begin(Script([soft] * 30 + [loud] * 9), 7000, 9200, 100, 1000000000)
heard(lane, 30)
is_cut = lane.begin(Tone((1000,), 0, 0, 0), 5000, 9200, 20, 1000000000)
result = [is_cut, heard(lane), figures(lane)]
"""
    )
    is_cut, out, figures = worker.call("snippet:run", source, {"soft": soft, "loud": loud})
    assert not is_cut
    assert figures[2] <= -4200
    assert levels_db(out)[3:19] == pytest.approx(-42.1, abs=0.3)


def test_what_is_too_loud_for_the_next_act_is_cut(worker):
    source = (
        SOUND
        + """
lane.begin(Tone((1000,), 0, 0, 0), 7000, 9200, 100, 1000000000)
heard(lane, 30)
is_cut = lane.begin(Tone((1000,), 0, 0, 0), 3500, 9200, 10, 1000000000)
result = [is_cut, heard(lane), figures(lane)]
"""
    )
    is_cut, out, figures = worker.call("snippet:run", source, {})
    assert is_cut
    assert np.abs(samples(out)[:20]).max() <= 2
    assert figures[2] <= 3500 - 9200


def test_close_and_cut(worker):
    source = (
        SOUND
        + """
def act():
    lane.begin(Tone((1000,), 0, 0, 0), 5000, 9200, 100, 1000000000)
    return heard(lane, 20)
act()
lane.close()
closed = [heard(lane), figures(lane)]
act()
lane.cut()
buf = array("h", [7] * 1536)
result = [closed, lane.block(buf), list(buf), figures(lane)]
"""
    )
    (out, figures), goes_on, left, cut = worker.call("snippet:run", source, {})
    assert figures[:2] == [20, 65]
    sizes = np.abs(samples(out)).reshape(-1, BLOCK).max(1)
    assert (np.diff(sizes) <= 1).all()
    assert sizes[0] > 200 > 150 > sizes[32] > 100 > 5 > sizes[-1]
    assert not goes_on
    assert not any(left)
    assert cut[:2] == [20, 0]


@pytest.mark.parametrize("lift_cdb", [0, 600, 3000])
def test_what_is_softer_to_the_ear_may_be_turned_up(worker, lift_cdb):
    """By as much as its renderer says; what says too much is held like everything else."""
    soft = array("h", [int(8000 * np.sin(2 * np.pi * i / 16)) for i in range(BLOCK)])
    source = (
        SOUND
        + """
lane.begin(Script([soft], lift_cdb), 5000, 9200, 40, 1000000000)
result = [heard(lane), figures(lane)]
"""
    )
    out, figures = worker.call("snippet:run", source, {"soft": soft, "lift_cdb": lift_cdb})
    unlifted = -42.1 + 20 * np.log10(8000 / 32767)
    assert levels_db(out)[20:35] == pytest.approx(min(unlifted + lift_cdb / 100, -42.05), abs=0.3)
    assert figures[2] <= -4200


def test_the_same_act_gives_the_same_bits(worker):
    given_ = (((523, 659), 3, 7, 2),)
    assert tone(worker, *given_) == tone(worker, *given_)


# -- dose


@pytest.mark.parametrize(("ceiling", "length"), [(3500, 300), (5000, 100), (7000, 60)])
def test_the_dose_is_seconds_at_30_dba(worker, ceiling, length):
    out, figures = tone(worker, ((1000,), 0, 0, 0), ceiling, length=length)
    exact = (10 ** ((levels_db(out) + 92 - 30) / 10)).sum() * 0.096
    assert figures[3] == pytest.approx(exact, rel=0.015, abs=1)


def test_an_act_ends_when_its_dose_is_used(worker):
    _, figures = tone(worker, ((1000,), 0, 0, 0), 5000, length=1000, allowance=100)
    assert 100 <= figures[3] < 130
    assert figures[0] < 15


@settings(max_examples=200, deadline=None)
@given(st.integers(-14_000, 9000), st.integers(0, 15))
def test_powers_err_by_less_than_half_a_per_cent(worker, cdb, bits):
    exact = 10 ** (cdb / 1000) * 2**bits
    assert (
        exact * 0.996 - 1
        <= worker.call("firmware.governor.sound:power", cdb, bits)
        <= (exact * 1.003)
    )
