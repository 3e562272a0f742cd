"""Heartbeats of a generated sleeper: rate by stage, breathing, arousals, 1/f wander.

Beats fall where the integral of the rate passes whole numbers, the integral pulse
frequency modulation model (Mateo and Laguna 2000, IEEE Trans Biomed Eng 47:985).
It must never touch the beats of a recorded sleeper.
"""

import numpy as np

from sleepsync.world.noise import band_noise, stream
from sleepsync.world.sleeper import EPOCH_S, breath

_GRID_HZ = 4  # the usual rate at which heart-rate variability is sampled
SLEEPING_BPM = (52.0, 62.0)  # a healthy adult's own rate in N2
_NIGHT_FALL_BPM = 5.0  # what the rate loses from evening to the small hours
_LOWEST_AT = 0.75  # share of the night at which it is lowest
# For each stage: bpm against N2, breathing's share of the rate, wander in bpm.
_HABITS = {
    "W": (7.0, 0.020, 1.8),
    "1": (3.0, 0.025, 1.2),
    "2": (0.0, 0.030, 0.9),
    "3": (-0.5, 0.035, 0.6),
    "4": (-0.5, 0.035, 0.6),
    "R": (3.5, 0.015, 2.0),
}
_SETTLE_S = 45  # a change of stage shows in the rate over about a minute
_WANDER_HZ = (1 / 3600, 0.1)  # slower than any breath: breathing has its own share
_AROUSAL_BPM = 7.0  # a movement lifts the rate by about this (Sforza 2000, Clin Neurophysiol)
_AROUSAL_S = 12.0  # and it falls back with this time constant
# While a breath is held the heart slows, and it leaps when breath comes back (Guilleminault
# 1984, Lancet 323:126; to some 54 and 82 /min in Wolf 2016, Int J Cardiol 202:67).
_HELD_FALL_BPM, _HELD_S = 8.0, 8.0
_BACK_LEAP_BPM, _BACK_S = 14.0, 6.0
_BEAT_JITTER_S = 0.003  # what breathing and wander leave unexplained from beat to beat
_RATE_LIMITS_BPM = (40.0, 120.0)


def beats(
    seed: int,
    stages: list[str],
    breaths: np.ndarray,
    stirs_s: np.ndarray,
    own_bpm: tuple[float, float] = SLEEPING_BPM,
    pauses: list[tuple[float, float]] | None = None,
) -> np.ndarray:
    """Times of heartbeats in s, ascending, for the whole night.

    `breaths`: breaths a minute per epoch; `stirs_s`: when the sleeper moves or turns;
    `own_bpm`: limits of the sleeper's own rate in N2; `pauses`: spans without breath.
    """
    pauses = pauses or []
    duration_s = len(stages) * EPOCH_S
    t_s = np.arange(duration_s * _GRID_HZ + 1) / _GRID_HZ
    rng = stream(seed, "heart")
    habits = _by_stage(t_s, stages)
    slow_bpm = rng.uniform(*own_bpm) + _unmoved_bpm(rng, t_s, habits)
    slow_bpm += _arousals(t_s, stirs_s) + _held_breath(t_s, pauses)
    breathed = 1 + habits[1] * breath(breaths, pauses, t_s)
    rate_bpm = np.clip(slow_bpm * breathed, *_RATE_LIMITS_BPM)
    passed = np.concatenate(([0.0], np.cumsum(rate_bpm[:-1]) / (60 * _GRID_HZ)))
    whole = np.arange(1, int(passed[-1]) + 1)
    jitter_s = _BEAT_JITTER_S * stream(seed, "jitter").standard_normal(whole.size)
    return np.sort(np.clip(np.interp(whole, passed, t_s) + jitter_s, 0, duration_s))


def _unmoved_bpm(rng, t_s, habits) -> np.ndarray:
    """Stage, hour and wander against the sleeper's own rate."""
    offset_bpm, _, wander_bpm = habits
    through = t_s / t_s[-1]
    night_bpm = _NIGHT_FALL_BPM * (((through - _LOWEST_AT) / _LOWEST_AT) ** 2 - 0.5)
    wander = band_noise(rng, t_s.shape, _GRID_HZ, _WANDER_HZ, slope=1)
    return offset_bpm + night_bpm + wander_bpm * wander


def _by_stage(t_s: np.ndarray, stages: list[str]) -> np.ndarray:
    """The rows of `_HABITS` at each time, smoothed over `_SETTLE_S`: shape (3, n)."""
    habits = np.array([_HABITS[stage] for stage in stages])
    centres_s = (np.arange(len(stages)) + 0.5) * EPOCH_S
    columns = [np.interp(t_s, centres_s, column) for column in habits.T]
    width = _SETTLE_S * _GRID_HZ
    padded = np.pad(columns, ((0, 0), (width // 2, width - width // 2)), mode="edge")
    sums = np.cumsum(padded, axis=1)
    return (sums[:, width:] - sums[:, :-width]) / width


def _arousals(t_s: np.ndarray, stirs_s: np.ndarray) -> np.ndarray:
    """The lift after each stir in bpm; of several, the latest counts."""
    stirs_s = np.sort(stirs_s)
    latest = np.searchsorted(stirs_s, t_s, side="right") - 1
    since_s = t_s - np.concatenate((stirs_s, [-np.inf]))[latest]
    return _AROUSAL_BPM * np.exp(-since_s / _AROUSAL_S) * -np.expm1(-since_s)


def _held_breath(t_s: np.ndarray, pauses: list[tuple[float, float]]) -> np.ndarray:
    """What the pauses take from the rate, and what their ends add, in bpm."""
    lift_bpm = np.zeros(len(t_s))
    for from_s, to_s in pauses:
        first, resumed, last = np.searchsorted(t_s, (from_s, to_s, to_s + 8 * _BACK_S))
        held_s = t_s[first:resumed] - from_s
        lift_bpm[first:resumed] += _HELD_FALL_BPM * np.expm1(-held_s / _HELD_S)
        since_s = t_s[resumed:last] - to_s
        lift_bpm[resumed:last] += _BACK_LEAP_BPM * np.exp(-since_s / _BACK_S) * -np.expm1(-since_s)
    return lift_bpm
