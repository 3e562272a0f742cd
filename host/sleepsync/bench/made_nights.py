"""Weeks of nights as journals, made from generated sleepers without running a puck.

Every epoch is what such a puck might have kept; accidents are made where a plan says so. It must
never be shown as anybody's night.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from sleepsync.night import PUCK_EPOCH
from sleepsync.paths import records
from sleepsync.vm import Worker
from sleepsync.world import Sleeper, generate

FIRST = datetime(2026, 2, 23, 22, 50)  # a Monday; summer time comes within the weeks after
_EPOCH_S = records.EPOCH_S
_BATCH = 9  # epochs to a seal, as firmware/keep/journal.py has it
_LATE = 10  # epochs that a live score comes after its own
_COUNTS = 60  # of a movement of 1 g that lasts a second
_NO_POD = records.NO_PULSE_SENSOR | records.NO_MOTION_SENSOR
_ACCIDENTS: dict[int, dict] = {3: {"hole": (300, 340)}, 9: {"flags": _NO_POD}, 11: {"start": None}}
_MISSING = (5, 13, 26)  # days without a night, of the weeks


@dataclass(frozen=True)
class Made:
    """One night to be made. `start` None: the puck did not know the time. `flags`: of every
    epoch. `hole`: epochs (from, to) that were lost. `slower_bpm`: than the sleeper's own pulse.
    """

    number: int
    seed: int
    hours: float
    start: datetime | None
    flags: int = 0
    hole: tuple[int, int] = (0, 0)
    slower_bpm: float = 0.0


def journal(made: Made, scores: list | None = None, rules: int = 0) -> bytes:
    """A night's journal, sealed, with its `scores` by `rules` if they are known."""
    start_s = round((made.start - PUCK_EPOCH).total_seconds()) if made.start else 0
    rows = [records.NIGHT.pack(records.VERSION, made.number, start_s, rules)]
    rows.append(records.EVENT.pack(0, records.START, records.PUCK, 0))
    epochs = _epochs(made)
    runs = _runs(scores or [])
    chain, data = bytes(12), b""
    for at in range(0, len(epochs), _BATCH):
        batch_epochs = epochs[at : at + _BATCH]
        rows += [records.EPOCH.pack(*epoch) for epoch in batch_epochs]
        is_last = at + _BATCH >= len(epochs)
        while runs and (is_last or runs[0][-1].index + _LATE <= batch_epochs[-1].index):
            rows.append(records.SCORE.pack(*runs.pop(0)))
        if is_last:
            rows.append(_stop(epochs))
        batch = b"".join(rows)
        chain = hashlib.sha256(chain + batch).digest()[:12]
        data, rows = data + batch + records.SEAL.pack(chain), []
    return data


def _runs(scores: list) -> list[list]:
    """Scores of consecutive epochs, as many together as a record holds."""
    runs: list[list] = []
    for score in scores:
        follows = runs and score.index == runs[-1][-1].index + 1
        if follows and len(runs[-1]) < records.RUN:
            runs[-1].append(score)
        else:
            runs.append([score])
    return runs


def write(made: Made, folder: Path, worker: Worker) -> Path:
    """A night with the scores that the puck's own code gives it, as a file in `folder`."""
    path = folder / f"{made.number:05d}.night"
    path.write_bytes(journal(made))
    found = worker.call("replay:read", str(path))
    scores = [records.SCORE.tuple(*fields) for fields in found["rescored"]]
    path.write_bytes(journal(made, scores, found["rules"]))
    return path


def weeks(days: int, seed: int = 1) -> list[Made]:
    """Nights of somebody who goes to bed later on Fridays and Saturdays, some of them missing,
    one without pod, one whose puck knew no time, one with a hole.
    """
    rng = np.random.default_rng(seed)
    found: list[Made] = []
    for day in range(days):
        late_min = 70 if day % 7 in (4, 5) else 0
        start = FIRST + timedelta(days=day, minutes=late_min + float(rng.normal(0, 18)))
        hours = float(np.clip(rng.normal(7.7 + late_min / 150, 0.5), 5, 9.5))
        if day not in _MISSING:
            start = start.replace(second=0, microsecond=0)
            slower = float(rng.normal(2 - day / 15, 1))
            found.append(Made(len(found) + 1, seed * 1000 + day, hours, start, slower_bpm=slower))
    return [_befallen(made) for made in found]


def _befallen(made: Made) -> Made:
    accidents: dict[int, dict] = {
        3: {"hole": (300, 340)},
        9: {"flags": _NO_POD},
        11: {"start": None},
    }
    return replace(made, **accidents.get(made.number, {}))


def _stop(epochs) -> bytes:
    t_ms = (epochs[-1].index + 1) * _EPOCH_S * 1000
    return records.EVENT.pack(t_ms, records.STOP, records.PUCK, 0)


def _epochs(made: Made) -> list:
    sleeper = generate(made.seed, made.hours)
    counts, first, end = _counts(sleeper), *made.hole
    indices = [i for i in range(len(sleeper.stages)) if not first <= i < end]
    return [_epoch(made, sleeper, i, int(counts[i])) for i in indices]


def _epoch(made: Made, sleeper: Sleeper, index: int, counts: int):
    """What a puck might have kept of one epoch: where much moves the pulse is not known."""
    flags = made.flags | (records.MOVING if counts > 20 else 0)
    pulse = _pulse(made, sleeper, index) if not flags & _NO_POD and counts < 80 else {}
    own = {"rate_dbpm": 0, "beats": 0, "rmssd_dms": 0, "breaths_dpm": 0, "quality": 0}
    return records.EPOCH.tuple(
        index=index,
        flags=flags,
        perfusion_pm=12 if pulse else 0,
        counts=0 if made.flags & records.NO_MOTION_SENSOR else counts,
        breath_regularity=60 if pulse else 0,
        oxygen_ratio_pct=60 if pulse else 0,
        light_mlx=25,
        temperature_cdeg=1850 - index // 8,
        humidity_pct=47,
        level_ddb=322 + index % 7,
        loudest_ddb=350 + index % 11,
        **(own | pulse),
    )


def _pulse(made: Made, sleeper: Sleeper, index: int) -> dict[str, int]:
    beats_s = sleeper.beats_s[sleeper.beats_s // _EPOCH_S == index]
    if len(beats_s) < 3:
        return {}
    intervals_s = np.diff(beats_s)
    rate_bpm = 60 / intervals_s.mean() - made.slower_bpm
    rmssd_ms = 1000 * float(np.sqrt(np.mean(np.diff(intervals_s) ** 2)))
    return {
        "rate_dbpm": round(10 * rate_bpm),
        "beats": len(beats_s),
        "rmssd_dms": round(10 * rmssd_ms),
        "breaths_dpm": round(10 * float(sleeper.breaths_per_min[index])),
        "quality": 92,
    }


def _counts(sleeper: Sleeper) -> np.ndarray:
    """Activity counts of each epoch, by the movements that begin in it."""
    found = np.zeros(len(sleeper.stages))
    for move in sleeper.movements:
        at = min(int(move.start_s // _EPOCH_S), len(found) - 1)
        found[at] += _COUNTS * move.strength_g * move.length_s
    return np.clip(found, 0, 2000)
