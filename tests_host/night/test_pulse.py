"""Heartbeats from light: the senses' pulse in the VM against beats that are known.

The light is made in numpy as the sensor hands it over: each sample the mean of four
conversions, the last of them now.
"""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sleepsync.world.pulse import TRANSIT_S, Pulse

RATE_HZ = 50
EPOCH = 30 * RATE_HZ
CONVERSIONS_S = np.array([0.015, 0.010, 0.005, 0.0])  # of a sample, before its last
STEADY = 100_000  # counts of a finger at the usual LED current
DESK = 1_000
FULL_SCALE = 0x3FFFF
NOISE = 3  # counts rms of the sensor's converter
BEAT_WITHIN_S = 0.020
SETTLE_S = 3  # the filters' start, and the detector's
LAG_S = 1  # what has come since is not told yet

HEAR = """
from array import array
from firmware.senses.pulse import Pulse
from firmware.senses.sampling import SampleClock
pulse = Pulse(SampleClock(20000))
light = array("i", [0] * 32)
beats, epochs, at = [], [], 0
for n in splits:
    for i in range(n):
        light[i] = counts[at + i]
    at += n
    pulse.off_body = light[n - 1] < 25000
    pulse.block(light, n)
    beats += [(at << 8) - 256 - pulse.beat_age_q8[k] for k in range(pulse.beats)]
    if at % 1500 == 0:
        pulse.rhythm.look(pulse.samples << 8)
        epochs.append([pulse.rhythm.rate_dbpm, pulse.rhythm.quality, pulse.epoch_beats,
                       pulse.perfusion_pm(), pulse.off_samples, pulse.clamped])
        pulse.begin_epoch()
result = [beats, epochs]
"""


@dataclass
class Epoch:
    """What `Pulse` says of 30 s, under its own names."""

    rate_dbpm: int
    quality: int
    epoch_beats: int
    perfusion_pm: int
    off_samples: int
    clamped: int


def light_of(upstrokes_s, length_s, steady=STEADY, swing=0.01, noise=0.0, seed=0):
    """Counts for `length_s` at 50 Hz: a dip of `swing` (a share) from each steepest upstroke on."""
    sample = np.arange(int(length_s * RATE_HZ))
    t_s = sample[:, None] / RATE_HZ - CONVERSIONS_S
    pulse = Pulse(np.asarray(upstrokes_s, dtype=float) - TRANSIT_S)
    absorbed = pulse.absorbed(t_s.ravel()).reshape(t_s.shape).mean(axis=1)
    counts = steady * (1 - swing * absorbed)
    counts += noise * np.random.default_rng(seed).standard_normal(len(sample))
    return np.clip(np.rint(counts), 0, FULL_SCALE).astype(int).tolist()


def steady_beats(rate_bpm, length_s):
    return np.arange(0.5, length_s + 1, 60 / rate_bpm)


def heard(worker, counts, splits=None):
    """(times of beats in s, epochs) from the VM, in blocks of 30 unless split otherwise."""
    splits = splits or [30] * (len(counts) // 30)
    beats, epochs = worker.call("snippet:run", HEAR, {"counts": counts, "splits": splits})
    return np.array(beats) / 256 / RATE_HZ, [Epoch(*values) for values in epochs]


def random_splits(rng, samples):
    """Blocks of 1-32 that also end where epochs do."""
    splits = []
    for _ in range(samples // EPOCH):
        left = EPOCH
        while left:
            splits.append(min(left, int(rng.integers(1, 33))))
            left -= splits[-1]
    return splits


def inside(times_s, length_s):
    return times_s[(times_s > SETTLE_S) & (times_s < length_s - LAG_S)]


def agree(seen_s, true_s, length_s, share=1.0):
    """Every beat seen once and none invented; that `share` of them within 20 ms, all within 40."""
    seen_s, true_s = inside(seen_s, length_s), inside(true_s, length_s)
    assert len(seen_s) == len(true_s)
    off_s = np.abs(seen_s - true_s)
    assert np.mean(off_s <= BEAT_WITHIN_S) >= share
    assert off_s.max() <= 2 * BEAT_WITHIN_S


# -- beats and rate


@pytest.mark.parametrize("rate_bpm", [40, 47, 55, 63, 72, 85, 100, 121, 137, 150])
def test_steady_beats_are_found_and_counted(worker, rate_bpm):
    """At 1 % swing and the converter's noise: beats within 20 ms, the rate within 1 bpm."""
    true_s = steady_beats(rate_bpm, 120) + 0.0007 * rate_bpm
    counts = light_of(true_s, 120, noise=NOISE, seed=rate_bpm)
    seen_s, epochs = heard(worker, counts, random_splits(np.random.default_rng(rate_bpm), 6000))
    agree(seen_s, true_s, 120)
    for epoch in epochs[1:]:
        assert abs(epoch.rate_dbpm - 10 * rate_bpm) <= 10
        assert epoch.quality >= 90
        assert abs(epoch.epoch_beats - rate_bpm / 2) <= 1.5
        assert (epoch.off_samples, epoch.clamped) == (0, 0)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 1 << 32), st.floats(45, 110), st.floats(0.005, 0.05))
