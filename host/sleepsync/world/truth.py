"""What really happened in a night, to hold the puck's answers against.

Computed from the sleeper alone, never from the written samples.
"""

from collections.abc import Iterable
from itertools import pairwise

import numpy as np

from sleepsync.world import room
from sleepsync.world.pulse import TRANSIT_S
from sleepsync.world.shake import bursts
from sleepsync.world.sleeper import EPOCH_S, Sleeper, holes

_LEAST_BEATS = 3  # fewer make no mean interval worth comparing


def truth(sleeper: Sleeper) -> dict[str, np.ndarray]:
    """The arrays of `truth.npz`.

    `beats_s`: when each beat reaches the finger, its steepest fall of light. Per 30 s
    epoch: `rate_bpm` of the heart (60 over the mean interval of the beats inside; nan
    with under 3 beats or where the recording lost the heart), `breaths_per_min` (nan where
    nobody breathes; pauses are not counted), `stages`, and as bool
    `moving` and `off_body` if any of it falls into the epoch. A rate is given with the
    pod off the finger too: the heart goes on. Of the room, means: `light_lx`,
    `temperature_c`, `humidity_pct`, `level_dba` (LAeq: of the energy), and `loudest_dba`,
    the level of the epoch's loudest second.
    """
    epochs = len(sleeper.stages)
    beats_s = sleeper.beats_s + TRANSIT_S
    lost = _touched(holes(beats_s, sleeper.duration_s), epochs)
    shaken = [burst.movement for burst in bursts(sleeper)]
    spans = [(m.start_s, m.start_s + m.length_s) for m in shaken]
    return {
        "beats_s": beats_s,
        "rate_bpm": np.where(lost, np.nan, _rates_bpm(beats_s, epochs)),
        "breaths_per_min": np.where(sleeper.breaths_per_min > 0, sleeper.breaths_per_min, np.nan),
        "stages": np.array(sleeper.stages, dtype="<U2"),
        "moving": _touched(spans, epochs),
        "off_body": _touched(sleeper.off_body, epochs),
        **_room(sleeper, epochs),
    }


def _room(sleeper: Sleeper, epochs: int) -> dict[str, np.ndarray]:
    seconds = room.series(sleeper.room, sleeper.seed, sleeper.duration_s)
    columns = seconds[: epochs * EPOCH_S].reshape(epochs, EPOCH_S, -1)
    means, levels_dba = columns.mean(axis=1), columns[:, :, room.LEVEL_DBA]
    return {
        "light_lx": means[:, room.LIGHT_LX],
        "temperature_c": means[:, room.TEMPERATURE_C],
        "humidity_pct": means[:, room.HUMIDITY_PCT],
        "level_dba": room.mean_dba(levels_dba),
        "loudest_dba": levels_dba.max(axis=1),
    }


def _rates_bpm(beats_s: np.ndarray, epochs: int) -> np.ndarray:
    edges = np.searchsorted(beats_s, np.arange(epochs + 1) * EPOCH_S)
    inside = [beats_s[a:b] for a, b in pairwise(edges)]
    return np.array([60 / np.diff(b).mean() if len(b) >= _LEAST_BEATS else np.nan for b in inside])


def _touched(spans_s: Iterable[tuple[float, float]], epochs: int) -> np.ndarray:
    """Which epochs any of the spans (from, to) overlaps."""
    touched = np.zeros(epochs, dtype=bool)
    for start_s, end_s in spans_s:
        touched[max(int(start_s // EPOCH_S), 0) : int(np.ceil(end_s / EPOCH_S))] = True
    return touched
