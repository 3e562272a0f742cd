"""Whether a probability means what it says: calibration errors and reliability curves.

Bins are 15 of equal width over 0 to 1, each open below and closed above, as in Guo
2017 (arXiv 1706.04599). It must never look at what was said: a probability is judged
for itself, whatever rule decides by it.
"""

from dataclasses import dataclass

import numpy as np

from sleepsync.evaluate.outcome import CLASSES, NAMES, Outcome

BINS = 15
# k/15 is the same float as 17k/255: what has 8 bits falls on an edge exactly, and below it.
_EDGES = np.arange(1, BINS) / BINS


@dataclass(frozen=True)
class Curve:
    """Reliability: for each bin that holds an epoch, lowest first.

    `said`: mean probability (0 to 1). `seen`: share of those epochs of which it was
    true. `epochs`: how many.
    """

    said: np.ndarray
    seen: np.ndarray
    epochs: np.ndarray

    @property
    def error(self) -> float:
        """Mean distance of `seen` from `said`, each bin weighed by its epochs (0 to 1)."""
        return float(np.average(abs(self.seen - self.said), weights=self.epochs))


@dataclass(frozen=True)
class Calibration:
    """Of four-class probabilities, over all epochs together.

    `top`: of the likeliest class of each epoch: its probability, against whether it was
    true (the first of equals). `classes`: of each class by name, over every epoch.
    """

    top: Curve
    classes: dict[str, Curve]

    @property
    def error(self) -> float:
        """Expected calibration error, top label (Guo 2017): the one that has a goal."""
        return self.top.error

    @property
    def classwise_error(self) -> float:
        """Mean of the four classes' own errors (Kull 2019, arXiv 1910.12656).

        A class that is rare and seldom likely weighs as much as the others here, but
        most of its epochs lie in the lowest bin: it tends to be the smaller number.
        """
        return float(np.mean([curve.error for curve in self.classes.values()]))


def calibration(outcome: Outcome) -> Calibration | None:
    """Of all people with probabilities; None if nobody has any."""
    people = [person for person in outcome.people if person.probabilities is not None]
    if not people:
        return None
    probabilities = np.concatenate([person.probabilities for person in people])
    true = np.concatenate([person.true for person in people])
    is_true = true[:, None] == np.array(CLASSES[4])
    top = np.argmax(probabilities, axis=1)[:, None]
    return Calibration(
        top=curve(_picked(probabilities, top), _picked(is_true, top)),
        classes={
            name: curve(probabilities[:, i], is_true[:, i]) for i, name in enumerate(NAMES[4])
        },
    )


def curve(probability: np.ndarray, is_true: np.ndarray) -> Curve:
    """The reliability curve of a probability (n,) against what happened (bool, n); n > 0."""
    at = np.searchsorted(_EDGES, probability, side="left")
    epochs = np.bincount(at, minlength=BINS)
    held = epochs > 0
    said = np.bincount(at, weights=probability, minlength=BINS)[held] / epochs[held]
    seen = np.bincount(at, weights=is_true, minlength=BINS)[held] / epochs[held]
    return Curve(said, seen, epochs[held])


def _picked(rows, at):
    return np.take_along_axis(rows, at, axis=1)[:, 0]
