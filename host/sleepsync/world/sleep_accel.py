"""A recorded sleeper of sleep-accel: measured stages, and a body made to fit measured features.

The set (Walch 2019, doi 10.13026/hmhs-py35) is kept here as features, not as signals. So
movements and a heart rate are looked for whose features, computed as published, are the
person's own. They are one answer of many: `sources` must never call them measured.
"""

import csv
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
from scipy import sparse
from scipy.ndimage import convolve1d
from scipy.optimize import minimize, nnls
from scipy.signal import butter, hilbert, sosfilt

from sleepsync.data import VARIABLE, DataDamaged, DataMissing
from sleepsync.world import body
from sleepsync.world.noise import band_noise, stream
from sleepsync.world.shake import COUNTED_HZ, Burst, acceleration_g, bursts
from sleepsync.world.sleeper import EPOCH_S, UNSCORED, Movement, Sleeper, Turn, breath_cycles

_START = datetime(2026, 1, 15, 22, 45)  # the true dates are not known
_STAGES = {0: "W", 1: "1", 2: "2", 3: "3", 4: "4", 5: "R"}
_COLUMNS = ("time_h", "hr_feature", "count_feature", "stage")
_LONGEST_H = 24  # as of every other sleeper
_SOURCES = {
    "pulse": "generated: heartbeats made to show the measured deviations of the heart rate",
    "motion": "generated: movements made to show the measured activity, with turns among them",
    "stages": "measured: PSG, scored by people",
    "room": "generated: a dark room",
}

# The published counts: bins of 5 g / 128, the first of which is 1, summed over 15 s.
_BIN_G, _COUNT_OF_BIN = 5 / 128, 3.07
_UNCOUNTED_BINS = 3  # of the 18 taken from a sum, what 15 still seconds do not bring
_SLOT_S = 15
_SMOOTH_S, _REACH_EPOCHS = 50, 9  # of count_feature: Gaussian, 285 s to either side
_RIDGE = 0.02  # keeps counts small where no feature asks for them

_RENDER_HZ, _SECOND_HZ = 100, 50  # rendered; looked at by the published filter
_PHASES = 5  # where a second may begin under a movement
_SHORTEST_S, _LONGEST_S, _BINS_PER_S = 0.4, 12.0, 28  # so that strengths are some tenths of a g
_STRENGTHS_G = (0.03, 1.2)  # the sensor takes 2 g, of which 1 is gravity
_HALVINGS = 12
_EARLIEST_S, _LATEST_S = 0.2, 2.0  # in its slot: a movement seldom lies across two windows
_TURN_BINS, _TURN_EVERY_S = 15, 900  # a turn's jolt brings as many, and sleepers lie longer

# The published hr_feature: a kernel of 285 s, here over the heart rate every 15 s.
_STEP_S, _STEPS = 15, EPOCH_S // 15
_KERNEL_REACH, _WINDOW_STEPS = 9, 600 // _STEP_S  # the window's middle is the epoch's
_CARRIER_HZ = (1 / 500, 1 / 150)  # where the kernel passes most
_ROUNDS, _DESCENTS = 5, 60
_MOST_FALL = 40  # times the spread of what is faster
_TINY = 1e-6
_LOWEST_AT = 0.75  # share of the night at which the heart is slowest
_SPREAD_BPM = 4.5  # of the rate over a night, unless that would leave the limits
_RATES_BPM = (45.0, 100.0)
_USUAL_BPM = 60.0
_BREATH_SHARE, _BEAT_HZ = 0.02, 4  # of the rate; at which it is summed up to beats


