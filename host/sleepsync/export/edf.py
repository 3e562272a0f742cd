"""A night as EDF+C: a sample of each signal in each epoch of 30 s, and annotations.

It must never write a number for what is not known: that is the least value of each signal, one
step below all that it can tell.
"""

from datetime import time

import numpy as np
from edfio import Edf, EdfAnnotation, EdfSignal, Patient, Recording

from sleepsync.export import happened, signals
from sleepsync.export.signals import Signal
from sleepsync.export.taken import Taken
from sleepsync.night import Score
from sleepsync.paths import records
from sleepsync.report import series

_RATE_HZ = 1 / records.EPOCH_S
_SCORES = ("wake", "light", "deep", "REM", "asleep")

# The texts of EDF+ for the AASM's stages. It has none for light sleep, which is N1 and N2 on this
# puck: N2 is by far the larger part of it, and what a reader then calls light.
_STAGE_TEXTS = {
    records.WAKE: "Sleep stage W",
    records.LIGHT: "Sleep stage N2",
    records.DEEP: "Sleep stage N3",
    records.REM: "Sleep stage R",
}
_NO_STAGE = "Sleep stage ?"


def made(taken: Taken) -> dict[str, bytes]:
    """{".edf": the file}. Without a known date it says so, as EDF+ has it: X, and 1985."""
    begun = taken.at(0)
    file = Edf(
        [*_measured(taken), *_scored(taken)],
        patient=Patient(),
        recording=Recording(
            startdate=begun.date() if begun else None, equipment_code="SleepSync_puck"
        ),
        starttime=begun.time() if begun else time(),
        data_record_duration=records.EPOCH_S,
        annotations=[*_stages(taken), *_happened(taken)],
    )
    return {".edf": file.to_bytes()}


def _measured(taken: Taken) -> list[EdfSignal]:
    return [
        _signal(signal, signals.digital(signal, signals.steps(signal, taken.night)))
        for signal in signals.EPOCH
    ]


def _scored(taken: Taken) -> list[EdfSignal]:
    """Stages by the numbers of docs/journal.md, and the morning's probabilities."""
    night = taken.night
    found = [
        _numbers("Stage morning", "", 6, series.morning_stages(night)),
        _numbers("Stage live", "", 6, series.live_stages(night)),
    ]
    rows = np.full((taken.epochs, len(_SCORES)), -1)
    for score in night.morning:
        if _is_told(score):
            rows[score.index] = signals.probabilities(score)
    return found + [
        _numbers(f"P {name}", "1/255", 255, rows[:, column]) for column, name in enumerate(_SCORES)
    ]


def _numbers(label: str, unit: str, most: int, values: np.ndarray) -> EdfSignal:
    signal = Signal("", label, unit, 0, lambda _: None, most=most)
    return _signal(signal, values.astype(np.int16))


def _signal(signal: Signal, digital: np.ndarray) -> EdfSignal:
    least = signal.least - 1
    return EdfSignal.from_digital(
        digital,
        _RATE_HZ,
        label=signal.label,
        transducer_type=f"{_text(signal, least)} is unknown",
        physical_dimension=signal.unit,
        physical_range=(float(_text(signal, least)), float(_text(signal, signal.most))),
        digital_range=(least, signal.most),
    )


def _text(signal: Signal, steps: int) -> str:
    return f"{steps * signal.step:.{signal.places}f}"


def _stages(taken: Taken) -> list[EdfAnnotation]:
    """The morning's stage of every epoch: where it is not known that is said, too."""
    return [
        EdfAnnotation(
            index * records.EPOCH_S, records.EPOCH_S, _STAGE_TEXTS.get(int(stage), _NO_STAGE)
        )
        for index, stage in enumerate(series.best_stages(taken.night))
    ]


def _happened(taken: Taken) -> list[EdfAnnotation]:
    return [
        EdfAnnotation(one.t_ms / 1000, one.span_ms / 1000 or None, _told(one))
        for one in happened.of_night(taken)
    ]


def _told(one: happened.Happened) -> str:
    parts = [f"{one.kind}: {one.what}", one.who, one.why]
    return ", ".join(filter(None, parts))


def _is_told(score: Score) -> bool:
    return score.stage not in (records.UNKNOWN, records.NOT_WORN)
