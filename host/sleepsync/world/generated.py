"""A generated sleeper: one person's night from a seed, a healthy adult's unless told.

Made for demonstrations and tests. It must never be shown as a person's own night:
its `sources` say "generated" of everything.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from sleepsync.world import body, heart
from sleepsync.world.hypnogram import HEALTHY, Sleep, hypnogram
from sleepsync.world.noise import stream
from sleepsync.world.sleeper import EPOCH_S, WARM_SWING, Movement, Sleeper, Turn

_EARLIEST = datetime(2026, 1, 15, 22, 30)  # fixed, so that a seed always gives one night
_START_SPREAD_MIN = 45
_LONGEST_H = 24.0  # the simulated night's index and the plots are made for one day
_OUTING_WINDOW_H = (2.5, 6.0)
_OUTING_EPOCHS = (9, 15)  # awake for 4-7 min
_OUTING_EDGE_S = 40.0  # awake but still, or again, with the pod on
ON_THE_TABLE = (0.0, 0.0, 1.0)  # gravity with the pod laid flat
_SOURCES = {
    "pulse": "generated: heartbeats made from the generated stages",
    "motion": "generated: movements and turns made from the generated stages",
    "stages": "generated: a healthy adult's night",
    "room": "generated: a dark room",
}


@dataclass(frozen=True)
class Person:
    """Whose night is generated; the defaults are a healthy adult's with warm hands.

    `liveliness`: movements and turns against a healthy adult's. `own_bpm`: limits of the
    heart's rate in N2. `swing`: limits of the pulse over the steady infrared light.
    `outing_chance`: of leaving the bed once, with the pod laid down. `apnoeic`: whether
    breath is held again and again. `skin`: as `Sleeper` has it.
    """

    sleep: Sleep = HEALTHY
    liveliness: float = 1.0
    own_bpm: tuple[float, float] = heart.SLEEPING_BPM
    swing: tuple[float, float] = WARM_SWING
    outing_chance: float = 0.4
    apnoeic: bool = False
    skin: float = 1.0


ADULT = Person()


def generate(seed: int, hours: float = 8.0, person: Person = ADULT) -> Sleeper:
    """A whole generated night, the same for the same `seed` (0 or more) and `hours` (to 24).

    The night is rounded to whole epochs of 30 s. Raises ValueError outside 1 to 2880 of them.
    """
    epochs = round(hours * 3600 / EPOCH_S)
    if not 1 <= epochs <= _LONGEST_H * 3600 / EPOCH_S:
        raise ValueError(f"generated night: {hours} h asked for; ask for 0.01 to {_LONGEST_H:.0f}")
    stages = hypnogram(stream(seed, "stages"), epochs, person.sleep)
    off_body = _outing(stream(seed, "outing"), stages, person.outing_chance)
    turns = _lay_down(body.turns(seed, stages, person.liveliness), off_body)
    pauses = body.pauses(seed, stages) if person.apnoeic else []
    moved = body.movements(seed, stages, person.liveliness) + body.gasps(seed, pauses)
    breaths = body.breaths_per_min(seed, stages)
    stirs_s = np.array([m.start_s for m in moved] + [turn.at_s for turn in turns[1:]])
    return Sleeper(
        name=f"generated sleeper {seed}",
        seed=seed,
        duration_s=float(epochs * EPOCH_S),
        start=_EARLIEST + timedelta(minutes=int(stream(seed, "start").integers(_START_SPREAD_MIN))),
        beats_s=heart.beats(seed, stages, breaths, stirs_s, person.own_bpm, pauses),
        stages=stages,
        breaths_per_min=breaths,
        movements=[m for m in moved if not _overlaps(m, off_body)],
        turns=turns,
        off_body=off_body,
        sources=dict(_SOURCES),
        swing=person.swing,
        pauses=pauses,
        skin=person.skin,
    )


def _outing(
    rng: np.random.Generator, stages: list[str], chance: float
) -> list[tuple[float, float]]:
    """Sometimes writes a longer waking into `stages`; returns when the pod is off the finger."""
    length = int(rng.integers(*_OUTING_EPOCHS))
    first = int(rng.uniform(*_OUTING_WINDOW_H) * 3600 / EPOCH_S)
    if rng.random() >= chance or first + length > len(stages):
        return []
    stages[first : first + length] = ["W"] * length
    return [(first * EPOCH_S + _OUTING_EDGE_S, (first + length) * EPOCH_S - _OUTING_EDGE_S)]


def _overlaps(movement: Movement, spans_s: list[tuple[float, float]]) -> bool:
    end_s = movement.start_s + movement.length_s
    return any(movement.start_s < on_s and end_s > off_s for off_s, on_s in spans_s)


def _lay_down(turns: list[Turn], off_body: list[tuple[float, float]]) -> list[Turn]:
    """The turns with the pod flat on the table for as long as it is off the finger."""
    for off_s, on_s in off_body:
        worn = [turn for turn in turns if not off_s <= turn.at_s <= on_s]
        last = [turn for turn in worn if turn.at_s < off_s][-1]
        turns = sorted(
            [*worn, Turn(off_s, ON_THE_TABLE), Turn(on_s, last.gravity)],
            key=lambda turn: turn.at_s,
        )
    return turns
