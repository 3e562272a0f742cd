"""How the room and the night went together: what came before each awakening, and by the hour.

Stages and awakenings are those of the scores; here it is only looked at what the room did about
them. It must never count what was not measured, nor call two things that met cause and effect.
"""

import itertools
from dataclasses import dataclass

import numpy as np

from sleepsync.night import Night
from sleepsync.paths import records
from sleepsync.report import clock, series, waking
from sleepsync.report.acts import spans_of_light

BEFORE = 4  # epochs, two minutes: before an awakening
# Over the night's median: 10 dB is about twice as loud to an ear.
LOUD_DB = 10
LIGHT_JUMP_LX = 1  # from one half minute to another; as much as a sleeper should have at all
SHOWN_BEFORE, SHOWN_AFTER = 20, 4  # epochs around an awakening, in the picture
_DRIFT = 60  # epochs, half an hour: the temperature's
_LEAST_HOUR = 40  # epochs of an hour that must be known
_ASLEEP = (records.ASLEEP, *series.DEPTHS)


@dataclass(frozen=True)
class Awakening:
    """One awakening, from epoch `index` on, and the room in the two minutes before it.

    `rise_db`: the loudest over the night's median; `light_lx`: the highest jump of the light up,
    `is_own_light`: while the puck shone; `temperature_c`, `drift_c`: its change in half an hour.
    NaN is unknown. `shown_db`: levels over the median around it, for the picture.
    """

    index: int
    rise_db: float
    light_lx: float
    is_own_light: bool
    temperature_c: float
    drift_c: float
    shown_db: np.ndarray

    @property
    def is_after_noise(self) -> bool:
        """Whether a noise stood before it."""
        return self.rise_db >= LOUD_DB

    @property
    def is_after_light(self) -> bool:
        """Whether it grew light before it."""
        return self.light_lx >= LIGHT_JUMP_LX


@dataclass(frozen=True)
class Chance:
    """How many awakenings had a noise before them, and how many by chance.

    `known`: awakenings before which the microphone heard. `counts`: how many it would be, had the
    awakenings come at other times, for every rotation of them within the sleep.
    """

    known: int
    after_noise: int
    counts: np.ndarray

    @property
    def expected(self) -> float:
        """How many by chance."""
        return float(np.mean(self.counts)) if len(self.counts) else 0.0

    @property
    def share(self) -> float:
        """The share of rotations with as many or more: small where it is hardly chance."""
        more = int(np.sum(self.counts >= self.after_noise - 1e-9))
        return (more + 1) / (len(self.counts) + 1)


@dataclass(frozen=True)
class Hour:
    """An hour of the clock within the sleep: in hours since the start, NaN is unknown.

    `restless`: the share of half minutes in which the sleeper moved.
    """

    begin_h: float
    end_h: float
    temperature_c: float
    restless: float


def sleep_span(night: Night) -> tuple[int, int]:
    """(onset, after the last epoch of sleep), (0, 0) if nobody slept; not past the waking."""
    stages = series.best_stages(night)
    asleep = np.flatnonzero(np.isin(stages, _ASLEEP))
    if not len(asleep):
        return 0, 0
    return int(asleep[0]), min(int(asleep[-1]) + 1, _rung_epoch(night, len(stages)))


def awakenings(night: Night) -> list[Awakening]:
    """The awakenings after sleep onset, but for those that the waking itself brings."""
    stages = series.best_stages(night)
    onset, _ = sleep_span(night)
    rung = _rung_epoch(night, len(stages))
    runs = [run for run in series.runs(stages) if run[2] == records.WAKE]
    levels, lux, warm = _over_median_db(night), series.light_lx(night), series.temperature_c(night)
    own = spans_of_light(night)
    return [
        _awakening(first, levels, lux, warm, own)
        for first, _, _ in runs
        if onset < first < rung and onset
    ]


def chance(night: Night) -> Chance:
    """The noise before awakenings against every rotation of them within the sleep."""
    found = [one.index for one in awakenings(night) if not np.isnan(one.rise_db)]
    onset, after = sleep_span(night)
    loud, is_known = _windows(night)
    after_noise = int(sum(loud[i] for i in found))
    if not found or after - onset < 2:
        return Chance(len(found), after_noise, np.zeros(0))
    span = after - onset
    at = (np.array(found) - onset)[None, :] + np.arange(1, span)[:, None]
    at = onset + at % span
    known = is_known[at].sum(axis=1)
    counts = loud[at].sum(axis=1)[known > 0] / known[known > 0] * len(found)
    return Chance(len(found), after_noise, counts)


