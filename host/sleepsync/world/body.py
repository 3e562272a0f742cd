"""What a body does in each stage: breaths, movements, turns.

Serves generated nights and recorded ones that have no motion of their own. Rates are
round figures for adults: shifts of posture 1-4 an hour (De Koninck 1992, Sleep 15:143),
movements most in wake and N1, least in deep sleep (Wilde-Frenz and Schulz 1983,
Percept Mot Skills 56:275). It must never alter a stage or a heartbeat.
"""

import numpy as np

from sleepsync.world.noise import band_noise, stream
from sleepsync.world.sleeper import EPOCH_S, UNSCORED, Movement, Turn

# For each stage: chance of a movement in an epoch, of a turn in an epoch,
# longest movement in s, strongest in g, breaths a minute against the sleeper's own.
_HABITS = {
    "W": (0.50, 0.050, 12.0, 0.80, 2.0),
    "1": (0.12, 0.020, 5.0, 0.40, 0.8),
    "2": (0.030, 0.016, 3.0, 0.30, 0.0),
    "3": (0.008, 0.003, 2.0, 0.25, -0.3),
    "4": (0.006, 0.002, 2.0, 0.25, -0.3),
    "R": (0.050, 0.012, 1.5, 0.15, 1.5),
    "MT": (1.00, 0.50, 15.0, 1.00, 1.5),
    UNSCORED: (0.50, 0.050, 12.0, 0.80, 1.0),
}
_WEAKEST_G = 0.06  # a twitch that the counts still see: their first bin ends at 0.039 g
_SHORTEST_S = 0.5
_BREATHS_PER_MIN = (12.5, 16.0)  # a sleeper's own rate in N2
_BREATH_WANDER = 0.5  # breaths a minute, standard deviation from epoch to epoch
_BREATH_LIMITS = (8.0, 24.0)
# Apnoeas come in runs, each held for 10 s or more by definition and ended by an arousal,
# one every 30-60 s (Guilleminault 1984, Lancet 323:126), least in deep sleep.
_HELD_S, _HELD_EVERY_S = (12.0, 28.0), (32.0, 58.0)
_RUN_MIN, _BETWEEN_RUNS_MIN = (10.0, 30.0), (5.0, 20.0)
_HELD_STAGES = "12R"
_GASP_CHANCE, _GASP_S, _GASP_G = 0.6, (0.6, 2.5), (0.06, 0.30)  # not every arousal moves
_LEAST_TURN_DEG, _MOST_TURN_DEG = 40, 140  # less is a shift, more would need two turns


def breaths_per_min(seed: int, stages: list[str]) -> np.ndarray:
    """Breathing rate for each epoch, 8-24 a minute."""
    rng = stream(seed, "breaths")
    own = rng.uniform(*_BREATHS_PER_MIN)
    by_stage = np.array([_HABITS[stage][4] for stage in stages])
    wander = band_noise(rng, (len(stages),), 1 / EPOCH_S, (0, 1), slope=1)
    return np.clip(own + by_stage + _BREATH_WANDER * wander, *_BREATH_LIMITS)


def movements(seed: int, stages: list[str], liveliness: float = 1.0) -> list[Movement]:
    """At most one movement in each epoch, whole within it, ascending.

    `liveliness`: how much likelier than a healthy adult's each is.
    """
    rng = stream(seed, "movements")
    moved = []
    for epoch, stage in enumerate(stages):
        chance, _, longest_s, strongest_g, _ = _HABITS[stage]
        if rng.random() < chance * liveliness:
            length_s = rng.uniform(_SHORTEST_S, longest_s)
            start_s = epoch * EPOCH_S + rng.uniform(0, EPOCH_S - length_s)
            moved.append(Movement(start_s, length_s, rng.uniform(_WEAKEST_G, strongest_g)))
    return moved


def turns(seed: int, stages: list[str], liveliness: float = 1.0) -> list[Turn]:
    """The first posture at 0 s and at most one turn in each epoch, ascending."""
    rng = stream(seed, "turns")
    gravity = _unit(rng.standard_normal(3))
    turned = [Turn(0.0, tuple(gravity.tolist()))]
    for epoch, stage in enumerate(stages):
        if rng.random() < _HABITS[stage][1] * liveliness:
            gravity = _turned(rng, gravity)
            at_s = epoch * EPOCH_S + rng.uniform(1, EPOCH_S - 4)
            turned.append(Turn(at_s, tuple(gravity.tolist())))
    return turned


def pauses(seed: int, stages: list[str]) -> list[tuple[float, float]]:
    """Spans in s without a breath, of an apnoeic sleeper: in runs, and in light sleep and REM."""
    rng = stream(seed, "pauses")
    held, at_s, end_s = [], 0.0, len(stages) * EPOCH_S
    while at_s < end_s:
        run_ends_s = at_s + 60 * rng.uniform(*_RUN_MIN)
        while at_s < run_ends_s:
            length_s, every_s = rng.uniform(*_HELD_S), rng.uniform(*_HELD_EVERY_S)
            if _all_within(stages, at_s, at_s + length_s):
                held.append((at_s, at_s + length_s))
            at_s += every_s
        at_s += 60 * rng.uniform(*_BETWEEN_RUNS_MIN)
    return held


def gasps(seed: int, held: list[tuple[float, float]]) -> list[Movement]:
    """What moves when breath comes back after the `pauses`: a short start, not each time."""
    rng = stream(seed, "gasps")
    return [
        Movement(to_s, rng.uniform(*_GASP_S), rng.uniform(*_GASP_G))
        for _, to_s in held
        if rng.random() < _GASP_CHANCE
    ]


def _all_within(stages, from_s, to_s):
    """True if all of the span lies in stages in which breath is held, and in the night."""
    epochs = stages[int(from_s // EPOCH_S) : int(to_s // EPOCH_S) + 1]
    return to_s < len(stages) * EPOCH_S and all(stage in _HELD_STAGES for stage in epochs)


def _turned(rng: np.random.Generator, gravity: np.ndarray) -> np.ndarray:
    """A unit vector at a random angle from `gravity`, in a random direction."""
    aside = rng.standard_normal(3)
    aside = _unit(aside - gravity * (aside @ gravity))
    angle = np.radians(rng.uniform(_LEAST_TURN_DEG, _MOST_TURN_DEG))
    return np.cos(angle) * gravity + np.sin(angle) * aside


def _unit(vector: np.ndarray) -> np.ndarray:
    return vector / np.linalg.norm(vector)
