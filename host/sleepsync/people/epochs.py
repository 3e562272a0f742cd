"""What signals with times of their own say of each 30 s epoch.

Times are seconds from the first epoch's start. It must never bridge a hole: an epoch of
which too little was measured is NaN.
"""

import numpy as np

from sleepsync.fetch.sleep_accel import activity_counts
from sleepsync.people.person import EPOCH_S

_SUMS = 2  # of 15 s each, in an epoch
_AFTER_S = 2  # so that the last epoch's last second is whole
_HEARD = 0.9  # of an epoch's seconds; a second without motion is one less to count
_RATES_BPM = (25, 250)  # beyond them no heart, but a sensor that lost it


def mean_rate_bpm(heart: np.ndarray, epochs: int) -> np.ndarray:
    """The mean rate of each epoch, (epochs,), of readings `heart` (n, 2): s, bpm.

    Readings outside 25 to 250 a minute are not taken for a heart's. NaN without a reading.
    """
    credible = (heart[:, 1] >= _RATES_BPM[0]) & (heart[:, 1] <= _RATES_BPM[1])
    return mean_of_epochs(heart[credible, 0], heart[credible, 1], epochs)


def mean_of_epochs(at_s: np.ndarray, values: np.ndarray, epochs: int) -> np.ndarray:
    """The mean of the values within each epoch, (epochs,); NaN where there are none."""
    inside = (at_s >= 0) & (at_s < epochs * EPOCH_S)
    epoch = (at_s[inside] // EPOCH_S).astype(int)
    number = np.bincount(epoch, minlength=epochs)
    sums = np.bincount(epoch, weights=values[inside], minlength=epochs)
    return np.divide(sums, number, out=np.full(epochs, np.nan), where=number > 0)


def mean_counts(motion: np.ndarray, epochs: int) -> np.ndarray:
    """The activity counts of each epoch, (epochs,): the mean of its two sums of 15 s.

    `motion`: rows (s, x, y, z in g), in order of time. NaN where more than a tenth of an
    epoch's seconds hold no sample.
    """
    end_s = epochs * EPOCH_S + _AFTER_S
    heard = _heard(motion[:, 0], epochs)
    inside = motion[(motion[:, 0] >= 0) & (motion[:, 0] <= end_s)]
    if not heard.any():
        return np.full(epochs, np.nan)
    # The published counting begins with the first sample: so the night begins with one.
    first, last = inside[:1].copy(), inside[-1:].copy()
    first[0, 0], last[0, 0] = 0, end_s
    sums = activity_counts(np.concatenate((first, inside, last)))[: epochs * _SUMS, 1]
    return np.where(heard, sums.reshape(epochs, _SUMS).mean(axis=1), np.nan)


def _heard(at_s: np.ndarray, epochs: int) -> np.ndarray:
    """Whether most of the seconds of each epoch hold a sample."""
    inside = (at_s >= 0) & (at_s < epochs * EPOCH_S)
    seconds = np.unique(at_s[inside].astype(int))
    return np.bincount(seconds // EPOCH_S, minlength=epochs) >= _HEARD * EPOCH_S
