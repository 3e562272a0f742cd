"""Reads what `export` wrote with libraries that did not write it, and compares with the journal.

EDF+ by EDFlib (pyedflib) and by edfio, CSV by Python's own reader, IEEE 1752.1 against its schema
(jsonschema), FHIR by HL7's own model (fhir.resources). It must never use the tables of
`sleepsync.export`: what is wanted is worked out anew from the records.
"""

import csv
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from jsonschema import Draft7Validator

from sleepsync.export import Taken
from sleepsync.paths import records

_SCHEMA = Path(__file__).with_name("sleep_stage_summary.json")
_LOINC = {
    "93832-4": "total_sleep_time_s",
    "93830-8": "light_s",
    "93831-6": "deep_s",
    "93829-0": "rem_s",
    "103215-0": "waso_s",
}
_IEEE = {
    "total_sleep_time": "total_sleep_time_s",
    "rem_sleep_duration": "rem_s",
    "light_sleep_duration": "light_s",
    "deep_sleep_duration": "deep_s",
    "awake_duration": "waso_s",
    "latency_to_sleep_onset": "sleep_onset_latency_s",
}
_AASM = {records.WAKE: "W", records.LIGHT: "N2", records.DEEP: "N3", records.REM: "R"}
_STATES = {"Awake": records.WAKE, "Light_sleep": records.LIGHT, "Deep_sleep": records.DEEP,
           "REM_sleep": records.REM, "Unknown_sleep": records.ASLEEP}  # fmt: skip

# EDF+ label: (CSV column, what the record says, what a step is)
_ANYWHERE: dict[str, tuple[str, str, float]] = {
    "Heart rate": ("heart_rate_per_min", "rate_dbpm", 0.1),
    "RMSSD": ("rmssd_ms", "rmssd_dms", 0.1),
    "Breathing rate": ("breathing_per_min", "breaths_dpm", 0.1),
    "Activity": ("activity_counts", "counts", 1),
    "Light dim": ("light_lx", "light_mlx", 0.001),
    "Temp room": ("temperature_degC", "temperature_cdeg", 0.01),
    "Humidity": ("humidity_pct", "humidity_pct", 1),
    "Sound level": ("sound_level_dBA", "level_ddb", 0.1),
    "Sound loudest": ("loudest_dBA", "loudest_ddb", 0.1),
    "Flags": ("flags", "flags", 1),
}
_FLAG = {
    "counts": records.NO_MOTION_SENSOR,
    "light_mlx": records.NO_LIGHT,
    "temperature_cdeg": records.NO_CLIMATE,
    "humidity_pct": records.NO_CLIMATE,
    "level_ddb": records.NO_SOUND,
    "loudest_ddb": records.NO_SOUND,
}
_OF_OUTAGES = (records.PART_MISSING, records.PART_BACK)  # two of them are one row
_HELD = "Light dim"  # what is beyond its most is in another signal
_ZERO = ("rate_dbpm", "rmssd_dms", "breaths_dpm")  # is unknown


def differences(taken: Taken, name: str, files: list[Path]) -> list[str]:
    """What a format's files say otherwise than the journal, a sentence each; [] if nothing."""
    return _READERS[name](taken, files)


def _edf(taken: Taken, files: list[Path]) -> list[str]:
    import edfio  # of the tests' tools: what is taken needs no such thing
    from pyedflib import EdfReader

    other = edfio.read_edf(_one(files, ".edf"))
    with EdfReader(str(_one(files, ".edf"))) as file:
        labels = file.getSignalLabels()
        found = []
        if file.datarecord_duration != records.EPOCH_S:
            found.append("its records are no epochs")
        if taken.start and file.getStartdatetime() != _local(taken):
            found.append(f"it starts at {file.getStartdatetime()}")
        told = (file.getPatientName(), file.getPatientCode(), file.getBirthdate())
        if not {*map(str, told)} <= {"X", ""}:
            found.append("it names somebody")
        for label, (_, field, step) in _ANYWHERE.items():
            at = labels.index(label)
            least, most = file.getPhysicalMinimum(at), file.getPhysicalMaximum(at)
            wanted = np.array(_wanted(taken, field), float) * step
            if label == _HELD:
                wanted = np.minimum(wanted, most)
            wanted = np.where(np.isnan(wanted), least, wanted)
            found += _unlike(label, file.readSignal(at), wanted, step / 100)
            found += _unlike(f"{label}, edfio", other.get_signal(label).data, wanted, step / 100)
        texts = [text for text in file.readAnnotations()[2] if text.startswith("Sleep stage")]
        if len(other.annotations) != len(file.readAnnotations()[2]):
            found.append("annotations are lost")
        stages = [f"Sleep stage {_AASM.get(stage, '?')}" for stage in _stages(taken)]
        return found + (["stages differ"] if texts != stages else [])


