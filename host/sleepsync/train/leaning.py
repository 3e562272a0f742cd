"""How far stages that are rare are leaned to, so that agreement (kappa) is served.

A class's odds are divided by a power of how common it is. 0 would be the likeliest stage,
nearly always light; 1 would treat all classes as if they were as common. The one power is
chosen on the people that the network was fitted to, and on nobody else.
"""

import numpy as np

from sleepsync.evaluate.decision import said_by, worth
from sleepsync.evaluate.outcome import CLASSES, folded, in_classes

_POWERS = np.arange(0, 1.01, 0.1)
_UNIT = 256  # of the firmware: 256 log2 of odds


def factors(shares: np.ndarray, power: float) -> np.ndarray:
    """What each class's probability is multiplied by: 1 for the most common."""
    given = np.maximum(shares, 1e-3) ** -power
    return given / given.min()


def in_firmware(shares: np.ndarray, power: float) -> tuple[int, ...]:
    """The same as the firmware adds it to its answers."""
    return tuple(np.rint(_UNIT * np.log2(factors(shares, power))).astype(int).tolist())


def shares(stages: np.ndarray) -> np.ndarray:
    """How common wake, light, deep and REM are among stages (n,)."""
    counts = np.array([(stages == stage).sum() for stage in CLASSES[4]])
    return counts / counts.sum()


def chosen_power(probabilities: np.ndarray, stages: np.ndarray) -> float:
    """The power with the best kappa, the mean over 2, 3 and 4 classes, of (n, 4) and (n,)."""
    of_all = shares(stages)

    def kappas(power):
        answers = answers_by(probabilities, of_all, power)
        return np.mean([worth(in_classes(stages, k), said) for k, said in answers.items()])

    return float(max(_POWERS, key=kappas))


def answers_by(
    probabilities: np.ndarray, of_all: np.ndarray, power: float
) -> dict[int, np.ndarray]:
    """Stages in 2, 3 and 4 classes of probabilities (n, 4), classes of `of_all` shares."""
    return {
        k: said_by(folded(probabilities, k), factors(folded(of_all[None], k)[0], power), k)
        for k in CLASSES
    }
