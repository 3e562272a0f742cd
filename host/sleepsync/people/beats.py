"""What heartbeats say of each 30 s epoch: the rate, and how it varies from beat to beat.

Times are seconds from the first epoch's start. It must never mend an interval: one that
is none is left out.
"""

import numpy as np
from scipy.ndimage import median_filter

from sleepsync.people.person import EPOCH_S

_INTERVALS_S = (0.3, 2.0)  # 200 to 30 a minute; longer, and a beat was missed
_RATED_S = 15  # of an epoch in such intervals, or its rate is not known
_NORMAL = 0.2  # from the median of those around: more, and it is no sinus beat (Malik 1996)
_AROUND = 11
_FEWEST = 10  # differences in an epoch


def rate_and_rmssd(beats_s: np.ndarray, epochs: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean rate per minute and RMSSD in ms of each epoch, (epochs,); NaN where not known.

    `beats_s`: ascending. An interval belongs to the epoch of its end. RMSSD (Task Force
    1996) is of neighbouring intervals that are both normal, from 10 such pairs on.
    """
    if len(beats_s) < 2:
        return np.full(epochs, np.nan), np.full(epochs, np.nan)
    intervals_s = np.diff(beats_s)
    epoch = np.floor(beats_s[1:] / EPOCH_S).astype(int)
    sound = (intervals_s >= _INTERVALS_S[0]) & (intervals_s <= _INTERVALS_S[1])
    normal = sound & _near_its_neighbours(intervals_s)
    pairs = normal[1:] & normal[:-1] & (epoch[1:] == epoch[:-1])
    squares = np.diff(intervals_s * 1000) ** 2
    return (
        _rate(epoch[sound], intervals_s[sound], epochs),
        np.sqrt(_mean(epoch[1:][pairs], squares[pairs], epochs, _FEWEST)),
    )


def _near_its_neighbours(intervals_s: np.ndarray) -> np.ndarray:
    usual_s = median_filter(intervals_s, _AROUND, mode="nearest")
    return np.abs(intervals_s - usual_s) <= _NORMAL * usual_s


def _rate(epoch: np.ndarray, intervals_s: np.ndarray, epochs: int) -> np.ndarray:
    heard_s = _sums(epoch, intervals_s, epochs)
    rate = 60 * _sums(epoch, np.ones(len(epoch)), epochs)
    return np.divide(rate, heard_s, out=np.full(epochs, np.nan), where=heard_s >= _RATED_S)


def _mean(epoch: np.ndarray, values: np.ndarray, epochs: int, fewest: int) -> np.ndarray:
    number = _sums(epoch, np.ones(len(epoch)), epochs)
    sums = _sums(epoch, values, epochs)
    return np.divide(sums, number, out=np.full(epochs, np.nan), where=number >= fewest)


def _sums(epoch: np.ndarray, values: np.ndarray, epochs: int) -> np.ndarray:
    inside = (epoch >= 0) & (epoch < epochs)
    return np.bincount(epoch[inside], weights=values[inside], minlength=epochs)
