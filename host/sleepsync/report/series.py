"""A night's records laid out over its epochs, as the drawing needs them.

Arrays have one value for each 30 s from the start; a hole in the records is a
hole here. It must never fill one in.
"""

import itertools

import numpy as np

from sleepsync.night import STAGE_OF, Night
from sleepsync.paths import records

EPOCHS_PER_H = 3600 // records.EPOCH_S

# Stages of sleep whose depth is known.
DEPTHS = (records.REM, records.LIGHT, records.DEEP)


def span_epochs(night: Night) -> int:
    """How many epochs the night spans, from 0 to the last thing that was recorded."""
    indices = [record.index for record in (*night.epochs, *night.scores)]
    event_epochs = [-(-e.t_ms // (1000 * records.EPOCH_S)) for e in night.events]
    return max([0, *(index + 1 for index in indices), *event_epochs])


def live_stages(night: Night) -> np.ndarray:
    """The live score's stage codes, (span,), UNKNOWN where there is none."""
    stages = np.full(span_epochs(night), records.UNKNOWN)
    for score in night.scores:
        stages[score.index] = score.stage
    return stages


def reference_stages(night: Night) -> np.ndarray:
    """The truth's stage codes, (span,); UNKNOWN for movement time and whatever is no stage."""
    stages = np.full(span_epochs(night), records.UNKNOWN)
    known = night.truth.stages[: len(stages)] if night.truth else []
    stages[: len(known)] = [STAGE_OF.get(stage, records.UNKNOWN) for stage in known]
    return stages


def rates_bpm(night: Night) -> np.ndarray:
    """Heart rate of each epoch in beats per minute, (span,), NaN where unknown."""
    rates = np.full(span_epochs(night), np.nan)
    for epoch in night.epochs:
        rates[epoch.index] = epoch.rate_dbpm / 10 or np.nan
    return rates


def reference_rates_bpm(night: Night) -> np.ndarray:
    """The truth's heart rate in beats per minute, (span,), NaN where unknown."""
    rates = np.full(span_epochs(night), np.nan)
    known = night.truth.rate_bpm[: len(rates)] if night.truth else rates[:0]
    rates[: len(known)] = known
    return rates


def motion_counts(night: Night) -> np.ndarray:
    """Activity counts of each epoch, (span,), NaN where the motion sensor gave nothing."""
    counts = np.full(span_epochs(night), np.nan)
    for epoch in night.epochs:
        missing = epoch.flags & records.NO_MOTION_SENSOR
        counts[epoch.index] = np.nan if missing else epoch.counts
    return counts


def any_number(values: np.ndarray) -> bool:
    """Whether any value is known (not NaN)."""
    return bool(np.any(np.isfinite(values)))


def any_known(stages: np.ndarray) -> bool:
    """Whether any stage is one of waking or sleep."""
    return bool(np.any(stages >= records.WAKE))


def never_worn(night: Night) -> bool:
    """Whether the pod was off the body whenever something was recorded."""
    stages = live_stages(night)
    if any_known(stages):
        return False
    off_body = all(epoch.flags & records.OFF_BODY for epoch in night.epochs)
    return off_body or bool(np.any(stages == records.NOT_WORN))


def runs(values: np.ndarray) -> list[tuple[int, int, int]]:
    """Runs of one value: (first index, index after the last, value), in order."""
    if not len(values):
        return []
    edges = [0, *(np.flatnonzero(np.diff(values)) + 1), len(values)]
    return [(int(a), int(b), int(values[a])) for a, b in itertools.pairwise(edges)]
