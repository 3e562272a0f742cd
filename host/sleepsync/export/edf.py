"""A night as EDF+C: a sample of each signal in each epoch of 30 s, and annotations.

It must never write a number for what is not known: that is the least value of each signal, one
step below all that it can tell.
"""

import numpy as np

from sleepsync.export import happened, signals
from sleepsync.export.edf_file import Annotation, Trace, written
from sleepsync.export.signals import Signal
from sleepsync.export.taken import Taken
from sleepsync.night import Score
from sleepsync.paths import records
from sleepsync.report import series

_EQUIPMENT = "SleepSync_puck"
_EPOCH_MS = records.EPOCH_S * 1000
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
    data = written(
        taken.at(0),
        _EQUIPMENT,
        records.EPOCH_S,
        [*_measured(taken), *_scored(taken)],
        [*_stages(taken), *_happened(taken)],
    )
    return {".edf": data}


def _measured(taken: Taken) -> list[Trace]:
    return [
        _signal(signal, signals.digital(signal, signals.steps(signal, taken.night)))
        for signal in signals.EPOCH
    ]


def _scored(taken: Taken) -> list[Trace]:
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


def _numbers(label: str, unit: str, most: int, values: np.ndarray) -> Trace:
    signal = Signal("", label, unit, 0, lambda _: None, most=most)
    return _signal(signal, values.astype(np.int16))


def _signal(signal: Signal, digital: np.ndarray) -> Trace:
    least = _text(signal, signal.least - 1)
    return Trace(
        signal.label,
        signal.unit,
        f"{least} is unknown",
        digital,
        (least, signal.least - 1),
        (_text(signal, signal.most), signal.most),
    )


def _text(signal: Signal, steps: int) -> str:
    return f"{steps * signal.step:.{signal.places}f}"


def _stages(taken: Taken) -> list[Annotation]:
    """The morning's stage of every epoch: where it is not known that is said, too."""
    return [
        Annotation(index * _EPOCH_MS, _EPOCH_MS, _STAGE_TEXTS.get(int(stage), _NO_STAGE))
        for index, stage in enumerate(series.best_stages(taken.night))
    ]


def _happened(taken: Taken) -> list[Annotation]:
    return [Annotation(one.t_ms, one.span_ms, _told(one)) for one in happened.of_night(taken)]


def _told(one: happened.Happened) -> str:
    parts = [f"{one.kind}: {one.what}", one.who, one.why]
    return ", ".join(filter(None, parts))


def _is_told(score: Score) -> bool:
    return score.stage not in (records.UNKNOWN, records.NOT_WORN)