def test_a_living_heart_is_followed(worker, seed, rate_bpm, swing):
    """Intervals that wander by 4 % (rms), any swing: 95 % of beats within 20 ms, none invented,
    the mean rate. At 110 /min and more one in a hundred may drown in the one before.
    """
    rng = np.random.default_rng(seed)
    intervals_s = 60 / rate_bpm * (1 + 0.04 * np.clip(rng.standard_normal(250), -2.5, 2.5))
    true_s = 0.5 + np.cumsum(intervals_s)
    counts = light_of(true_s, 90, swing=swing, noise=NOISE, seed=seed)
    seen_s, epochs = heard(worker, counts, random_splits(rng, 4500))
    told_s, seen_s = inside(true_s, 90), inside(seen_s, 90)
    off_s = np.abs(seen_s[:, None] - true_s).min(axis=1)
    assert np.mean(off_s <= BEAT_WITHIN_S) >= 0.95
    assert off_s.max() <= 2 * BEAT_WITHIN_S
    assert len(told_s) - 2 <= len(seen_s) <= len(told_s)
    for k in (1, 2):
        within = true_s[(true_s > 30 * k - 0.6) & (true_s < 30 * k + 29.4)]
        assert abs(epochs[k].rate_dbpm - 600 / np.diff(within).mean()) <= 10


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 1 << 32))
def test_how_blocks_are_cut_changes_nothing(worker, seed):
    """The same beats to 1/256 sample, and the same figures of each epoch."""
    rng = np.random.default_rng(seed)
    true_s = np.cumsum(rng.uniform(0.5, 1.4, 100))
    counts = light_of(true_s, 60, noise=NOISE, seed=seed)
    whole = heard(worker, counts)
    for splits in ([1] * 3000, random_splits(rng, 3000)):
        seen_s, epochs = heard(worker, counts, splits)
        assert seen_s.tolist() == whole[0].tolist()
        assert epochs == whole[1]


def test_perfusion_is_the_swing_over_the_light(worker):
    """Of the band-passed pulse: about 0.8 of the whole swing at 60 /min, and in proportion."""
    true_s = steady_beats(60, 60)
    seen = [
        heard(worker, light_of(true_s, 60, steady=steady, swing=swing))[1][1].perfusion_pm
        for steady, swing in ((100_000, 0.02), (50_000, 0.02), (100_000, 0.1))
    ]
    assert seen[0] == pytest.approx(17, abs=2)
    assert seen[1] == pytest.approx(seen[0], abs=1)
    assert seen[2] == pytest.approx(5 * seen[0], rel=0.1)


# -- hearts that do not beat in time


def of_intervals(*groups):
    return 0.5 + np.cumsum([s for seconds, times in groups for s in [seconds] * times])


def test_an_early_beat_and_its_pause_are_believed(worker):
    """The pause makes the early beat good, so the mean rate does not move."""
    true_s = of_intervals((1.0, 40), (0.6, 1), (1.4, 1), (1.0, 30))
    seen_s, epochs = heard(worker, light_of(true_s, 60))
    agree(seen_s, true_s, 60)
    assert abs(epochs[1].rate_dbpm - 600) <= 5
    assert epochs[1].quality >= 90


def test_a_missing_beat_does_not_move_the_rate(worker):
    """One pulse in forty did not arrive. At rest the wave that runs back may stand in for it."""
    true_s = of_intervals((1.0, 40), (2.0, 1), (1.0, 30))
    seen_s, epochs = heard(worker, light_of(true_s, 60))
    invented_s = [s for s in inside(seen_s, 60) if np.abs(true_s - s).min() > BEAT_WITHIN_S]
    agree(np.setdiff1d(seen_s, invented_s), true_s, 60)
    assert len(invented_s) <= 1
    assert all(40.5 < s < 42.5 for s in invented_s)
    assert abs(epochs[1].rate_dbpm - 600) <= 10


