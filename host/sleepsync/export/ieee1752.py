"""A night as one data point of IEEE 1752.1: sleep-stage-summary 1.0.

It must never name the sleeper, nor give a total that is not known.
"""

import json

from sleepsync.export.taken import NotToTell, Taken
from sleepsync.paths import records
from sleepsync.report import series

_STATES = {
    records.WAKE: "Awake",
    records.ASLEEP: "Unknown_sleep",
    records.LIGHT: "Light_sleep",
    records.DEEP: "Deep_sleep",
    records.REM: "REM_sleep",
}
_DURATIONS = {
    "latency_to_sleep_onset": "sleep_onset_latency_s",
    "rem_sleep_duration": "rem_s",
    "light_sleep_duration": "light_s",
    "deep_sleep_duration": "deep_s",
    "awake_duration": "waso_s",
}


def made(taken: Taken) -> dict[str, bytes]:
    """{".sleep.json": the data point}. NotToTell without a date, or without any sleep known."""
    if taken.start is None:
        raise NotToTell(
            "IEEE 1752.1 demands date and time, and the puck knew none; "
            'say when the night began: --start "2026-01-15 22:30"'
        )
    if taken.figures.get("total_sleep_time_s", -1) < 0:
        raise NotToTell("IEEE 1752.1 demands the total sleep time, and this night tells none")
    point = {"header": _header(taken), "body": _body(taken)}
    return {".sleep.json": (json.dumps(point, indent=1) + "\n").encode()}


def _header(taken: Taken) -> dict:
    return {
        "uuid": taken.identifier("sleep-stage-summary"),
        "schema_id": {"namespace": "ieee", "name": "sleep-stage-summary", "version": "1.0"},
        "source_creation_date_time": taken.when(taken.epochs * records.EPOCH_S),
        "modality": "sensed",
    }


def _body(taken: Taken) -> dict:
    return {
        "sleep_stage_summary": _summary(taken.figures),
        "sleep_stage_episodes": _episodes(taken),
        "effective_time_frame": _frame(taken, 0, taken.epochs),
    }


def _summary(told: dict[str, int]) -> dict:
    """Figures of the firmware's own code; what it does not know is left out."""
    found: dict = {"total_sleep_time": _seconds(told["total_sleep_time_s"])}
    for name, key in _DURATIONS.items():
        if told.get(key, -1) >= 0:
            found[name] = _seconds(told[key])
    if told.get("efficiency_pct", -1) >= 0:
        found["sleep_efficiency_percentage"] = {"value": told["efficiency_pct"], "unit": "%"}
    if told.get("awakenings", -1) >= 0:
        found["number_of_awakenings"] = told["awakenings"]
    return found


def _episodes(taken: Taken) -> list[dict]:
    return [
        {
            "sleep_stage_state": _STATES[stage],
            "sleep_stage_time_frame": _frame(taken, first, end),
        }
        for first, end, stage in series.runs(series.best_stages(taken.night))
        if stage in _STATES
    ]


def _frame(taken: Taken, first: int, end: int) -> dict:
    """From the start of one epoch to that of another."""
    begin, until = (taken.when(index * records.EPOCH_S) for index in (first, end))
    return {"time_interval": {"start_date_time": begin, "end_date_time": until}}


def _seconds(value: int) -> dict:
    return {"value": value, "unit": "sec"}
