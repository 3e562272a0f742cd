"""Activity counts: the senses' motion in the VM against the published recipe in scipy.

The recipe (Walch 2019, sleep-accel, doi 10.13026/hmhs-py35) filters forwards and
backwards and knows the whole night; the puck filters once, as it goes.
"""

from array import array

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import butter, sosfilt, sosfiltfilt

RATE_HZ = 50
EPOCH = 30 * RATE_HZ
WINDOW_S = 15
BINS = np.linspace(0, 5, 129)  # g
BAND = butter(5, (3, 11), "bandpass", fs=RATE_HZ, output="sos")
SCALE_MG = 2044  # where the sensor ends
STEP_MG = 4

MOVE = """
from array import array
from firmware.senses.motion import Motion
motion = Motion(None)
axes = [array("i", [0] * 32) for _ in range(3)]
result, at = [], 0
for n in splits:
    for axis in range(3):
        for i in range(n):
            axes[axis][i] = mg[axis][at + i]
    at += n
    motion.block(axes[0], axes[1], axes[2], n)
    if at % 1500 == 0:
        result.append([motion.counts(), motion.moving(), motion.samples])
        motion.begin_epoch()
"""


def published(g):
    """Counts of each epoch from one axis in g: the mean of its two windows of 15 s."""
    magnitude = np.abs(sosfiltfilt(BAND, g))
    return counted(magnitude)


def counted(magnitude_g):
    """Largest bin of each second, summed over 15 s, above 18, times 3.07; two to an epoch."""
    seconds = np.digitize(magnitude_g, BINS).reshape(-1, RATE_HZ).max(axis=1)
    windows = np.maximum((seconds.reshape(-1, WINDOW_S).sum(axis=1) - 18) * 3.07, 0)
    return windows.reshape(-1, 2).mean(axis=1)


def shaking(seed, epochs, strongest_g=0.8):
    """One axis in g, gravity aside: bursts of 0.5-10 s, most of them weak, in 2 of 3 epochs."""
    rng = np.random.default_rng(seed)
    g = np.zeros(epochs * EPOCH)
    noise = sosfilt(
        butter(2, (1, 12), "bandpass", fs=RATE_HZ, output="sos"), rng.normal(size=g.size)
    )
    for epoch in np.flatnonzero(rng.random(epochs) < 0.67):
        length = int(rng.uniform(0.5, 10) * RATE_HZ)
        start = epoch * EPOCH + int(rng.integers(0, EPOCH - length))
        burst = noise[start : start + length] * np.hanning(length)
        g[start : start + length] += burst / np.abs(burst).max() * strongest_g * rng.random() ** 2
    return g


def in_mg(g):
    """As the sensor gives it: steps of 4 mg, an end at 2 g."""
    mg = np.rint(np.asarray(g) * 1000 / STEP_MG) * STEP_MG
    return np.clip(mg, -SCALE_MG - 4, SCALE_MG).astype(int).tolist()


def moved(worker, axes_g, splits=None):
    """[counts, moving, samples] of each epoch from the VM."""
    mg = [in_mg(axis) for axis in axes_g]
    splits = splits or [30] * (len(mg[0]) // 30)
    return worker.call("snippet:run", MOVE, {"mg": mg, "splits": splits})


def counts(epochs):
    return np.array([count for count, _, _ in epochs])


def still(length, seed=0):
    """A resting axis: 1.5 mg rms of tremor."""
    return 0.0015 * np.random.default_rng(seed).standard_normal(length)


# -- against the recipe


@pytest.mark.parametrize("seed", [1, 2])
def test_counts_are_the_published_ones_in_rank_and_size(worker, seed):
    """60 epochs of bursts under gravity: correlation .97 or more, and of like size.

    Filtering once instead of twice leaves more at the edges of the band: the puck
    counts a quarter more at most.
    """
    z = shaking(seed, 60)
    quiet = still(z.size, seed)
    seen = counts(moved(worker, (0.6 + quiet, quiet, 0.8 + z)))
    true = published(z)
    assert np.corrcoef(seen, true)[0, 1] >= 0.97
    assert 1.0 <= seen.sum() / true.sum() <= 1.25


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 1 << 32))
def test_counts_are_those_of_the_filter_in_floats(worker, seed):
    """The same recipe filtered once: fixed point costs a bin in a second at most."""
    z = shaking(seed, 6)
    seen = counts(moved(worker, (0 * z, 0 * z, z)))
    exact_g = np.array(in_mg(z)) / 1000
    true = counted(np.abs(sosfilt(BAND, exact_g)))
    assert np.abs(seen - true).max() <= 3.07 * 3


def test_only_the_band_from_3_to_11_hz_counts(worker):
    """0.2 g at each pitch: full in the band, under a tenth an octave below and at 20 Hz."""
    t_s = np.arange(2 * EPOCH) / RATE_HZ
    size = {}
    for hz in (1, 1.5, 4, 6, 9, 20):
        epochs = moved(worker, (0 * t_s, 0.2 * np.sin(2 * np.pi * hz * t_s), 0 * t_s + 1))
        size[hz] = counts(epochs)[1]
    inside = (15 * (1 + int(0.2 / BINS[1])) - 18) * 3.07
    for hz in (4, 6, 9):
        assert size[hz] == pytest.approx(inside, rel=0.06)
    for hz in (1, 1.5, 20):
        assert size[hz] < 0.1 * inside


def test_a_still_hand_counts_nothing(worker):
    """Tremor, breathing, gravity on a slant; the first epoch has the start of the filters."""
    t_s = np.arange(4 * EPOCH) / RATE_HZ
    breath = 0.003 * np.sin(2 * np.pi * 0.25 * t_s)
    axes = [g + breath + still(t_s.size, seed) for seed, g in enumerate((0.3, -0.6, 0.74))]
    assert [epoch[:2] for epoch in moved(worker, axes)[1:]] == [[0, False]] * 3


