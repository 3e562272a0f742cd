"""A night as FHIR Observations in a Bundle (R4, 4.0.1), with codes of LOINC and units of UCUM.

The subject has no identifier: whoever files it says whose it is. It must never give a value for
what is not known: that has a reason instead.
"""

import json
import statistics

from sleepsync.export.taken import Taken
from sleepsync.paths import records
from sleepsync.report import series

_LOINC, _UCUM = "http://loinc.org", "http://unitsofmeasure.org"
_TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"

# (LOINC, its words, key of the firmware's summary)
_DURATIONS = (
    ("93832-4", "Sleep duration", "total_sleep_time_s"),
    ("93830-8", "Light sleep duration", "light_s"),
    ("93831-6", "Deep sleep duration", "deep_s"),
    ("93829-0", "REM sleep duration", "rem_s"),
    ("103215-0", "Wake after sleep onset", "waso_s"),
)
_RATE = ("8867-4", "Heart rate")
_BY = "SleepSync puck, scored by motion and pulse, no polysomnography; not a medical device"
_MEDIAN = "Median of the epochs asleep"


def made(taken: Taken) -> dict[str, bytes]:
    """{".fhir.json": the bundle}; without a known date its Observations have no period."""
    resources = [_duration(taken, *each) for each in _DURATIONS]
    rate = _rate(taken)
    if rate:
        resources.append(rate)
    entries = [{"fullUrl": f"urn:uuid:{one['id']}", "resource": one} for one in resources]
    bundle = {"resourceType": "Bundle", "id": taken.identifier("bundle"), "type": "collection"}
    if taken.start:
        bundle["timestamp"] = taken.when(taken.epochs * records.EPOCH_S)
    return {".fhir.json": (json.dumps(bundle | {"entry": entries}, indent=1) + "\n").encode()}


def _duration(taken: Taken, code: str, words: str, key: str) -> dict:
    seconds = taken.figures.get(key, -1)
    value = _quantity(seconds / 60, "min") if seconds >= 0 else _absent()
    return _observation(taken, code, words, "activity") | value


def _rate(taken: Taken) -> dict | None:
    """A pulse while asleep; None where no such epoch has one."""
    stages = series.best_stages(taken.night)
    rates = [e.rate_dbpm / 10 for e in taken.night.epochs if _is_asleep(stages, e) and e.rate_dbpm]
    if not rates:
        return None
    found = _observation(taken, *_RATE, "vital-signs")
    value = _quantity(round(statistics.median(rates), 1), "/min")
    return found | value | {"note": [*found["note"], {"text": _MEDIAN}]}


def _is_asleep(stages, epoch) -> bool:
    return stages[epoch.index] in (records.ASLEEP, *series.DEPTHS)


def _observation(taken: Taken, code: str, words: str, category: str) -> dict:
    found = {
        "resourceType": "Observation",
        "id": taken.identifier(code),
        "status": "final",
        "category": [_concept(f"{_TERMINOLOGY}/observation-category", category, "")],
        "code": _concept(_LOINC, code, words),
        "subject": {"display": "the sleeper"},
        "device": {"display": "SleepSync puck"},
        "note": [{"text": text} for text in (_BY, *taken.night.notes)],
    }
    if taken.start:
        end = taken.when(taken.epochs * records.EPOCH_S)
        found["effectivePeriod"] = {"start": taken.when(0), "end": end}
    return found


def _quantity(value: float, unit: str) -> dict:
    return {"valueQuantity": {"value": value, "unit": unit, "system": _UCUM, "code": unit}}


def _absent() -> dict:
    return {"dataAbsentReason": _concept(f"{_TERMINOLOGY}/data-absent-reason", "unknown", "")}


def _concept(system: str, code: str, words: str) -> dict:
    coding = {"system": system, "code": code}
    if not words:
        return {"coding": [coding]}
    return {"coding": [coding | {"display": words}], "text": words}
