"""`sleepsync stage`: a file of features through the firmware's own stager, in the VM.

Files are as in sleep_accel_features: time_h, hr_feature, count_feature, and more that is not
looked at. It must never sort, mend or leave out a row: each has its line in the answer.
"""

import csv
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sleepsync.paths import records
from sleepsync.vm import Worker

SCORES = ("live", "morning")
COLUMNS = ("time_h", "hr_feature", "count_feature")

_EPOCHS_IN_HOUR = 3600 / records.EPOCH_S
_LONGEST_H = 48
_LEAST_APART = 0.5  # epochs
_UNKNOWN = -1  # of features.py: UNHEARD
_MOST_ACTIVITY, _MOST_DEVIATION = 1 << 16, 127.0
_BYTES = 5  # of an epoch: stage, and four probabilities in 1/255


class FeaturesDamaged(Exception):
    """The file is no file of features: the message says where, and what is wanted."""


@dataclass(frozen=True)
class Features:
    """`epochs`: the number of each row's epoch, from the first row's on, ascending. Activity
    and deviation as published (count_feature, hr_feature), NaN where a cell is empty.
    """

    epochs: np.ndarray
    activity: np.ndarray
    deviation: np.ndarray


@dataclass(frozen=True)
class Staged:
    """What is said of each row: `stages` (n,), `probabilities` (n, 4) of sum 1."""

    epochs: np.ndarray
    stages: np.ndarray
    probabilities: np.ndarray


def read_features(path: Path) -> Features:
    """The file's rows. FeaturesDamaged names the line that is wrong, and the remedy."""
    if not path.is_file():
        raise FeaturesDamaged(f"{path}: no such file; wanted a CSV with {', '.join(COLUMNS)}")
    with path.open(newline="", encoding="utf-8-sig") as text:
        try:
            rows = [_row(path, line, row) for line, row in _numbered(path, csv.DictReader(text))]
        except (UnicodeDecodeError, csv.Error) as error:
            raise FeaturesDamaged(f"{path}: not a CSV ({error})") from error
    if not rows:
        raise FeaturesDamaged(f"{path}: no row; wanted one for each epoch of 30 s")
    time_h, deviation, activity = np.array(rows).T
    return Features(_epochs(path, time_h), activity, deviation)


def staged(features: Features, score: str) -> Staged:
    """What the firmware says of these rows, by the model it carries; between them it waits.

    `score`: one of `SCORES`. Live looks at no later row.
    """
    if score not in SCORES:
        raise ValueError(f"{score}: no such score; there are {', '.join(SCORES)}")
    activity = _spread(features, features.activity, _MOST_ACTIVITY)
    deviation = _spread(features, features.deviation, _MOST_DEVIATION)
    with Worker() as vm:
        said = vm.call("stage:said", activity, deviation, score == "live")
    rows = np.frombuffer(said, np.uint8).reshape(-1, _BYTES)[features.epochs]
    return Staged(features.epochs, rows[:, 0], rows[:, 1:] / 255)


def lines(found: Staged) -> Iterator[str]:
    """As CSV: a heading, then a line for each row of the file."""
    yield "epoch,stage,p_wake,p_light,p_deep,p_rem"
    for epoch, stage, row in zip(found.epochs, found.stages, found.probabilities, strict=True):
        yield ",".join([str(epoch), records.STAGES[stage], *(f"{p:.4f}" for p in row)])


def _numbered(path, reader):
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or [])]
    if missing:
        raise FeaturesDamaged(
            f"{path}: no column {', '.join(missing)}; wanted a heading with {', '.join(COLUMNS)}"
        )
    for row in reader:
        yield reader.line_num, row


def _row(path, line, row):
    try:
        values = [float(row[name] or "nan") for name in COLUMNS]
    except (TypeError, ValueError) as error:
        raise FeaturesDamaged(f"{path}: line {line}: {error}; wanted numbers") from error
    if not np.isfinite(values[0]):
        raise FeaturesDamaged(f"{path}: line {line}: no time_h; wanted hours, as a number")
    if any(value < 0 for value in values[1:]):
        raise FeaturesDamaged(f"{path}: line {line}: a feature below 0; both are 0 or more")
    return values


def _epochs(path, time_h):
    """The epoch of each row, from 0 on. Times may be written short: steps are rounded."""
    apart = np.diff(time_h, prepend=time_h[0] - 1 / _EPOCHS_IN_HOUR) * _EPOCHS_IN_HOUR
    backwards = np.flatnonzero(apart < _LEAST_APART)
    if len(backwards):
        wrong = f"row {backwards[0] + 1} is less than 15 s after the one before"
        raise FeaturesDamaged(f"{path}: {wrong}; sort by time_h, one row for each 30 s")
    if np.ptp(time_h) > _LONGEST_H:
        raise FeaturesDamaged(f"{path}: longer than {_LONGEST_H} h; stage one night at a time")
    return np.cumsum(np.maximum(np.rint(apart), 1)).astype(int) - 1


def _spread(features, values, most):
    """A value for every epoch, Q8; unknown where no row is."""
    row = np.full(features.epochs[-1] + 1, np.nan)
    row[features.epochs] = values
    whole = np.rint(np.clip(row, 0, most) * 256)
    return array("i", np.nan_to_num(whole, nan=_UNKNOWN).astype(int).tolist())
