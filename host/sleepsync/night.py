"""One night as the desktop holds it: what the puck kept, and what is known to be true.

It holds data and must never compute a sleep figure: those come from the
firmware's own code, so that puck, desktop and phone agree.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np

from sleepsync.paths import records

PUCK_EPOCH = datetime(2000, 1, 1)  # from which the puck counts its seconds

# Named tuples with the fields of firmware/records.py, which a type checker cannot see.
Epoch = Any
Score = Any
Event = Any

# How people score (Rechtschaffen & Kales, and AASM): 1 and 2 are light, 3 and 4 deep.
# What is not here ("MT", "?") is unknown.
STAGE_OF = {
    "W": records.WAKE,
    "R": records.REM,
    "1": records.LIGHT,
    "2": records.LIGHT,
    "3": records.DEEP,
    "4": records.DEEP,
}


@dataclass(frozen=True)
class Truth:
    """What the simulated world knows, or the polysomnography (PSG) of a real person.

    All run over the same 30 s epochs as the night, from index 0.
    `stages`: one of "W", "1", "2", "3", "4", "R", "MT" for each epoch.
    `rate_bpm`: mean heart rate of each epoch, NaN where unknown.
    `breaths_per_min`: of each epoch, None where the world tells nothing of it.
    The room, None where the world tells nothing of it: `light_lx`, `temperature_c`
    and `humidity_pct` (relative) are means, `level_dba` is the LAeq re 20 uPa.
    """

    stages: list[str]
    rate_bpm: np.ndarray
    breaths_per_min: np.ndarray | None = None
    light_lx: np.ndarray | None = None
    temperature_c: np.ndarray | None = None
    humidity_pct: np.ndarray | None = None
    level_dba: np.ndarray | None = None


@dataclass(frozen=True)
class Night:
    """A night, read back from the puck, with what there is to check it against.

    `start`: local wall time of epoch 0, or None if the puck did not know the time.
    `epochs`: by index, which may have holes (resets, gaps).
    `scores`: the live score; the first and last epochs may lack one. `morning`: the
    score of the whole night, of every epoch, if it was made. `summary`: the firmware's
    figures of the morning's score, in seconds (`*_s`), per cent (`*_pct`) or a number; a key
    that is missing or -1 is unknown. `live_summary`: those of the live score; `reference`: the
    same figures by the same code from the true stages.
    `sources`: for each kind of signal, whether it was measured or generated, and
    from what. `requests`: what was asked of the governor (see
    `sleepsync.replay.explained`). `states`: (from when in ms, its name) of what was known of
    the sleeper, [] where nothing tells it. `notes`: what else a reader should know, a sentence
    each.
    """

    name: str
    start: datetime | None
    epochs: list[Epoch]
    scores: list[Score]
    events: list[Event]
    summary: dict[str, int]
    reference: dict[str, int] | None
    truth: Truth | None
    sources: dict[str, str]
    notes: list[str]
    morning: list[Score] = field(default_factory=list)
    requests: list[Any] = field(default_factory=list)
    live_summary: dict[str, int] = field(default_factory=dict)
    states: list[tuple[int, str]] = field(default_factory=list)
