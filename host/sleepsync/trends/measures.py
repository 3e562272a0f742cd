"""What is told of weeks of nights: each measure with its unit, its colour and how far off it is.

It must never leave out how far one night's figure may be from the truth where that is known.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time

import numpy as np

from sleepsync.report.words import NBSP, duration
from sleepsync.trends.gathered import Gathered, NightRow

_NOON = time(12)

Value = Callable[[NightRow], float | None]


@dataclass(frozen=True)
class Measure:
    """`value` of a night, None unknown. `role`: of a colour. `off_min`: limits of agreement of the
    morning's score, said minus PSG's (docs/staging.md), where they are known. `least_span`: of the
    axis. `height_pt` 0: in no picture of its own.
    """

    title: str
    unit: str
    role: str
    value: Value
    written: Callable[[float], str]
    off_min: tuple[float, float] | None = None
    least_span: float = 1.0
    height_pt: float = 72


def of_clock(value: Callable[[NightRow], datetime | None]) -> Value:
    """Hours since the noon before the night."""

    def hours(row: NightRow) -> float | None:
        at = value(row)
        noon = datetime.combine(row.day, _NOON)
        return (at - noon).total_seconds() / 3600 if at else None

    return hours


def clock_words(hours: float) -> str:
    """Hours since noon as wall time: `23:05`."""
    minutes = round(hours * 60) + 12 * 60
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"


def between(measure: "Measure", low: float, high: float) -> str:
    """`53.0 to 58.8 /min`: a unit that both have is said once."""
    ends = [measure.written(value).rpartition(NBSP) for value in (low, high)]
    (first, _, unit), (second, _, other) = ends
    is_one = unit == other and all(number and NBSP not in number for number in (first, second))
    return f"{first if is_one else measure.written(low)} to {measure.written(high)}"


def _hours(name: str) -> Value:
    def value(row: NightRow) -> float | None:
        seconds = getattr(row, name)
        return None if seconds is None else seconds / 3600

    return value


def _stage(name: str) -> Value:
    """Hours of a stage, unknown where the night tells no depths."""

    def value(row: NightRow) -> float | None:
        told = row.stages_s
        has_depths = any(told.get(each) for each in ("light", "deep", "rem"))
        return told[name] / 3600 if has_depths else None

    return value


def _minutes(row: NightRow) -> float | None:
    return None if row.waso_s is None else row.waso_s / 60


def _in_hours(hours: float) -> str:
    return duration(round(hours * 3600))


def _with(unit: str, places: int) -> Callable[[float], str]:
    return lambda value: f"{value:.{places}f}{NBSP}{unit}"


BED = Measure("In bed", "", "quiet", of_clock(lambda row: row.bed), clock_words)
ONSET = Measure("Asleep", "", "asleep", of_clock(lambda row: row.onset), clock_words)
WAKE = Measure("Last asleep", "", "asleep", of_clock(lambda row: row.wake), clock_words)
ASLEEP = Measure(
    "Time asleep",
    "hours",
    "asleep",
    _hours("asleep_s"),
    _in_hours,
    off_min=(-28.4, 42.6),
    least_span=3,
    height_pt=96,
)
DEEP = Measure("Deep", "hours", "deep", _stage("deep"), _in_hours, off_min=(-64.1, 70.5))
REM = Measure("REM", "hours", "rem", _stage("rem"), _in_hours, off_min=(-91.3, 93.3))
WASO = Measure(
    "Wake after sleep onset",
    "minutes",
    "wake",
    _minutes,
    _with("min", 0),
    off_min=(-40.0, 22.1),
    least_span=40,
)
RATE = Measure(
    "Heart rate asleep",
    "beats per minute",
    "heart",
    lambda row: row.rate_bpm,
    _with("/min", 1),
    least_span=8,
)
RMSSD = Measure(
    "RMSSD asleep", "milliseconds", "motion", lambda row: row.rmssd_ms, _with("ms", 0), None, 20
)
BREATHS = Measure(
    "Breathing asleep",
    "breaths per minute",
    "breath",
    lambda row: row.breaths_per_min,
    _with("/min", 1),
    least_span=4,
)

TIMES = (BED, ONSET, WAKE)
DRAWN = (WASO, RATE, RMSSD, BREATHS)  # below sleep and its stages, each in its panel
CHANGING = (BED, ASLEEP, WASO, RATE, RMSSD, BREATHS)
TOLD = (*TIMES, ASLEEP, DEEP, REM, WASO, RATE, RMSSD, BREATHS)


def by_day(found: Gathered, measure: Measure) -> np.ndarray:
    """A measure of each day, (days,), NaN where it is not known or no night was kept."""
    values = np.full(found.days, np.nan)
    for row in found.rows:
        value = measure.value(row)
        values[(row.day - found.first).days] = np.nan if value is None else value
    return values
