"""A recorded sleeper: true heartbeats and PSG stages of the MIT-BIH Polysomnographic Database.

Beats and stages are taken as they are and must never be altered; what the recording
does not have (motion, breathing rate) is generated, and `sources` says so.
"""

import csv
import gzip
import zlib
from datetime import datetime
from pathlib import Path

import numpy as np

from sleepsync.data import VARIABLE, DataDamaged, DataMissing
from sleepsync.world import body
from sleepsync.world.sleeper import EPOCH_S, STAGES, UNSCORED, Sleeper

_START = datetime(2026, 1, 15, 22, 45)  # the original dates are not known
_SOURCES = {
    "pulse": "measured: true heartbeats (ECG); the pulse wave laid on them is generated",
    "motion": "generated: movements and turns made from the measured stages",
    "stages": "measured: PSG, scored by people",
    "room": "generated: a dark room",
}


def from_slpdb(record: Path, seed: int) -> Sleeper:
    """The sleeper of the files `RECORD_beats.txt.gz` and `RECORD_stages.csv`.

    The night is what was scored: from the first stage's epoch to the last's; an epoch
    left out between is `UNSCORED`. `seed` makes motion and breathing. Raises DataMissing
    where a file is not there, DataDamaged where it is not what it should be.
    """
    stages, beats_s = read_record(record)
    duration_s = float(len(stages) * EPOCH_S)
    return Sleeper(
        name=f"slpdb {record.name}",
        seed=seed,
        duration_s=duration_s,
        start=_START,
        beats_s=beats_s[(beats_s >= 0) & (beats_s < duration_s)],
        stages=stages,
        breaths_per_min=body.breaths_per_min(seed, stages),
        movements=body.movements(seed, stages),
        turns=body.turns(seed, stages),
        off_body=[],
        sources=dict(_SOURCES),
    )


def read_record(record: Path) -> tuple[list[str], np.ndarray]:
    """The stages from the first scored epoch on, and the beats in s from its start.

    Beats before and after the scored night are among them. Raises as `from_slpdb`.
    """
    start_s, stages = _read_stages(_existing(record, "_stages.csv"))
    return stages, _read_beats(_existing(record, "_beats.txt.gz")) - start_s


def _existing(record: Path, ending: str) -> Path:
    path = record.with_name(record.name + ending)
    if not path.is_file():
        raise DataMissing(
            f"slpdb record {record.name}: no file {path}; name a record without its endings, "
            f"like slpdb/slp03 in the data folder (${VARIABLE} or ../shared/data)"
        )
    return path


def _read_beats(path: Path) -> np.ndarray:
    try:
        beats_s = np.loadtxt(path, ndmin=1)
    except (ValueError, EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise DataDamaged(f"{path}: not one time in s a line ({error}); fetch it again") from error
    if not (np.all(np.isfinite(beats_s)) and np.all(np.diff(beats_s) > 0)):
        raise DataDamaged(f"{path}: heartbeats are not in order of time; fetch it again")
    return beats_s


def _read_stages(path: Path) -> tuple[float, list[str]]:
    """When the first scored epoch begins, and the stages from there on."""
    try:
        with path.open(newline="", encoding="utf-8") as text:
            rows = list(csv.DictReader(text))
        scored = {round(float(row["time_s"]) / EPOCH_S): row["stage"] for row in rows}
    except (KeyError, TypeError, ValueError) as error:
        raise DataDamaged(f"{path}: no time_s and stage in every row; fetch it again") from error
    unknown = set(scored.values()) - set(STAGES)
    if unknown or not scored:
        raise DataDamaged(f"{path}: stages {sorted(unknown)} are not PSG stages; fetch it again")
    first, last = min(scored), max(scored)
    stages = [scored.get(epoch, UNSCORED) for epoch in range(first, last + 1)]
    return float(first * EPOCH_S), stages