def _csv(taken: Taken, files: list[Path]) -> list[str]:
    with _one(files, "-epochs.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    found = []
    for column, field, step in _ANYWHERE.values():
        told = [np.nan if not row[column] else float(row[column]) for row in rows]
        wanted = np.array(_wanted(taken, field), float) * step
        found += _unlike(column, np.array(told), wanted, step / 100)
    stages = [records.STAGES.index(row["stage_morning"] or "unknown") for row in rows]
    found += ["stages differ"] if stages != _stages(taken) else []
    whens = [row["time"] for row in rows]
    times = [datetime.fromisoformat(text) for text in whens if text]
    if times != [taken.at(i * records.EPOCH_S) for i in range(len(whens)) if taken.start]:
        found.append("times differ")
    with _one(files, "-events.csv").open(newline="") as file:
        kinds = [row["kind"] for row in csv.DictReader(file)]
    asked = sum(kinds.count(kind) for kind in ("act", "refusal", "request"))
    found += ["requests are left out"] if asked != len(taken.night.requests) else []
    moments = [one for one in taken.night.events if one.kind not in _OF_OUTAGES]
    return found + (["events are left out"] if kinds.count("event") < len(moments) else [])


def _json(taken: Taken, files: list[Path]) -> list[str]:
    point = json.loads(_one(files, ".sleep.json").read_text())
    schema = json.loads(_SCHEMA.read_text())
    checker = Draft7Validator.FORMAT_CHECKER
    found = [e.message for e in Draft7Validator(schema, format_checker=checker).iter_errors(point)]
    if found:
        return found
    summary, told = point["body"]["sleep_stage_summary"], _figures(taken)
    found += [
        f"{name} is {summary.get(name)}"
        for name, key in _IEEE.items()
        if summary.get(name, {"value": -1})["value"] != told.get(key, -1)
    ]
    found += [] if _begin(point["body"]) == taken.at(0) else ["it starts otherwise"]
    stages = [one if one != records.NOT_WORN else 0 for one in _stages(taken)]
    return found + (["episodes differ"] if _episodes(taken, point["body"]) != stages else [])


def _begin(body: dict) -> datetime:
    frame = body["effective_time_frame"]
    return datetime.fromisoformat(frame["time_interval"]["start_date_time"])


def _episodes(taken: Taken, body: dict) -> list[int]:
    """The stage of every epoch, by the episodes alone."""
    begin = _begin(body)
    found = [0] * taken.epochs
    for episode in body["sleep_stage_episodes"]:
        interval = episode["sleep_stage_time_frame"]["time_interval"]
        ends = [datetime.fromisoformat(interval[f"{end}_date_time"]) for end in ("start", "end")]
        first, last = (round((end - begin).total_seconds() / records.EPOCH_S) for end in ends)
        found[first:last] = [_STATES[episode["sleep_stage_state"]]] * (last - first)
    return found


def _fhir(taken: Taken, files: list[Path]) -> list[str]:
    from fhir.resources.R4B.bundle import Bundle  # of the tests' tools, likewise

    bundle: Any = Bundle.model_validate_json(_one(files, ".fhir.json").read_bytes())
    found, seen = [], {}
    for entry in bundle.entry:
        one = entry.resource
        (coding,) = one.code.coding
        seen[coding.code] = one
        if one.subject.reference or one.subject.identifier:
            found.append("the subject is somebody")
        if (one.effectivePeriod.start if one.effectivePeriod else None) != taken.at(0):
            found.append(f"{coding.code}: its period")
    for code, key in _LOINC.items():
        found += _value(code, seen.get(code), _figures(taken).get(key, -1))
    return found


def _value(code: str, one: Any, seconds: int) -> list[str]:
    if one is None:
        return [f"{code} is missing"]
    if seconds < 0:
        return [] if one.dataAbsentReason and not one.valueQuantity else [f"{code} is made up"]
    quantity = one.valueQuantity
    is_right = quantity.code == "min" and float(quantity.value) * 60 == seconds
    return [] if is_right else [f"{code} is {quantity.value} {quantity.code}"]


def _wanted(taken: Taken, field: str) -> list[float | None]:
    """A field of every epoch, None where it is not known."""
    found: list[float | None] = [None] * taken.epochs
    for epoch in taken.night.epochs:
        value, flag = getattr(epoch, field), _FLAG.get(field, 0)
        is_unknown = epoch.flags & flag or (field in _ZERO and not value)
        found[epoch.index] = None if is_unknown else value
    return found


def _figures(taken: Taken) -> dict[str, int]:
    """The firmware's; of a night in which no stage is known they mean nothing."""
    is_known = any(stage >= records.WAKE for stage in _stages(taken))
    return taken.night.summary if is_known else {}


def _stages(taken: Taken) -> list[int]:
    found = [records.UNKNOWN] * taken.epochs
    for score in taken.night.morning:
        found[score.index] = score.stage
    return found


def _unlike(name: str, told: np.ndarray, wanted: np.ndarray, off: float) -> list[str]:
    if len(told) != len(wanted):
        return [f"{name}: {len(told)} epochs of {len(wanted)}"]
    same = np.isclose(told, wanted, rtol=1e-6, atol=off, equal_nan=True)
    return [] if same.all() else [f"{name}: {np.count_nonzero(~same)} epochs differ"]


def _local(taken: Taken) -> datetime:
    at = taken.at(0)
    assert at
    return at.replace(tzinfo=None)


def _one(files: list[Path], ending: str) -> Path:
    (path,) = [file for file in files if file.name.endswith(ending)]
    return path


_READERS: dict[str, Callable[[Taken, list[Path]], list[str]]] = {
    "edf": _edf,
    "csv": _csv,
    "json": _json,
    "fhir": _fhir,
}
