"""People of sleep-accel (Walch 2019) as PhysioNet serves them: raw motion and heart rate.

Unlike the published features it must never drop an epoch, and never move one: each label
stands for the 30 s that begin at its time.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from sleepsync.data import DataDamaged
from sleepsync.paths import records
from sleepsync.people import sleep_accel_features
from sleepsync.people.epochs import mean_counts, mean_rate_bpm
from sleepsync.people.person import EPOCH_S, Night, Person
from sleepsync.people.tables import rows

SET = "sleep_accel"
_LABELS, _HEART, _MOTION = (
    "labels/{}_labeled_sleep.txt",
    "heart_rate/{}_heartrate.txt",
    "motion/{}_acceleration.txt",
)
SIGN = _LABELS.format("*")
_STAGES = sleep_accel_features.STAGES | {-1: records.UNKNOWN}
_LONGEST_H = 24
_OFF_S = 1.0  # a label's time from a whole epoch


def read(folder: Path, say: Callable[[str], None]) -> Iterator[Person]:
    """Everybody in the folder, one night each, from the first label's epoch to the last's.

    Raises DataMissing for a person without a file, DataDamaged for a file that is not as
    it should be, or has nothing of the labelled night.
    """
    patterns = (_LABELS, _HEART, _MOTION)
    files = (path for pattern in patterns for path in folder.glob(pattern.format("*")))
    names = sorted({path.name.split("_")[0] for path in files})
    for number, name in enumerate(names, start=1):
        say(f"{SET}: {name} ({number} of {len(names)})")
        yield Person(SET, name, (_night(folder, name),))


def _night(folder: Path, name: str) -> Night:
    start_s, stages = _stages(folder / _LABELS.format(name))
    heart = rows(folder / _HEART.format(name), "t,bpm", ",")
    motion = rows(folder / _MOTION.format(name), "t x y z", " ")
    for signal in (heart, motion):
        signal[:, 0] -= start_s
    counts, rate_bpm = mean_counts(motion, len(stages)), mean_rate_bpm(heart, len(stages))
    for column, pattern in ((counts, _MOTION), (rate_bpm, _HEART)):
        if np.isnan(column).all():
            raise DataDamaged(
                f"{folder / pattern.format(name)}: nothing within the {len(stages)} labelled "
                "epochs; fetch this person's files again"
            )
    return Night(name, stages, counts, rate_bpm)


def _stages(path: Path) -> tuple[float, np.ndarray]:
    """When the first labelled epoch begins, and the stages from there on."""
    labels = rows(path, "t stage", " ")
    at = (labels[:, 0] - labels[0, 0]) / EPOCH_S
    epochs = np.rint(at).astype(int)
    apart = np.all(np.diff(epochs) > 0) and np.all(np.abs(at - epochs) * EPOCH_S <= _OFF_S)
    if not apart or at[-1] * EPOCH_S > _LONGEST_H * 3600:
        raise DataDamaged(
            f"{path}: the times are not {EPOCH_S} s apart within {_LONGEST_H} h; fetch it again"
        )
    if unknown := set(labels[:, 1]) - set(_STAGES):
        raise DataDamaged(
            f"{path}: {sorted(unknown)} among the stages, which are {sorted(_STAGES)}; "
            "fetch it again"
        )
    stages = np.full(epochs[-1] + 1, records.UNKNOWN, np.int8)
    stages[epochs] = [_STAGES[int(stage)] for stage in labels[:, 1]]
    return float(labels[0, 0]), stages
