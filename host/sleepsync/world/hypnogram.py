"""A believable night's stages: latency, cycles, deep sleep early, REM late, awakenings.

Proportions aim at healthy adults (Ohayon 2004, Sleep 27:1255; Carskadon and Dement,
Principles and Practice of Sleep Medicine, "Normal human sleep"). It must never know
a heartbeat or a movement: those are made from the stages.
"""

import numpy as np

_PER_MIN = 2  # epochs
_LATENCY_MIN = (5, 22)  # of an adult without insomnia
_CYCLE_MIN = (84, 104)  # about 90 min from one REM period's end to the next
_DEEP_MIN = (38, 26, 13, 5, 1)  # of each cycle: homeostatic pressure is slept off early
_REM_MIN = (8, 18, 25, 30, 32)  # of each cycle: grows towards morning
_SPREAD = 0.2  # relative spread of the above between nights
_ONSET_N1_MIN = (2, 5)  # the first cycle is entered through N1
_LEAST_N2_MIN = 12  # N2 leads into and out of deep sleep in every cycle
_WAKING_EVERY_MIN = 17  # mean distance of awakenings that PSG would score
_WAKING_LENGTH = 0.55  # of the geometric law of their length: a median of one epoch
_WAKING_LONGEST = 10  # epochs: longer ones would be another kind of night
_DEEP_SLEEPER = 0.85  # the share of awakenings that deep sleep prevents
_MORNING_MIN = (0, 8)  # awake in bed before getting up


def hypnogram(rng: np.random.Generator, epochs: int) -> list[str]:
    """Stages "W", "1", "2", "3", "4", "R" for so many epochs of 30 s from lights out."""
    stages = ["W"] * _epochs(rng.uniform(*_LATENCY_MIN))
    cycle = 0
    while len(stages) < epochs:
        stages += _cycle(rng, cycle)
        cycle += 1
    stages = _with_awakenings(rng, stages[:epochs])
    morning = min(_epochs(rng.uniform(*_MORNING_MIN)), epochs)
    return stages[: epochs - morning] + ["W"] * morning


def _cycle(rng: np.random.Generator, number: int) -> list[str]:
    column = min(number, len(_DEEP_MIN) - 1)
    onset_min = rng.uniform(*_ONSET_N1_MIN) if number == 0 else 0.5
    deep_min, rem_min = _varied(rng, _DEEP_MIN[column]), _varied(rng, _REM_MIN[column])
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


def _with_awakenings(rng: np.random.Generator, stages: list[str]) -> list[str]:
    at = stages.index("1") if "1" in stages else len(stages)
    while (at := at + 4 + _epochs(rng.exponential(_WAKING_EVERY_MIN))) < len(stages):
        length = min(int(rng.geometric(_WAKING_LENGTH)), _WAKING_LONGEST)
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