def from_sleep_accel(path: Path, seed: int, hours: float | None = None) -> Sleeper:
    """The sleeper of the features `ID.csv`, from the first row's epoch to the last's.

    Stages are the file's; an epoch left out is `UNSCORED`. `seed` chooses among the
    movements and heartbeats that fit. `hours` (above 0) keeps only the night's beginning.
    Raises DataMissing where the file is not there, DataDamaged where it is not what it
    should be, ValueError for `hours` without an epoch.
    """
    at, heart, counts, scores = read_features(path, hours)
    stages = [UNSCORED] * (int(at[-1]) + 1)
    for epoch, score in zip(at, scores, strict=True):
        stages[epoch] = _STAGES[int(score)]
    bins = _bins_of_slots(_counts_of_epochs(at, counts))
    breaths = body.breaths_per_min(seed, stages)
    still = Sleeper(
        name=f"sleep-accel {path.stem}",
        seed=seed,
        duration_s=float(len(stages) * EPOCH_S),
        start=_START,
        beats_s=_beats(seed, _rate_bpm(seed, at, heart), breaths),
        stages=stages,
        breaths_per_min=breaths,
        movements=_movements(seed, bins),
        turns=[],
        off_body=[],
        sources=dict(_SOURCES),
    )
    return _calibrated(replace(still, turns=_turns(still, bins)), bins)


def read_features(path: Path, hours: float | None = None) -> tuple[np.ndarray, ...]:
    """Epoch numbers from 0 on (ascending), hr_feature, count_feature and stage of each row."""
    if not path.is_file():
        raise DataMissing(
            f"sleep-accel: no file {path}; name one like sleep_accel_features/46343.csv in the "
            f"data folder (${VARIABLE} or ../shared/data)"
        )
    try:
        with path.open(newline="", encoding="utf-8") as text:
            rows = [[float(row[name]) for name in _COLUMNS] for row in csv.DictReader(text)]
    except (KeyError, TypeError, ValueError) as error:
        wrong = f"no {', '.join(_COLUMNS)} in a row ({error})"
        raise DataDamaged(f"{path}: {wrong}; fetch it again") from error
    table = np.array(rows).reshape(-1, len(_COLUMNS))
    if wrong := _what_is_wrong(table):
        raise DataDamaged(f"{path}: {wrong}; fetch it again")
    at = np.rint((table[:, 0] - table[0, 0]) * (3600 / EPOCH_S)).astype(int)
    kept = at < round((_LONGEST_H if hours is None else hours) * 3600 / EPOCH_S)
    if not kept.any():
        raise ValueError(f"sleep-accel: {hours} h asked for, which holds no epoch of 30 s")
    return at[kept], *table[kept, 1:].T


def _what_is_wrong(table: np.ndarray) -> str:
    if not len(table):
        return "no row"
    if not np.all(np.isfinite(table)) or np.any(table[:, 1:3] < 0):
        return "a feature is not a number of 0 or more"
    apart = np.diff(table[:, 0]) * (3600 / EPOCH_S)
    if np.any(apart < 0.5) or np.ptp(table[:, 0]) > _LONGEST_H:
        return f"the epochs are not in order within {_LONGEST_H} h"
    if not set(table[:, 3]) <= set(_STAGES):
        return f"stages other than {sorted(_STAGES)}"
    return ""


def _counts_of_epochs(at: np.ndarray, features: np.ndarray) -> np.ndarray:
    """Counts (0 or more) of every epoch, whose Gaussian mean at epochs `at` is `features`."""
    apart = at[:, None] - np.arange(at[-1] + 1)
    weights = np.exp(-((apart * EPOCH_S / _SMOOTH_S) ** 2) / 2) * (abs(apart) <= _REACH_EPOCHS)
    weights /= weights.sum(axis=1, keepdims=True)
    ridge = _RIDGE * np.eye(weights.shape[1])
    wanted = np.concatenate((features, np.zeros(len(ridge))))
    return nnls(np.vstack((weights, ridge)), wanted, maxiter=20 * len(ridge))[0]