def test_a_new_rate_is_followed_within_a_few_beats(worker):
    """From 50 to 100 /min at a stroke: strange three times, then believed."""
    true_s = of_intervals((1.2, 26), (0.6, 100))
    _, epochs = heard(worker, light_of(true_s, 90))
    assert abs(epochs[0].rate_dbpm - 500) <= 10
    assert abs(epochs[2].rate_dbpm - 1000) <= 10
    assert epochs[1].quality >= 80


def test_a_step_of_two_fifths_is_believed_at_once(worker):
    """From 50 to 71 /min, as after an apnoea: no interval is left out."""
    _, epochs = heard(worker, light_of(of_intervals((1.2, 30), (0.85, 40)), 60))
    assert epochs[1].quality >= 93


def test_no_interval_reaches_across_a_gap(worker):
    """0.3 s are cut out between two beats: told of it, the rate is true; untold, it is not."""
    counts = light_of(steady_beats(60, 61), 61)
    del counts[2000:2015]
    told = HEAR.replace("    at += n\n", "    if at == 2000: pulse.gap()\n    at += n\n")
    names = {"counts": counts, "splits": [20] * 150}
    told_dbpm, untold_dbpm = (
        Epoch(*worker.call("snippet:run", source, names)[1][1]).rate_dbpm for source in (told, HEAR)
    )
    assert abs(told_dbpm - 600) <= 2
    assert untold_dbpm >= 604


def test_an_early_beat_alone_hardly_moves_the_rate(worker):
    """A gap swallows its pause, so nothing makes it good: one interval in 28 is short by 0.4."""
    counts = light_of(of_intervals((1.0, 40), (0.6, 1), (1.4, 1), (1.0, 30)), 60)
    told = HEAR.replace("    at += n\n", "    if at == 2100: pulse.gap()\n    at += n\n")
    _, epochs = worker.call("snippet:run", told, {"counts": counts, "splits": [20] * 150})
    assert abs(Epoch(*epochs[1]).rate_dbpm - 600) <= 12


# -- what is no pulse


@pytest.mark.parametrize("level", [0, DESK, STEADY, FULL_SCALE])
def test_a_flat_line_has_no_pulse(worker, level):
    """A saturated converter is such a line: nothing is said of it, and no flag tells."""
    seen_s, epochs = heard(worker, [level] * 3000)
    off = EPOCH if level < 25_000 else 0
    assert len(seen_s) == 0
    assert epochs == [Epoch(0, 0, 0, 0, off, 0)] * 2


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 1 << 32), st.sampled_from([DESK, 30_000, STEADY]))
def test_the_converter_s_noise_has_no_pulse(worker, seed, steady):
    """3 counts rms: too faint to tell."""
    _, epochs = heard(worker, light_of([], 60, steady=steady, noise=NOISE, seed=seed))
    assert [(e.rate_dbpm, e.quality, e.epoch_beats) for e in epochs] == [(0, 0, 0)] * 2


@settings(max_examples=20, deadline=None)
@given(
    st.integers(0, 1 << 32),
    st.sampled_from([20, 300, 3000]),
    st.sampled_from([0, 0.5, 1]),
)
def test_no_noise_is_alike_enough_to_have_a_rate(worker, seed, counts_rms, steepness):
    """White, pink and walking noise: their beats, if any are found, have no usual shape."""
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(90 * RATE_HZ))
    spectrum[1:] /= np.arange(1, len(spectrum)) ** steepness
    noise = np.fft.irfft(spectrum)
    light = STEADY + counts_rms * noise / np.std(noise)
    _, epochs = heard(worker, np.clip(np.rint(light), 0, FULL_SCALE).astype(int).tolist())
    assert [e.rate_dbpm for e in epochs] == [0] * 3


def test_strokes_of_another_shape_are_no_intervals(worker):
    """A hand that taps once a second: as regular as a heart, and no two taps alike."""
    rng = np.random.default_rng(5)
    light = np.full(60 * RATE_HZ, float(STEADY))
    for at in range(25, len(light) - 40, 50):
        light[at : at + 32] -= 800 * np.convolve(rng.standard_normal(32), np.ones(5) / 5, "same")
    _, epochs = heard(worker, np.rint(light).astype(int).tolist())
    assert all(epoch.quality < 40 and epoch.rate_dbpm == 0 for epoch in epochs)


