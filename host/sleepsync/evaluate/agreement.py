"""How far two scorings agree: kappa, accuracy, recall, F1, over epochs and by person.

It must never fold or choose answers: in each number of classes it takes what was said there.
"""

import warnings
from dataclasses import dataclass

import numpy as np
from sklearn.exceptions import UndefinedMetricWarning
from sklearn.metrics import (
    accuracy_score,
    cohen_kappa_score,
    confusion_matrix,
    f1_score,
    recall_score,
)

from sleepsync.evaluate.outcome import CLASSES, NAMES, Outcome, in_classes
from sleepsync.paths import records

_ALL_STAGES = range(len(records.STAGES))  # told to scikit-learn, which warns of a single class


@dataclass(frozen=True)
class Agreement:
    """Agreement with PSG in one number of classes.

    `kappa`: Cohen's, over all epochs together. `kappas`: by person, in the order given;
    NaN where both scorings know one and the same class only (0/0). `accuracy`: over all
    epochs. `recall`, `f1`: by class name, over all epochs; NaN for a class that never
    was (recall), or neither was nor was said (F1). `confusion`: epochs, rows true,
    columns said, in the order of `names`.
    """

    classes: int
    kappa: float
    kappas: dict[str, float]
    accuracy: float
    recall: dict[str, float]
    f1: dict[str, float]
    confusion: np.ndarray

    @property
    def names(self) -> tuple[str, ...]:
        """The classes' names, in the order of the confusion matrix."""
        return NAMES[self.classes]

    @property
    def known(self) -> dict[str, float]:
        """The kappas that are numbers, by person."""
        return {person: kappa for person, kappa in self.kappas.items() if not np.isnan(kappa)}

    @property
    def mean(self) -> float:
        """The mean of the persons' kappas, each person counting once; NaN if none is known."""
        return float(np.mean([*self.known.values()])) if self.known else np.nan

    @property
    def spread(self) -> float:
        """Standard deviation (n - 1) of the persons' kappas; NaN below two persons."""
        return float(np.std([*self.known.values()], ddof=1)) if len(self.known) > 1 else np.nan

    @property
    def worst(self) -> tuple[str, float]:
        """(person, kappa) of the lowest kappa, the first of equals; ("", NaN) if none is known."""
        return min(self.known.items(), key=lambda item: item[1], default=("", np.nan))


def agreement(outcome: Outcome, classes: int) -> Agreement:
    """Of all people of an outcome, in 2, 3 or 4 classes.

    ValueError if two people bear one name, KeyError if nothing was said in so many classes.
    """
    pairs = {p.person: (in_classes(p.true, classes), p.said[classes]) for p in outcome.people}
    if len(pairs) != len(outcome.people):
        raise ValueError(f"{outcome.set}: two people of one name")
    true, said = (np.concatenate(side) for side in zip(*pairs.values(), strict=True))
    names = NAMES[classes]
    labels = list(CLASSES[classes])
    by_class = {"labels": labels, "average": None, "zero_division": np.nan}
    return Agreement(
        classes=classes,
        kappa=kappa(true, said),
        kappas={person: kappa(*pair) for person, pair in pairs.items()},
        accuracy=float(accuracy_score(true, said)),
        recall=_named(names, recall_score(true, said, **by_class)),
        f1=_named(names, f1_score(true, said, **by_class)),
        confusion=confusion_matrix(true, said, labels=labels),
    )


def kappa(true: np.ndarray, said: np.ndarray) -> float:
    """Cohen's kappa (Cohen 1960); NaN if both hold one and the same class only (0/0)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UndefinedMetricWarning)
        return float(cohen_kappa_score(true, said, labels=_ALL_STAGES))


def _named(names, values):
    return dict(zip(names, map(float, values), strict=True))
