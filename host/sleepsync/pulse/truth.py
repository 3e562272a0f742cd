"""What was true in each window of a record, by its references.

Monitors and oximeters tell a mean of what has been, and so does the puck: a window may be held
against what a reference told some seconds later or earlier.
"""

import numpy as np

from sleepsync.pulse.recordings import Recording
from sleepsync.pulse.told import BREATH_WINDOW_S, RATE_WINDOW_S, mean_of_known

_LEAST_SHARE = 0.5  # of a window, that a strap's intervals cover


def rates(record: Recording, lag_s: int = 0, strap_start_s: float = 0.0) -> np.ndarray:
    """True heart rate of each whole 8 s window of a record, as told `lag_s` later.

    Of rates at 1 Hz the mean over the seconds in which the puck answers, too: 1 to 8 of the
    first window. Of a strap, whose first interval begins at `strap_start_s` of the signal, the
    mean of the intervals that lie in the window. NaN where less than half of it is known.
    """
    if len(record.rr_s):
        return _strap_rates(record, lag_s, strap_start_s)
    return rates_of_rows(record.rate_bpm, record.seconds, lag_s)


def rates_of_rows(rows: np.ndarray, seconds: int, lag_s: int = 0) -> np.ndarray:
    """The same of any rates at 1 Hz, for a record of so many seconds."""
    at = np.arange(1, seconds + 1) + lag_s
    inside = (at >= 0) & (at < len(rows))
    told = np.where(inside, rows[np.clip(at, 0, len(rows) - 1)], np.nan)
    return mean_of_known(told, RATE_WINDOW_S)


def breaths(record: Recording) -> np.ndarray:
    """(annotators, windows) breaths a minute in each whole 32 s, by the first and last mark.

    NaN where an annotator has fewer than two marks.
    """
    windows = record.seconds // BREATH_WINDOW_S
    found = np.full((len(record.breaths_s), windows), np.nan)
    for row, marks_s in zip(found, record.breaths_s, strict=True):
        for k in range(windows):
            inside = marks_s[marks_s // BREATH_WINDOW_S == k]
            if len(inside) > 1:
                row[k] = 60 * (len(inside) - 1) / (inside[-1] - inside[0])
    return found


def _strap_rates(record, lag_s, start_s):
    ends_s = start_s + np.cumsum(record.rr_s) - lag_s
    begins_s = ends_s - record.rr_s
    found = np.full(record.seconds // RATE_WINDOW_S, np.nan)
    for k in range(len(found)):
        inside = (begins_s >= k * RATE_WINDOW_S) & (ends_s <= (k + 1) * RATE_WINDOW_S)
        if record.rr_s[inside].sum() >= _LEAST_SHARE * RATE_WINDOW_S:
            found[k] = 60 / record.rr_s[inside].mean()
    return found