def test_an_interval_needs_the_usual_shape_at_both_its_ends(worker):
    """Every third beat trembles, at its right time: one interval in three is left."""
    true_s = steady_beats(60, 90)
    light = np.array(light_of(np.delete(true_s, np.s_[2::3]), 90), dtype=float)
    for at in (true_s[2::3] * RATE_HZ).astype(int):
        there = slice(at, at + 30)
        light[there] -= 900 * np.sin(np.arange(30) * 0.6)[: len(light[there])] ** 2
    _, epochs = heard(worker, np.rint(light).astype(int).tolist())
    assert all(20 <= epoch.quality < 40 and epoch.rate_dbpm == 0 for epoch in epochs[1:])


ALIKE = """
from array import array
from firmware.senses.pulse import Pulse
from firmware.senses.sampling import SampleClock
pulse = Pulse(SampleClock(20000))
shape = [300 * i * (i < 12) for i in range(-10, 22)]
result = []
for sign, age in asked:
    for i, y in enumerate(shape):
        pulse._ring[(pulse._detector[0] - 1 - age - 10 + i) & 127] = sign * y
    result.append(pulse._likeness_q8(age, 6300))
"""


def test_a_shape_is_whole_and_the_right_way_up(worker):
    """The first has nothing to be like; of the rest only a beat between 21 and 100 samples back."""
    asked = [(1, 40), (1, 40), (-1, 40), (1, 40), (1, 21), (1, 20), (1, 100), (1, 101)]
    likeness_q8 = worker.call("snippet:run", ALIKE, {"asked": asked})
    assert [q8 >= 250 for q8 in likeness_q8] == [k in (1, 3, 4, 6) for k in range(8)]
    assert [q8 for k, q8 in enumerate(likeness_q8) if k not in (1, 3, 4, 6)] == [0] * 4


def test_a_pulse_fainter_than_the_least_is_not_told_and_a_little_more_is(worker):
    """Swings of 26 and of 35 counts behind the band-pass: 30, ten times the noise, decide."""
    faint, enough = (
        heard(worker, light_of(steady_beats(60, 90), 90, swing=swing))[1][1:]
        for swing in (0.0003, 0.0004)
    )
    assert [(e.rate_dbpm, e.epoch_beats) for e in faint] == [(0, 0), (0, 0)]
    assert [abs(e.rate_dbpm - 600) <= 10 for e in enough] == [True, True]


def test_a_desk_is_off_the_body_whatever_flickers_there(worker):
    """1,000 counts, pulsing by a fifth: somebody's shadow is no heart."""
    counts = light_of(steady_beats(60, 60), 60, steady=DESK, swing=0.2, noise=NOISE)
    _, epochs = heard(worker, counts)
    assert [(e.rate_dbpm, e.epoch_beats, e.off_samples) for e in epochs] == [(0, 0, EPOCH)] * 2


def test_the_finger_returns(worker):
    """Half an epoch on the desk: off for about so long, and a rate again in the next."""
    counts = light_of(steady_beats(72, 90), 90, noise=NOISE)
    counts[1500:2250] = [DESK] * 750
    _, epochs = heard(worker, counts)
    assert 600 <= epochs[1].off_samples <= 800
    assert abs(epochs[2].rate_dbpm - 720) <= 10
    assert epochs[1].rate_dbpm == 0
    assert epochs[1].quality <= 50


def test_a_swing_beyond_the_filters_is_clamped_and_told(worker):
    """A jolt of a third of the light: clamped samples are counted, the rate comes back."""
    counts = light_of(steady_beats(60, 90), 90, noise=NOISE)
    counts[1600:1610] = [STEADY * 2 // 3] * 10
    _, epochs = heard(worker, counts)
    assert epochs[1].clamped >= 10
    assert (epochs[0].clamped, epochs[2].clamped) == (0, 0)
    assert abs(epochs[2].rate_dbpm - 600) <= 10


def test_no_rate_where_less_than_two_fifths_are_covered(worker):
    """Ten seconds of pulse in thirty: its quality is told, its rate is not."""
    counts = light_of(steady_beats(60, 60), 60, noise=NOISE)
    counts[2000:] = light_of([], 20, noise=NOISE)
    _, epochs = heard(worker, counts)
    assert 15 <= epochs[1].quality <= 40
    assert epochs[1].rate_dbpm == 0
