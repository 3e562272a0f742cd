"""A night's figures against those of PSG, by the firmware's own summary (Bland & Altman 1986).

It must never compute a sleep figure: `firmware/stages/morning.py` does, in the VM, for
both hypnograms. Where PSG is silent both are UNKNOWN, so that no figure rests on time
that cannot be judged.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from sleepsync.evaluate.outcome import Outcome, PersonOutcome
from sleepsync.paths import records
from sleepsync.vm import Worker

_SUMMARISE = "firmware.stages.morning:summarise"
_OF_LIMITS = 1.96  # standard deviations to either side: 95 % of a normal distribution


@dataclass(frozen=True)
class Measure:
    """One figure of a summary: its key there, its name in tables, its unit."""

    key: str
    title: str
    unit: str

    @property
    def scale(self) -> float:
        """From the summary's unit to this one."""
        return 1 / 60 if self.unit == "min" else 1.0


# By the short names that the bench's figures bear.
MEASURES = {
    "tst": Measure("total_sleep_time_s", "Total sleep time", "min"),
    "waso": Measure("waso_s", "Wake after sleep onset", "min"),
    "sol": Measure("sleep_onset_latency_s", "Sleep onset latency", "min"),
    "efficiency": Measure("efficiency_pct", "Sleep efficiency", "%"),
    "rem": Measure("rem_s", "REM sleep", "min"),
    "deep": Measure("deep_s", "Deep sleep", "min"),
}


@dataclass(frozen=True)
class ScoredNight:
    """One night over all its epochs: stages by PSG and as said, (n,), UNKNOWN where PSG is."""

    person: str
    true: np.ndarray
    said: np.ndarray


@dataclass(frozen=True)
class Limits:
    """Bland and Altman's figures of one measure: said minus PSG, in the measure's unit.

    `true`, `said`: (nights,), only nights in which both are known (nobody asleep has no
    latency of sleep).
    """

    measure: Measure
    true: np.ndarray
    said: np.ndarray

    @property
    def nights(self) -> int:
        """How many."""
        return len(self.true)

    @property
    def means(self) -> np.ndarray:
        """The mean of both methods, for each night."""
        return (self.said + self.true) / 2

    @property
    def differences(self) -> np.ndarray:
        """Said minus PSG, for each night."""
        return self.said - self.true

    @property
    def bias(self) -> float:
        """The mean difference; NaN without nights."""
        return float(np.mean(self.differences)) if self.nights else np.nan

    @property
    def reach(self) -> float:
        """1.96 standard deviations (n - 1) of the differences; NaN below two nights."""
        if self.nights < 2:
            return np.nan
        return float(_OF_LIMITS * np.std(self.differences, ddof=1))

    @property
    def low(self) -> float:
        """The lower limit of agreement."""
        return self.bias - self.reach

    @property
    def high(self) -> float:
        """The upper limit of agreement."""
        return self.bias + self.reach


def nights_of(outcome: Outcome, people: Iterable[Any]) -> list[ScoredNight]:
    """The four-class answers of an outcome, put back on their nights.

    `people`: objects with `.name` and `.nights`, each night with `.stages` over all its
    epochs (UNKNOWN where PSG is silent); others than the outcome's may be among them.
    KeyError names a person who is missing, ValueError one whose stages are not those judged.
    """
    stages = {person.name: [np.asarray(n.stages) for n in person.nights] for person in people}
    return [night for one in outcome.people for night in _of_person(one, stages[one.person])]


def night_limits(nights: Iterable[ScoredNight], worker: Worker) -> dict[str, Limits]:
    """Bland and Altman's figures of each of `MEASURES` over nights, by a VM that is running."""
    pairs = [(_summary(night.true, worker), _summary(night.said, worker)) for night in nights]
    return {name: _limits(measure, pairs) for name, measure in MEASURES.items()}


def _of_person(one: PersonOutcome, nights: list[np.ndarray]):
    scored = [stages != records.UNKNOWN for stages in nights]
    judged = np.concatenate([stages[at] for stages, at in zip(nights, scored, strict=True)])
    if not np.array_equal(judged, one.true):
        raise ValueError(f"{one.person}: the nights' PSG stages are not those of the outcome")
    first = 0
    for stages, at in zip(nights, scored, strict=True):
        said = np.full(len(stages), records.UNKNOWN, np.int8)
        said[at] = one.said[4][first : first + at.sum()]
        first += at.sum()
        yield ScoredNight(one.person, stages, said)


def _summary(stages, worker):
    return worker.call(_SUMMARISE, bytes(stages.tolist()))


def _limits(measure, pairs):
    both = [(true[measure.key], said[measure.key]) for true, said in pairs]
    known = [pair for pair in both if min(pair) >= 0]
    true, said = np.array(known, float).reshape(-1, 2).T * measure.scale
    return Limits(measure, true, said)