def test_it_does_not_matter_which_axis_shakes(worker):
    z = shaking(5, 8)
    nothing = 0 * z
    alone = [moved(worker, axes) for axes in ((z, nothing, nothing), (nothing, z, nothing))]
    assert alone[0] == alone[1] == moved(worker, (nothing, nothing, z))
    assert counts(alone[0]).max() > 20
    assert moved(worker, (-z, nothing, z)) == alone[0]  # the liveliest, not the sum


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 1 << 32))
def test_how_blocks_are_cut_changes_nothing(worker, seed):
    rng = np.random.default_rng(seed)
    axes = [shaking(seed + k, 3) for k in range(3)]
    splits = []
    for _ in range(3):
        left = EPOCH
        while left:
            splits.append(min(left, int(rng.integers(1, 33))))
            left -= splits[-1]
    assert moved(worker, axes, splits) == moved(worker, axes)


def test_moving_is_ten_counts(worker):
    """0.06 g at 6 Hz for some seconds of every 15: nine counts are rest, twelve are not."""
    t_s = np.arange(2 * EPOCH) / RATE_HZ
    shake = 0.06 * np.sin(2 * np.pi * 6 * t_s)
    seen = {}
    for seconds in range(2, 12):
        bursts = np.where(t_s % WINDOW_S < seconds, shake, 0)
        count, moving, samples = moved(worker, (bursts, 0 * shake, 0 * shake))[1]
        assert samples == EPOCH
        seen[count] = moving
    assert (seen[9], seen[12]) == (False, True)


# -- the kernels


class Counter:
    """`count_seconds` in plain integers, from whole lists."""

    def __init__(self):
        self.peaks = []
        self.windows = self.total = 0

    def hear(self, *axes):
        for samples in zip(*axes, strict=True):
            self.peaks.append(max(abs(v) for v in samples))
            if len(self.peaks) == 15 * RATE_HZ:
                seconds = np.reshape(self.peaks, (WINDOW_S, RATE_HZ)).max(axis=1).tolist()
                bins = sum(min(128, 1 + peak * 4 // 625) for peak in seconds)
                self.total += max(0, (bins - 18) * 307 // 100)
                self.windows += 1
                self.peaks = []


COUNT = """
from array import array
from firmware.senses.motion_kernels import count_seconds
state = array("i", [0] * 6)
at = 0
for n in splits:
    count_seconds(*[array("i", axis[at:at + n]) for axis in axes], state, n)
    at += n
result = list(state)
"""


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1 << 32), st.sampled_from([0, 150, 400, 3000, 40_000]))
def test_count_seconds_is_its_recipe(worker, seed, most):
    """Two and a half windows in random blocks: sums, and what is left open."""
    rng = np.random.default_rng(seed)
    axes = rng.integers(-most, most + 1, (3, 1875))
    axes //= rng.integers(1, 20, 75).repeat(25)  # seconds of every strength
    splits = [int(n) for n in rng.integers(1, 33, 40)]
    heard = int(sum(splits))
    oracle = Counter()
    oracle.hear(*axes[:, :heard].tolist())
    state = worker.call("snippet:run", COUNT, {"axes": axes.tolist(), "splits": splits})
    open_s, open_samples = divmod(len(oracle.peaks), RATE_HZ)
    assert [state[0], state[2]] == [open_samples, open_s]
    assert state[1] == max(oracle.peaks[RATE_HZ * open_s :], default=0)
    assert state[4:] == [oracle.windows, oracle.total]


@pytest.mark.parametrize(
    ("peak", "counts_of_15_s"),
    [(0, 0), (156, 0), (157, (30 - 18) * 3.07), (20_000, (15 * 128 - 18) * 3.07)],
)
def test_a_bin_is_a_128th_of_5_g(worker, peak, counts_of_15_s):
    """156.25 units of 0.25 mg; 5 g and more are the last bin. Counts are rounded down."""
    axes = [[0] * 750, [-peak] * 750, [0] * 750]
    state = worker.call("snippet:run", COUNT, {"axes": axes, "splits": [30] * 25})
    assert state[4:] == [1, int(counts_of_15_s)]


@given(st.lists(st.integers(-2048, 2047), min_size=1, max_size=32))
def test_quarter_mg(worker, mg):
    _, (_, out, _) = worker.call_in_place(
        "firmware.senses.motion_kernels:quarter_mg",
        array("i", mg),
        array("i", [0] * len(mg)),
        len(mg),
    )
    assert list(out) == [4 * value for value in mg]


# -- the first sample, and the first after a gap


@pytest.mark.parametrize("axis", range(3))
@pytest.mark.parametrize("g", [-1.0, 1.0])
def test_gravity_is_no_shake_from_the_first_sample_on(worker, axis, g):
    """An empty bed must not begin with a movement."""
    axes = np.zeros((3, EPOCH))
    axes[axis] = g
    assert moved(worker, axes) == [[0, False, EPOCH]]


@pytest.mark.parametrize(("told", "counts"), [("motion.gap()", 0), ("pass", 9)])
def test_what_turned_in_a_gap_did_not_shake(run_in, told, counts):
    """Half a g along x becomes minus half; untold, the step is a shake."""
    source = f"""
from array import array
from firmware.senses.motion import Motion
motion = Motion(None)
still = array("i", [0] * 30)
for mg in (500, -500):
    x = array("i", [mg] * 30)
    for _ in range(25):
        motion.block(x, still, still, 30)
    {told}
result = motion.counts()
"""
    assert run_in(source) == counts
