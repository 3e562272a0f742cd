"""What somebody who heard a record says of it, in the same form whoever it is.

It must never fill in what was not said: that is NaN.
"""

from dataclasses import dataclass

import numpy as np

from sleepsync.pulse.hearing import Heard

RATE_WINDOW_S, BREATH_WINDOW_S = 8, 32
VARIATION_S = 30  # RMSSD and SDNN are of the last 30 s
_LEAST_SHARE = 0.5  # of a window, that intervals cover or rows know


@dataclass(frozen=True)
class Told:
    """`rate_bpm`, `quality` (n,): of each whole window of 8 s. `beats_s` (m,): when beats were;
    `intervals_s` (m,): the believed interval that ends with each. `rmssd_ms`, `sdnn_ms`
    (seconds,): row k of the 30 s that end with second k + 1. `breaths_per_min`: of each whole
    window of 32 s. A higher quality is a better one; its scale is everybody's own.
    """

    rate_bpm: np.ndarray
    quality: np.ndarray
    beats_s: np.ndarray
    intervals_s: np.ndarray
    rmssd_ms: np.ndarray
    sdnn_ms: np.ndarray
    breaths_per_min: np.ndarray


def of_heard(heard: Heard) -> Told:
    """What the puck says. A window's rate is the mean of the seconds in it that are known, if
    half are; its quality the mean of all; its breathing what is said at its end.
    """
    return Told(
        mean_of_known(heard.rate_bpm, RATE_WINDOW_S),
        in_windows(heard.quality, RATE_WINDOW_S).mean(axis=1),
        heard.beats_s,
        heard.intervals_s,
        heard.rmssd_ms,
        heard.sdnn_ms,
        in_windows(heard.breaths_per_min, BREATH_WINDOW_S)[:, -1],
    )


def silent(seconds: int) -> Told:
    """Nothing at all, of so many seconds."""
    windows, rows = np.full(seconds // RATE_WINDOW_S, np.nan), np.full(seconds, np.nan)
    breaths = np.full(seconds // BREATH_WINDOW_S, np.nan)
    return Told(windows, windows, np.empty(0), np.empty(0), rows, rows, breaths)


def in_windows(rows: np.ndarray, window: int) -> np.ndarray:
    """(whole windows, window) of (rows,)."""
    return rows[: len(rows) // window * window].reshape(-1, window)


def mean_of_known(rows: np.ndarray, window: int) -> np.ndarray:
    """Of each whole window, the mean of the rows that are known; NaN if less than half are."""
    parts = in_windows(rows, window)
    known = np.isfinite(parts)
    total = np.where(known, parts, 0).sum(axis=1)
    enough = known.sum(axis=1) >= _LEAST_SHARE * window
    return np.where(enough, total / np.maximum(known.sum(axis=1), 1), np.nan)


def intervals_of(beats_s: np.ndarray) -> np.ndarray:
    """The intervals that end with each beat; NaN for the first."""
    return np.diff(beats_s, prepend=np.nan)


def variation(beats_s: np.ndarray, intervals_s: np.ndarray, seconds: int) -> np.ndarray:
    """(2, seconds): RMSSD and SDNN in ms, of the intervals that lie in the last 30 s of each.

    Successive differences are those of intervals that share a beat. NaN before 30 s, and where
    intervals cover less than half of the time.
    """
    found = np.full((2, seconds), np.nan)
    begin_s = beats_s - intervals_s
    for second in range(VARIATION_S, seconds + 1):
        inside = (begin_s >= second - VARIATION_S) & (beats_s <= second)  # not with a NaN
        if intervals_s[inside].sum() >= _LEAST_SHARE * VARIATION_S:
            found[:, second - 1] = _rmssd_ms(intervals_s, inside), _sdnn_ms(intervals_s[inside])
    return found


def _rmssd_ms(intervals_s, inside):
    both = inside[1:] & inside[:-1]
    steps = np.diff(intervals_s)[both]
    return 1000 * np.sqrt(np.mean(steps**2)) if len(steps) else np.nan


def _sdnn_ms(intervals_s):
    return 1000 * np.std(intervals_s, ddof=1) if len(intervals_s) > 1 else np.nan
