"""What an evaluation is given: for each person what was true, and what was said.

It must never hold an epoch that PSG did not score, nor an answer by a model that
saw the person.
"""

from dataclasses import dataclass

import numpy as np

from sleepsync.paths import records

# The classes of each way to divide a night, in the order of every table and matrix here.
# For 3, LIGHT stands for any NREM sleep.
CLASSES: dict[int, tuple[int, ...]] = {
    2: (records.WAKE, records.ASLEEP),
    3: (records.WAKE, records.LIGHT, records.REM),
    4: (records.WAKE, records.LIGHT, records.DEEP, records.REM),
}
NAMES: dict[int, tuple[str, ...]] = {
    2: ("wake", "sleep"),
    3: ("wake", "nrem", "rem"),
    4: ("wake", "light", "deep", "rem"),
}
KINDS = ("float", "fixed")  # of our own scores; a peer's is its name
_LETTERS = ("rem", "nrem")
_OFF_ONE = 0.01  # how far probabilities may be from a sum of 1: fixed-point ones are rounded


@dataclass(frozen=True)
class PersonOutcome:
    """One person's epochs, all nights in a row.

    `true`: int8 (n,), records' WAKE, LIGHT, DEEP or REM; only epochs that PSG scored.
    `said`: {2: ..., 3: ..., 4: ...}, each (n,), stages of `CLASSES`: the answer in that
    many classes, which need not be the four-class one folded. `probabilities`: (n, 4),
    wake, light, deep, REM, rows of sum 1, or None. ValueError says what does not fit.
    """

    person: str
    true: np.ndarray
    said: dict[int, np.ndarray]
    probabilities: np.ndarray | None

    def __post_init__(self) -> None:
        _check_stages(self.person, "true stages", self.true, CLASSES[4], len(self.true))
        for classes, said in self.said.items():
            what = f"answers in {classes} classes"
            _check_stages(self.person, what, said, CLASSES[classes], len(self.true))
        if self.probabilities is not None:
            _check_probabilities(self.person, self.probabilities, len(self.true))


@dataclass(frozen=True)
class Outcome:
    """One way of scoring, on one set of people, each scored by a model that never saw them.

    `set`: "sleep_accel_features", "slpdb". `score`: "morning", "live". `kind`: "fixed",
    "float", "logistic regression", "random forest".
    """

    set: str
    score: str
    kind: str
    people: tuple[PersonOutcome, ...]


def in_classes(stages: np.ndarray, classes: int) -> np.ndarray:
    """Four-class stages folded into 2, 3 or 4 classes, as stages of `CLASSES`."""
    return _FOLD[classes][np.asarray(stages)]


def folded(probabilities: np.ndarray, classes: int) -> np.ndarray:
    """Probabilities (n, 4) of the four classes summed into those of 2, 3 or 4: (n, classes)."""
    wake, light, deep, rem = np.asarray(probabilities).T
    of = {2: (wake, light + deep + rem), 3: (wake, light + deep, rem), 4: (wake, light, deep, rem)}
    return np.column_stack(of[classes])


def written(name: str) -> str:
    """A class's name as it is written: REM and NREM are letters, not words."""
    return name.upper() if name in _LETTERS else name


def _fold(classes: int) -> np.ndarray:
    """What each of records' stages becomes in so many classes."""
    to = np.arange(len(records.STAGES), dtype=np.int8)
    if classes == 3:
        to[records.DEEP] = records.LIGHT
    if classes == 2:
        to[[records.LIGHT, records.DEEP, records.REM]] = records.ASLEEP
    return to


_FOLD = {classes: _fold(classes) for classes in CLASSES}


def _check_stages(person, what, stages, allowed, length):
    if np.shape(stages) != (length,) or not length:
        raise ValueError(f"{person}: {what}: shape {np.shape(stages)} for {length} true epochs")
    strange = set(np.unique(stages).tolist()) - set(allowed)
    if strange:
        names = ", ".join(records.STAGES[stage] for stage in allowed)
        raise ValueError(f"{person}: {what}: {sorted(strange)} among {names}")


def _check_probabilities(person, probabilities, length):
    if probabilities.shape != (length, 4):
        raise ValueError(f"{person}: probabilities: {probabilities.shape}, wanted ({length}, 4)")
    if not (probabilities >= 0).all() or (abs(probabilities.sum(axis=1) - 1) > _OFF_ONE).any():
        raise ValueError(f"{person}: probabilities: below 0, not numbers, or not of sum 1")
