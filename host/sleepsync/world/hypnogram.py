"""A believable night's stages: latency, cycles, deep sleep early, REM late, awakenings.

Proportions aim at healthy adults (Ohayon 2004, Sleep 27:1255; Carskadon and Dement,
Principles and Practice of Sleep Medicine, "Normal human sleep"). It must never know
a heartbeat or a movement: those are made from the stages.
"""

from dataclasses import dataclass

import numpy as np

_PER_MIN = 2  # epochs
_CYCLE_MIN = (84, 104)  # about 90 min from one REM period's end to the next
_DEEP_MIN = (38, 26, 13, 5, 1)  # of each cycle: homeostatic pressure is slept off early
_REM_MIN = (8, 18, 25, 30, 32)  # of each cycle: grows towards morning
_SPREAD = 0.2  # relative spread of the above between nights
_ONSET_N1_MIN = (2, 5)  # the first cycle is entered through N1
_LEAST_N2_MIN = 12  # N2 leads into and out of deep sleep in every cycle
_DEEP_SLEEPER = 0.85  # the share of awakenings that deep sleep prevents
_MORNING_MIN = (0, 8)  # awake in bed before getting up


@dataclass(frozen=True)
class Sleep:
    """How a person's sleep comes and holds; the defaults are a healthy adult's.

    `latency_min`: limits of the time to sleep onset. `waking_every_min`: mean distance of
    awakenings that PSG would score. `waking_ends`: chance that one ends with each epoch, so
    0.55 is a median of one. `waking_longest`: epochs. `deep_share`: of the usual deep sleep.
    """

    latency_min: tuple[float, float] = (5, 22)
    waking_every_min: float = 17
    waking_ends: float = 0.55
    waking_longest: int = 10
    deep_share: float = 1.0


HEALTHY = Sleep()


def hypnogram(rng: np.random.Generator, epochs: int, sleep: Sleep = HEALTHY) -> list[str]:
    """Stages "W", "1", "2", "3", "4", "R" for so many epochs of 30 s from lights out."""
    stages = ["W"] * _epochs(rng.uniform(*sleep.latency_min))
    cycle = 0
    while len(stages) < epochs:
        stages += _cycle(rng, cycle, sleep.deep_share)
        cycle += 1
    stages = _with_awakenings(rng, stages[:epochs], sleep)
    morning = min(_epochs(rng.uniform(*_MORNING_MIN)), epochs)
    return stages[: epochs - morning] + ["W"] * morning


def _cycle(rng: np.random.Generator, number: int, deep_share: float) -> list[str]:
    column = min(number, len(_DEEP_MIN) - 1)
    onset_min = rng.uniform(*_ONSET_N1_MIN) if number == 0 else 0.5
    deep_min, rem_min = _varied(rng, _DEEP_MIN[column]) * deep_share, _varied(rng, _REM_MIN[column])
    n2_min = max(rng.uniform(*_CYCLE_MIN) - onset_min - deep_min - rem_min, _LEAST_N2_MIN)
    before = rng.uniform(0.25, 0.45)
    deep = _epochs(deep_min)
    return (
        ["1"] * _epochs(onset_min)
        + ["2"] * _epochs(n2_min * before)
        + ["3"] * (deep - deep // 2)
        + ["4"] * (deep // 2)
        + ["2"] * _epochs(n2_min * (1 - before))
        + ["R"] * _epochs(rem_min)
    )


def _with_awakenings(rng: np.random.Generator, stages: list[str], sleep: Sleep) -> list[str]:
    at = stages.index("1") if "1" in stages else len(stages)
    while (at := at + 4 + _epochs(rng.exponential(sleep.waking_every_min))) < len(stages):
        length = min(int(rng.geometric(sleep.waking_ends)), sleep.waking_longest)
        if stages[at] in "34" and rng.random() < _DEEP_SLEEPER:
            continue
        way_back = ["1"] * int(rng.integers(1, 4))
        waking = (["W"] * length + way_back)[: len(stages) - at]
        stages[at : at + len(waking)] = waking
    return stages


def _varied(rng: np.random.Generator, value: float) -> float:
    return value * (1 + _SPREAD * rng.uniform(-1, 1))


def _epochs(minutes: float) -> int:
    return round(minutes * _PER_MIN)