def median_dba(night: Night) -> float:
    """The median of the loudest heard in each half minute of the sleep, NaN where unknown."""
    onset, after = sleep_span(night)
    levels = series.loudest_dba(night)[onset:after]
    return float(np.nanmedian(levels)) if series.any_number(levels) else np.nan


def by_hour(night: Night) -> list[Hour]:
    """Temperature and restlessness of each hour of the clock within the sleep."""
    onset, after = sleep_span(night)
    start = clock.wall(night, 0)
    off = (start.minute * 60 + start.second) // records.EPOCH_S if start else 0
    edges = [onset, *range(_next(onset, off), after, series.EPOCHS_PER_H), after]
    warm, moved = series.temperature_c(night), _moved(night)
    return [
        Hour(
            first / series.EPOCHS_PER_H,
            end / series.EPOCHS_PER_H,
            _mean(warm[first:end]),
            _mean(moved[first:end]),
        )
        for first, end in itertools.pairwise(edges)
        if end - first >= _LEAST_HOUR
    ]


def _next(index: int, off: int) -> int:
    """The first epoch after `index` that begins an hour; epoch 0 is `off` after one."""
    per_h = series.EPOCHS_PER_H
    return ((index + off) // per_h + 1) * per_h - off


def _awakening(
    first: int,
    levels: np.ndarray,
    lux: np.ndarray,
    warm: np.ndarray,
    own: list[tuple[float, float]],
) -> Awakening:
    begin = max(0, first - BEFORE)
    earlier = warm[max(0, first - _DRIFT)]
    return Awakening(
        index=first,
        rise_db=_most(levels[begin:first]),
        light_lx=_most(np.maximum(np.diff(lux[max(0, begin - 1) : first]), 0)),
        is_own_light=any(a < first and b > begin for a, b in own),
        temperature_c=float(warm[first - 1]),
        drift_c=float(warm[first - 1] - earlier),
        shown_db=_around(levels, first),
    )


def _around(levels: np.ndarray, first: int) -> np.ndarray:
    padded = np.concatenate((np.full(SHOWN_BEFORE, np.nan), levels, np.full(SHOWN_AFTER, np.nan)))
    return padded[first : first + SHOWN_BEFORE + SHOWN_AFTER]


def _over_median_db(night: Night) -> np.ndarray:
    """The loudest of each epoch over the night's median; unknown while the sleeper is awake,
    whose own noise it may be.
    """
    levels = series.loudest_dba(night) - median_dba(night)
    levels[series.best_stages(night) == records.WAKE] = np.nan
    return levels


def _windows(night: Night) -> tuple[np.ndarray, np.ndarray]:
    """For each epoch whether a noise stood before it, and whether that is known."""
    levels = _over_median_db(night)
    padded = np.concatenate((np.full(BEFORE, np.nan), levels))
    before = np.lib.stride_tricks.sliding_window_view(padded, BEFORE)[: len(levels)]
    return np.any(before >= LOUD_DB, axis=1), np.any(np.isfinite(before), axis=1)


def _moved(night: Night) -> np.ndarray:
    """1 for each epoch in which the sleeper moved, 0 for a still one, NaN where unknown."""
    moved = np.full(series.span_epochs(night), np.nan)
    for epoch in night.epochs:
        if not epoch.flags & records.NO_MOTION_SENSOR:
            moved[epoch.index] = bool(epoch.flags & records.MOVING)
    return moved


def _rung_epoch(night: Night, last: int) -> int:
    """The epoch from which on the waking acts."""
    begins = [ring.begin_ms for alarm in waking.alarms(night) for ring in alarm.rings]
    return min([last, *(begin // (records.EPOCH_S * 1000) for begin in begins)])


def _most(values: np.ndarray) -> float:
    return float(np.nanmax(values)) if series.any_number(values) else np.nan


def _mean(values: np.ndarray) -> float:
    known = np.isfinite(values)
    return float(np.mean(values[known])) if known.sum() >= _LEAST_HOUR else np.nan
