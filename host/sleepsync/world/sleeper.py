"""The words of the world: one sleeper's night as a list of what happens in it.

Times are float seconds from the night's start. It must never hold a waveform.
"""

from dataclasses import dataclass, field
from datetime import datetime

import numpy as np

from sleepsync.world.noise import smoothstep
from sleepsync.world.room import Room

EPOCH_S = 30
HOLE_S = 3.0  # longer without a beat than any sleeper's pause: the recording lost the heart
UNSCORED = "?"  # an epoch to which the people who scored the night gave no stage
STAGES = ("W", "1", "2", "3", "4", "R", "MT", UNSCORED)
WARM_SWING = (0.011, 0.016)  # of a usual systole over the steady infrared: a warm hand
_PAUSE_EDGE_S = 1.0  # a breath is held, or drawn again, within about this


@dataclass(frozen=True)
class Movement:
    """A limb that moves. `strength_g`: the largest acceleration of its 3-11 Hz shaking.

    `light_share`: how much of the light that so strong a movement shakes it does shake: 1
    where the hand moves, near 0 where the bed moves pod and finger as one.
    """

    start_s: float
    length_s: float
    strength_g: float
    light_share: float = 1.0


@dataclass(frozen=True)
class Turn:
    """A new posture. `gravity`: unit vector in the pod's frame from `at_s` on (about 1 s later)."""

    at_s: float
    gravity: tuple[float, float, float]


@dataclass(frozen=True)
class Tremor:
    """A hand's rhythm at `rate_hz`, up to `strength_mg`, in each of the `spans` (from, to)."""

    rate_hz: float
    strength_mg: float
    spans: list[tuple[float, float]]


@dataclass
class Sleeper:
    """One night of one person.

    `start`: naive local time. `beats_s`: heartbeats, ascending. `stages`: one of `STAGES`
    for each 30 s epoch. `breaths_per_min`: one value per epoch. `turns`: ascending; one at
    0 s sets the first posture. `off_body`: (from, to) spans in which the pod is off the
    finger. `sources`: for "pulse", "motion", "stages" and "room" one plain phrase each,
    measured or generated and from what. `room`: what happens in the bedroom. `swing`: limits
    of the sleeper's own pulse, as a share of the steady infrared light. `pauses`: ascending
    spans in which no breath is drawn. `tremor`: beyond what every hand has. `skin`: how much
    of the LEDs' light comes back, against the usual finger.
    """

    name: str
    seed: int
    duration_s: float
    start: datetime
    beats_s: np.ndarray
    stages: list[str]
    breaths_per_min: np.ndarray
    movements: list[Movement]
    turns: list[Turn]
    off_body: list[tuple[float, float]]
    sources: dict[str, str]
    room: Room = field(default_factory=Room)
    swing: tuple[float, float] = WARM_SWING
    pauses: list[tuple[float, float]] = field(default_factory=list)
    tremor: Tremor | None = None
    skin: float = 1.0


def breath(
    breaths_per_min: np.ndarray, pauses: list[tuple[float, float]], t_s: np.ndarray
) -> np.ndarray:
    """The breath's own sine at each `t_s`, -1 to 1; it comes to rest in the pauses."""
    wave = np.sin(2 * np.pi * breath_cycles(breaths_per_min, t_s))
    if not pauses:
        return wave
    from_s, to_s = np.array(pauses).T
    latest = np.searchsorted(from_s, t_s, side="right") - 1  # -1: the last, still to come
    held = smoothstep((t_s - from_s[latest]) / _PAUSE_EDGE_S)
    held = held * smoothstep((to_s[latest] - t_s) / _PAUSE_EDGE_S)
    return wave * (1 - held)


def breath_cycles(breaths_per_min: np.ndarray, t_s: np.ndarray) -> np.ndarray:
    """Breaths drawn from the start until each `t_s`, as a count with its fraction.

    `breaths_per_min`: one value per 30 s epoch. Times outside the night hold its ends.
    """
    edges_s = np.arange(len(breaths_per_min) + 1) * EPOCH_S
    drawn = np.concatenate(([0.0], np.cumsum(breaths_per_min) * (EPOCH_S / 60)))
    return np.interp(t_s, edges_s, drawn)


def holes(beats_s: np.ndarray, duration_s: float) -> np.ndarray:
    """Spans without a beat for longer than `HOLE_S`, the night's ends included: shape (n, 2)."""
    marks_s = np.concatenate(([0.0], beats_s, [duration_s]))
    longer = np.flatnonzero(np.diff(marks_s) > HOLE_S)
    return np.stack([marks_s[longer], marks_s[longer + 1]], axis=1)
