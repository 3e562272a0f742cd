"""Outcomes made from letters, one for each epoch: W wake, L light, D deep, R REM."""

import numpy as np
from sleepsync.evaluate import CLASSES, Outcome, PersonOutcome
from sleepsync.evaluate.outcome import in_classes
from sleepsync.paths import records

STAGES = {
    "?": records.UNKNOWN,
    "W": records.WAKE,
    "L": records.LIGHT,
    "D": records.DEEP,
    "R": records.REM,
}


def stages(letters):
    """The letters' stages, int8."""
    return np.array([STAGES[letter] for letter in letters], np.int8)


def one_person(name, true, said, probabilities=None):
    """A person who is said to be in the stages `said`, folded for fewer classes."""
    folded = {classes: in_classes(stages(said), classes) for classes in CLASSES}
    return PersonOutcome(name, stages(true), folded, probabilities)


def outcome(people, set_="sleep_accel_features", score="morning", kind="fixed"):
    """An outcome of {name: (true, said) or (true, said, probabilities)}."""
    return Outcome(set_, score, kind, tuple(one_person(n, *row) for n, row in people.items()))