def _bins_of_slots(counts: np.ndarray) -> np.ndarray:
    """Whole bins above the 18 of each 15 s; what rounding takes from one, a later one gets."""
    bins = np.repeat(counts / _COUNT_OF_BIN, EPOCH_S // _SLOT_S)
    return np.diff(np.floor(np.cumsum(bins) + 0.5), prepend=0.0).astype(int)


def _movements(seed: int, bins: np.ndarray) -> list[Movement]:
    """One movement of 1 g in every slot that counts: longer where there is more to count."""
    rng = stream(seed, "movements")
    lengths_s = np.clip(_SHORTEST_S + bins / _BINS_PER_S, _SHORTEST_S, _LONGEST_S)
    starts_s = np.arange(len(bins)) * _SLOT_S + rng.uniform(_EARLIEST_S, _LATEST_S, len(bins))
    return [Movement(float(starts_s[i]), float(lengths_s[i]), 1.0) for i in np.flatnonzero(bins)]


def _turns(sleeper: Sleeper, bins: np.ndarray) -> list[Turn]:
    """As many turns as such a night has, at the starts of the liveliest movements."""
    first, *others = body.turns(sleeper.seed, sleeper.stages)
    counted = bins[bins > 0]
    at_s: list[float] = []
    for i in np.argsort(-counted, kind="stable"):
        start_s = sleeper.movements[i].start_s
        if counted[i] < _TURN_BINS or len(at_s) == len(others):
            break
        if all(abs(start_s - other_s) >= _TURN_EVERY_S for other_s in at_s):
            at_s.append(start_s)
    return [first, *(replace(t, at_s=s) for t, s in zip(others, sorted(at_s), strict=False))]


def _calibrated(sleeper: Sleeper, bins: np.ndarray) -> Sleeper:
    """The sleeper with movements so strong that each slot counts its `bins`.

    A turn's jolt is left out: it is over sooner, and weaker, than the movement it comes with.
    """
    wanted = bins[bins > 0] + _UNCOUNTED_BINS
    moved = [_counted(burst, sleeper.seed) for burst in bursts(sleeper)[: len(wanted)]]
    strengths_g = [_strength_g(*pair) for pair in zip(moved, wanted, strict=True)]
    pairs = zip(sleeper.movements, strengths_g, strict=True)
    return replace(sleeper, movements=[replace(m, strength_g=g) for m, g in pairs])


def _counted(burst: Burst, seed: int) -> np.ndarray:
    """What the counts' filter passes of a burst: a slot of x, y, z in g at 50 Hz."""
    shaking_g = acceleration_g(burst, seed, _RENDER_HZ)
    slot_g = np.zeros((_SLOT_S * _RENDER_HZ, 3))
    slot_g[: len(shaking_g)] = shaking_g
    band = butter(5, COUNTED_HZ, "bandpass", fs=_RENDER_HZ, output="sos")
    return sosfilt(band, slot_g, axis=0)[:: _RENDER_HZ // _SECOND_HZ]


def _strength_g(moved: np.ndarray, wanted: float) -> float:
    """How strong a movement is that brings `wanted` bins above those of stillness."""
    return _halved(lambda g: _bins_above(g * moved) < wanted, *_STRENGTHS_G)


def _halved(too_low: Callable[[float], bool], low: float, high: float) -> float:
    """Where `too_low` ceases to be true between `low` and `high`; else one of them."""
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if too_low(middle) else (low, middle)
    return low


def _bins_above(axes_g: np.ndarray) -> float:
    """Bins above the first, summed over the seconds; the mean over where seconds begin."""
    liveliest_g = abs(axes_g).max(axis=1)
    shift = _SECOND_HZ // _PHASES
    starts = [(k * shift, _SECOND_HZ - k * shift) for k in range(_PHASES)]
    shifted_g = [np.pad(liveliest_g, start).reshape(-1, _SECOND_HZ) for start in starts]
    return float(np.floor(np.max(shifted_g, axis=2) / _BIN_G).sum()) / _PHASES


def _rate_bpm(seed: int, at: np.ndarray, features: np.ndarray) -> np.ndarray:
    """A heart rate every 15 s whose hr_feature at epochs `at` is `features`.

    A swing in the kernel's band, as large as the features say, is bent until its own
    features fit. To it comes a fall over the night, as large as it takes for the 90th
    percentile, by which the features are divided, to be 1.
    """
    deviation = _Deviation(at)
    steps = np.arange(deviation.steps)
    noise = band_noise(stream(seed, "heart"), steps.shape, 1 / _STEP_S, _CARRIER_HZ)
    swing = noise / (abs(hilbert(noise)) + _TINY) * np.interp(steps / _STEPS, at, features)
    swing *= np.sum(features) / max(np.sum(deviation.spread(_filtered(swing))[0]), _TINY)
    fall = ((steps / steps.size - _LOWEST_AT) / _LOWEST_AT) ** 2
    size = 0.0
    for _ in range(_ROUNDS):
        swing = deviation.fitted(swing, size * fall, features)
        size = deviation.size_of_fall(swing, fall)
    return _plausible(deviation.fitted(swing, size * fall, features) + size * fall)


def _plausible(rate: np.ndarray) -> np.ndarray:
    """In beats a minute within limits, leaping further than it sinks: no feature tells."""
    rate = (rate - rate.mean()) * (1 if rate.max() + rate.min() > 2 * rate.mean() else -1)
    lowest, highest = rate.min(), rate.max()
    room = (_RATES_BPM[1] - _RATES_BPM[0]) / max(highest - lowest, _TINY)
    scale = min(_SPREAD_BPM / max(rate.std(), _TINY), room)
    usual = np.clip(_USUAL_BPM, _RATES_BPM[0] - scale * lowest, _RATES_BPM[1] - scale * highest)
    return usual + scale * rate


class _Deviation:
    """hr_feature at epochs `at` of a rate given every 15 s, but not yet divided."""

    def __init__(self, at: np.ndarray) -> None:
        self.steps = (int(at[-1]) + 1) * _STEPS
        middle = at[:, None] * _STEPS + _STEPS // 2
        around = middle + np.arange(-_WINDOW_STEPS // 2, _WINDOW_STEPS // 2)
        inside = (around >= 0) & (around < self.steps)
        share = (inside / inside.sum(axis=1, keepdims=True))[inside]
        rows = np.broadcast_to(np.arange(len(at))[:, None], around.shape)[inside]
        self._window = sparse.csr_matrix((share, (rows, around[inside])), (len(at), self.steps))

    def fitted(self, swing: np.ndarray, fall: np.ndarray, wanted: np.ndarray) -> np.ndarray:
        """`swing` bent until the deviations of `swing + fall` are `wanted`."""

        def loss(bent):
            filtered = _filtered(bent + fall)
            spread, mean = self.spread(filtered)
            off = spread - wanted
            slope = filtered * (self._window.T @ (off / spread))
            slope -= self._window.T @ (off / spread * mean)
            return off @ off, _filtered(2 * slope)

        return minimize(loss, swing, jac=True, method="CG", options={"maxiter": _DESCENTS}).x

    def size_of_fall(self, swing: np.ndarray, fall: np.ndarray) -> float:
        """How much of `fall` brings the 90th percentile up to 1; 0 if it is above already."""
        filtered, falling = _filtered(swing), _filtered(fall)
        most = _MOST_FALL * float(swing.std()) / float(fall.std())
        return _halved(lambda x: bool(np.percentile(abs(filtered + x * falling), 90) < 1), 0, most)

    def spread(self, filtered: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Standard deviation and mean over each epoch's 600 s."""
        mean = self._window @ filtered
        power = self._window @ filtered**2 - mean**2
        return np.sqrt(np.maximum(power, 0) + _TINY), mean


def _filtered(rate: np.ndarray) -> np.ndarray:
    """Without its mean, through the published difference of Gaussians, edges mirrored.

    It is symmetric: a loss's slope goes back through it as the rate went forth.
    """
    apart_s = np.arange(-_KERNEL_REACH, _KERNEL_REACH + 1) * _STEP_S
    kernel = np.exp(-((apart_s / 120) ** 2) / 2) - 0.75 * np.exp(-((apart_s / 600) ** 2) / 2)
    return convolve1d(rate - rate.mean(), kernel, mode="reflect")


def _beats(seed: int, rate_bpm: np.ndarray, breaths: np.ndarray) -> np.ndarray:
    """Heartbeats in s where the rate's integral passes whole numbers (see heart.py)."""
    t_s = np.arange(len(breaths) * EPOCH_S * _BEAT_HZ + 1) / _BEAT_HZ
    slow_bpm = np.interp(t_s, (np.arange(len(rate_bpm)) + 0.5) * _STEP_S, rate_bpm)
    breath = np.sin(2 * np.pi * breath_cycles(breaths, t_s))
    per_step = slow_bpm * (1 + _BREATH_SHARE * breath) / (60 * _BEAT_HZ)
    first = stream(seed, "first beat").uniform()
    passed = first + np.concatenate(([0.0], np.cumsum(per_step[:-1])))
    return np.interp(np.arange(1, int(passed[-1]) + 1), passed, t_s)
