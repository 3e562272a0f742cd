"""A night's records laid out over its epochs, as the drawing needs them.

Arrays have one value for each 30 s from the start; a hole in the records is a
hole here. It must never fill one in.
"""

import itertools
from collections.abc import Callable

import numpy as np

from sleepsync.night import STAGE_OF, Epoch, Night, Score
from sleepsync.paths import records

EPOCHS_PER_H = 3600 // records.EPOCH_S
_WHOLE = 255  # what the probabilities of a score add up to

# Stages of sleep whose depth is known.
DEPTHS = (records.REM, records.LIGHT, records.DEEP)


def span_epochs(night: Night) -> int:
    """How many epochs the night spans, from 0 to the last thing that was recorded."""
    indices = [record.index for record in (*night.epochs, *night.scores, *night.morning)]
    event_epochs = [-(-e.t_ms // (1000 * records.EPOCH_S)) for e in night.events]
    return max([0, *(index + 1 for index in indices), *event_epochs])


def live_stages(night: Night) -> np.ndarray:
    """The live score's stage codes, (span,), UNKNOWN where there is none."""
    return _stages(night, night.scores)


def morning_stages(night: Night) -> np.ndarray:
    """The morning score's stage codes, (span,), UNKNOWN where there is none."""
    return _stages(night, night.morning)


def best_stages(night: Night) -> np.ndarray:
    """The stages that the night's figures are of: the morning's, or else the live score's."""
    return morning_stages(night) if night.morning else live_stages(night)


def probabilities(night: Night, scores: list[Score]) -> np.ndarray:
    """Of wake, light, deep, REM and sleep of unknown depth, (span, 5); NaN where unknown."""
    found = np.full((span_epochs(night), 5), np.nan)
    for score in scores:
        if score.stage not in (records.UNKNOWN, records.NOT_WORN):
            told = np.array([score.p_wake, score.p_light, score.p_deep, score.p_rem]) / _WHOLE
            found[score.index] = [*told, 1 - told.sum()]
    return found


def _stages(night, scores):
    stages = np.full(span_epochs(night), records.UNKNOWN)
    for score in scores:
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
    return _measured(night, lambda epoch: epoch.rate_dbpm / 10 or np.nan)


def breaths_per_min(night: Night) -> np.ndarray:
    """Breathing rate of each epoch, (span,), NaN where unknown."""
    return _measured(night, lambda epoch: epoch.breaths_dpm / 10 or np.nan)


def motion_counts(night: Night) -> np.ndarray:
    """Activity counts of each epoch, (span,), NaN where the motion sensor gave nothing."""
    return _measured(night, lambda epoch: epoch.counts, records.NO_MOTION_SENSOR)


def light_lx(night: Night) -> np.ndarray:
    """The room's mean light in each epoch in lux, (span,), NaN where unknown."""
    return _measured(night, lambda epoch: epoch.light_mlx / 1000, records.NO_LIGHT)


def temperature_c(night: Night) -> np.ndarray:
    """The room's temperature in each epoch in degrees Celsius, (span,), NaN where unknown."""
    return _measured(night, lambda epoch: epoch.temperature_cdeg / 100, records.NO_CLIMATE)


def humidity_pct(night: Night) -> np.ndarray:
    """The room's relative humidity in each epoch in per cent, (span,), NaN where unknown."""
    return _measured(night, lambda epoch: epoch.humidity_pct, records.NO_CLIMATE)


def level_dba(night: Night) -> np.ndarray:
    """LAeq of each epoch in dB re 20 uPa, (span,), NaN where unknown."""
    return _measured(night, lambda epoch: epoch.level_ddb / 10, records.NO_SOUND)


def loudest_dba(night: Night) -> np.ndarray:
    """The loudest 192 ms heard of each epoch in dBA re 20 uPa, (span,), NaN where unknown.

    The puck listens to so much of each second (`lib/microphone.py`).
    """
    return _measured(night, lambda epoch: epoch.loudest_ddb / 10, records.NO_SOUND)


def _measured(night: Night, value: Callable[[Epoch], float], missing: int = 0) -> np.ndarray:
    """A value of each epoch, NaN where there is no epoch or it bears a flag of `missing`."""
    values = np.full(span_epochs(night), np.nan)
    for epoch in night.epochs:
        values[epoch.index] = np.nan if epoch.flags & missing else value(epoch)
    return values


def reference(night: Night, name: str) -> np.ndarray:
    """The truth's array `name` (`rate_bpm`, `light_lx`, ...), (span,), NaN where unknown."""
    values = np.full(span_epochs(night), np.nan)
    truth = getattr(night.truth, name, None)
    known = values[:0] if truth is None else truth[: len(values)]
    values[: len(known)] = known
    return values


def gaps(night: Night, values: np.ndarray) -> np.ndarray:
    """Where a value is missing, (span,) bool, up to the last epoch that was kept.

    The epoch that was being measured when the night ended is no gap.
    """
    after = max((epoch.index + 1 for epoch in night.epochs), default=0)
    return np.isnan(values) & (np.arange(len(values)) < after)


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
