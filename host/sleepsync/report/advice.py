"""The room beside what is advised for a bedroom: at bedtime, and while asleep.

Advice is of others, and so named: WHO's guidelines for community noise (1999) have 30 dB LAeq
and 45 dB LAmax inside a bedroom at night; Brown et al. (2022, PLoS Biology 20: e3001571) at most
1 lx (melanopic) while asleep; 16 to 21 C is common advice, and no limit. It must never judge what
was not measured, nor where the sensor cannot tell.
"""

from dataclasses import dataclass

import numpy as np

from sleepsync.night import Night
from sleepsync.paths import records
from sleepsync.report import series
from sleepsync.report.room import dba, lux, mean_level_dba
from sleepsync.report.room_panels import MICROPHONE_TELLS_DBA
from sleepsync.report.together import sleep_span
from sleepsync.report.words import NBSP, duration

BEDTIME = 30  # epochs, a quarter of an hour before sleep onset
MEAN_DBA, MOST_DBA = 30, 45
MOST_LX = 1
COOL_C, WARM_C = 16, 21
UNKNOWN = "unknown"


@dataclass(frozen=True)
class Advice:
    """One thing of the room; all in words but `bedtime` and `asleep`, the values, NaN unknown.

    `low` and `high`: what is advised; `verdict` is of the time asleep. `is_at_most`: the sensor
    only tells that it was no more than so much.
    """

    name: str
    advised: str
    low: float
    high: float
    bedtime: float
    asleep: float
    bedtime_words: str
    asleep_words: str
    verdict: str
    is_at_most: bool = False


def of_night(night: Night) -> list[Advice]:
    """The room's four things, known or not; none of a night in which nobody slept."""
    onset, after = sleep_span(night)
    if not after:
        return []
    bed = slice(max(0, onset - BEDTIME), onset)
    is_asleep = np.isin(series.best_stages(night), (records.ASLEEP, *series.DEPTHS))
    asleep = np.flatnonzero(is_asleep[:after])
    return [
        _noise(series.level_dba(night), bed, asleep),
        _loudest(series.loudest_dba(night), bed, asleep),
        _light(series.light_lx(night), bed, asleep),
        _warmth(series.temperature_c(night), bed, asleep),
    ]


def _noise(levels: np.ndarray, bed: slice, asleep: np.ndarray) -> Advice:
    at_bed, in_sleep = _energy(levels[bed]), _energy(levels[asleep])
    verdict = f"above {MEAN_DBA} dBA"
    is_deaf = in_sleep < MICROPHONE_TELLS_DBA
    if np.isnan(in_sleep):
        verdict = UNKNOWN
    elif is_deaf:
        verdict = f"cannot be told: under {MICROPHONE_TELLS_DBA} dBA the microphone hears itself"
    words = _dba(at_bed), _dba(in_sleep)
    return Advice("Noise, energy mean", "30 dBA or less", 0, MEAN_DBA, at_bed, in_sleep, *words,
                  _bound(verdict), is_deaf)  # fmt: skip


def _loudest(levels: np.ndarray, bed: slice, asleep: np.ndarray) -> Advice:
    at_bed, in_sleep = _most(levels[bed]), _most(levels[asleep])
    verdict = _within(levels[asleep], -np.inf, MOST_DBA, "dBA")
    words = _dba(at_bed), _dba(in_sleep)
    return Advice("Loudest heard", "45 dBA or less", 0, MOST_DBA, at_bed, in_sleep, *words, verdict)


def _light(levels: np.ndarray, bed: slice, asleep: np.ndarray) -> Advice:
    at_bed, in_sleep = _median(levels[bed]), _median(levels[asleep])
    verdict = _within(levels[asleep], -np.inf, MOST_LX, "lx")
    words = _lux(at_bed), _lux(in_sleep)
    return Advice("Light, median", "1 lx or less asleep", 0, MOST_LX, at_bed, in_sleep, *words,
                  verdict)  # fmt: skip


def _warmth(levels: np.ndarray, bed: slice, asleep: np.ndarray) -> Advice:
    at_bed, in_sleep = _median(levels[bed]), _median(levels[asleep])
    verdict = _within(levels[asleep], COOL_C, WARM_C, "°C")
    words = _degrees(at_bed), _degrees(in_sleep)
    return Advice("Temperature, median", "16–21 °C", COOL_C, WARM_C, at_bed, in_sleep, *words,
                  verdict)  # fmt: skip


def _within(values: np.ndarray, low: float, high: float, unit: str) -> str:
    """Within, or for how long above and below; `unknown` where nothing was measured."""
    if not series.any_number(values):
        return UNKNOWN
    sides = (("above", high, np.nansum(values > high)), ("below", low, np.nansum(values < low)))
    told = [
        f"{side} {limit:g} {unit} for {_span(int(count))}" for side, limit, count in sides if count
    ]
    return _bound(", ".join(told) or "within")


def _span(epochs: int) -> str:
    seconds = epochs * records.EPOCH_S
    return duration(seconds) if seconds >= 60 else f"{seconds}{NBSP}s"


def _bound(words: str) -> str:
    """A number and its unit on one line."""
    return words.replace(" dBA", f"{NBSP}dBA").replace(" lx", f"{NBSP}lx")


def _energy(levels: np.ndarray) -> float:
    return mean_level_dba(levels) if series.any_number(levels) else np.nan


def _most(levels: np.ndarray) -> float:
    return float(np.nanmax(levels)) if series.any_number(levels) else np.nan


def _median(levels: np.ndarray) -> float:
    return float(np.nanmedian(levels)) if series.any_number(levels) else np.nan


def _dba(level_dba: float) -> str:
    return dba(level_dba) if np.isfinite(level_dba) else UNKNOWN


def _lux(level_lx: float) -> str:
    return lux(level_lx) if np.isfinite(level_lx) else UNKNOWN


def _degrees(warmth_c: float) -> str:
    return f"{warmth_c:.1f}{NBSP}°C" if np.isfinite(warmth_c) else UNKNOWN
