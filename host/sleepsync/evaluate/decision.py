"""A decision from probabilities: each class weighed by a factor, the factors tuned on kappa.

With two classes that is a threshold. It must only ever be tuned on people who are not scored.
"""

import numpy as np

from sleepsync.evaluate.agreement import kappa
from sleepsync.evaluate.outcome import CLASSES

# Those near 1 first: of equals the first is taken, and a change needs a reason.
_FACTORS = sorted(2.0 ** np.arange(-4, 4.25, 0.5), key=lambda factor: abs(np.log(factor)))
_SWEEPS = 2  # a third changed no factor on the people of sleep-accel


def said_by(probabilities: np.ndarray, factors: np.ndarray, classes: int) -> np.ndarray:
    """Stages of `CLASSES` (n,): for each row (n, classes) the class with the largest
    product of probability and factor, the first of equals.
    """
    return np.array(CLASSES[classes], np.int8)[np.argmax(probabilities * factors, axis=1)]


def tuned_factors(probabilities: np.ndarray, true: np.ndarray, classes: int) -> np.ndarray:
    """Factors (classes,) with the best kappa against `true`, stages of `CLASSES` (n,).

    From all ones, one class after the other takes the best of a grid from 1/16 to 16 by
    half octaves; the first class keeps 1, as only ratios count.
    """
    factors = np.ones(classes)
    for _ in range(_SWEEPS):
        for at in range(1, classes):
            factors = max(
                (_with(factors, at, factor) for factor in _FACTORS),
                key=lambda tried: worth(true, said_by(probabilities, tried, classes)),
            )
    return factors


def worth(true: np.ndarray, said: np.ndarray) -> float:
    """Kappa to choose by: where there is none, no better than the lowest."""
    return float(np.nan_to_num(kappa(true, said), nan=-1))


def _with(factors, at, factor):
    changed = factors.copy()
    changed[at] = factor
    return changed
