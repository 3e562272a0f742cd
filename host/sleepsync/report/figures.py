"""The summary's figures, named as the field names them and written for reading.

It must never compute one: they come from the firmware's own code.
"""

from dataclasses import dataclass

from sleepsync.night import Night
from sleepsync.report.words import NBSP, duration

_NIGHT = (
    ("time_in_bed_s", "Time in bed"),
    ("sleep_onset_latency_s", "Sleep onset latency"),
    ("total_sleep_time_s", "Total sleep time"),
    ("waso_s", "Wake after sleep onset"),
    ("efficiency_pct", "Sleep efficiency"),
    ("awakenings", "Awakenings"),
)
_STAGES = (
    ("wake_s", "Wake"),
    ("rem_s", "REM"),
    ("light_s", "Light"),
    ("deep_s", "Deep"),
    ("asleep_s", "Asleep"),
    ("unknown_s", "Not known"),
)
# No deep sleep is a finding; none of these is only the normal case.
_HIDDEN_AT_ZERO = ("asleep_s", "unknown_s")


@dataclass(frozen=True)
class Row:
    """One figure in words.

    `value` is of the morning's score where there is one. `live`, `reference` and `when`, the
    moment of an extreme, are empty where there is none.
    """

    label: str
    value: str
    reference: str = ""
    when: str = ""
    live: str = ""


def of_night(night: Night) -> list[Row]:
    """The figures of the whole night that are known."""
    return _rows(_NIGHT, night)


def of_stages(night: Night) -> list[Row]:
    """The time in each stage that is known."""
    return _rows(_STAGES, night)


def _rows(names: tuple, night: Night) -> list[Row]:
    reference = night.reference or {}
    rows = [
        Row(
            label,
            value=_value(key, night.summary),
            reference=_value(key, reference),
            live=_value(key, night.live_summary),
        )
        for key, label in names
    ]
    return [row for row in rows if row.value]


def _value(key: str, summary: dict[str, int]) -> str:
    number = summary.get(key, -1)
    if number < 0 or (number == 0 and key in _HIDDEN_AT_ZERO):
        return ""
    if key.endswith("_s"):
        return duration(number)
    return f"{number}{NBSP}%" if key.endswith("_pct") else str(number)
