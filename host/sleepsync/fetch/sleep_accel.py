"""Motion and heart-rate features of sleep-accel 1.0.0, computed from the raw recordings.

The features of Walch 2019 (Sleep 42, zsz180), as its open code defines them, so that
whoever trains on them can trace each number to a file with a published sum. It must never
be used on the puck: two of the features know the whole night.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.signal import butter, filtfilt

from sleepsync.data import DataDamaged

EPOCH_S = 30
_HEADING = "time_h,hr_feature,count_feature,cosine_feature,stage"
_ROW = "%.6f,%.6f,%.6f,%.6f,%d"

_COUNT_HZ = 50
_BAND_HZ = (3, 11)
_ORDER = 5
_BINS = np.linspace(0, 5, 129)  # g
_COUNTED_S = 15
_COUNT_OFFSET, _COUNT_GAIN = 18, 3.07  # fitted by its authors to a commercial actigraph

_REACH_S = 285  # each feature looks so far beyond both ends of its epoch
_COUNT_SIGMA_S = 50
_NEAR_S, _FAR_S, _FAR_WEIGHT = 120, 600, 0.75  # the difference of Gaussians
_PERCENTILE = 90
_DAY_S, _SHIFT_S = 86_400, 5 * 3600


@dataclass
class Recording:
    """A night: `motion` rows (s, x, y, z in g), `heart` rows (s, bpm), `labels` (s, stage)."""

    motion: np.ndarray
    heart: np.ndarray
    labels: np.ndarray


def convert(person: str, sources: list[bytes], say: Callable[[str], None]) -> dict[str, bytes]:
    """{`ID.csv`: contents} from a person's raw motion, heart rate and labels.

    Raises DataDamaged.
    """
    motion, heart, labels = sources
    try:
        night = Recording(_rows(motion, " ", 4), _rows(heart, ",", 2), _rows(labels, " ", 2))
        table = features(night)
    except (ValueError, IndexError) as error:
        raise DataDamaged(
            f"sleep-accel {person}: not the tables it should have ({error})"
        ) from error
    lines = [_HEADING, *(_ROW % tuple(row) for row in table)]
    return {f"{person}.csv": "".join(f"{line}\r\n" for line in lines).encode()}


def features(night: Recording) -> np.ndarray:
    """Rows (time_h, hr, count, cosine, stage), one for each epoch with motion, heart and stage.

    Time counts from the first such epoch. The published code reads the first line of each
    table for a heading; where that moves rows or values (stages, heart, counts) it is
    followed here, or no row would be its row. Raises ValueError if there are none.
    """
    night = _overlap(night)
    counts = activity_counts(night.motion)[1:]
    heart = night.heart[1:]
    labels = night.labels[1:]
    epochs = _complete(labels, night.motion, heart)
    if not len(epochs):
        raise ValueError("no epoch has motion, heart rate and a stage")
    elapsed_s = epochs[:, 0] - epochs[0, 0]
    columns = (
        elapsed_s / 3600,
        heart_feature(heart, epochs[:, 0]),
        count_feature(counts, epochs[:, 0]),
        -np.cos((elapsed_s - _SHIFT_S) * 2 * np.pi / _DAY_S),
        epochs[:, 1],
    )
    return np.column_stack(columns)


def activity_counts(motion: np.ndarray) -> np.ndarray:
    """Rows (s, count) about every 15 s, from the z axis of `motion` (rows s, x, y, z in g)."""
    at_s, z_g = motion[:, 0], motion[:, 3]
    grid_s = np.arange(at_s.min(), at_s.max(), 1 / _COUNT_HZ)
    b, a = butter(_ORDER, [edge / (_COUNT_HZ / 2) for edge in _BAND_HZ], "bandpass")
    shaken = np.abs(filtfilt(b, a, np.interp(grid_s, at_s, z_g)))
    bins = np.digitize(shaken, _BINS)
    sums = _blocks(_blocks(bins, _COUNT_HZ).max(axis=1), _COUNTED_S).sum(axis=1)
    counts = np.maximum((sums - _COUNT_OFFSET) * _COUNT_GAIN, 0)
    return np.column_stack((np.linspace(at_s.min(), at_s.max(), len(counts)), counts))


def count_feature(counts: np.ndarray, epochs_s: np.ndarray) -> np.ndarray:
    """For each epoch (its start in s), the Gaussian-weighted mean of the counts around it."""
    grid_s, values = _every_second(counts)
    windows = (values[_window(grid_s, start_s)] for start_s in epochs_s)
    return np.array([_weighted(window) for window in windows])


def heart_feature(heart: np.ndarray, epochs_s: np.ndarray) -> np.ndarray:
    """For each epoch, the deviation of the filtered, normalised heart rate around it."""
    grid_s, values = _every_second(heart)
    half = _REACH_S // 2
    filtered = np.convolve(
        np.pad(values - values.mean(), half, mode="symmetric"), _kernel(), mode="valid"
    )
    filtered = filtered / np.percentile(np.abs(filtered), _PERCENTILE)
    return np.array([filtered[_window(grid_s, start_s)].std() for start_s in epochs_s])


def _kernel() -> np.ndarray:
    offset_s = np.arange(_REACH_S) - _REACH_S // 2
    near = np.exp(-((offset_s / _NEAR_S) ** 2) / 2)
    return near - _FAR_WEIGHT * np.exp(-((offset_s / _FAR_S) ** 2) / 2)


def _weighted(window: np.ndarray) -> float:
    offset_s = np.arange(len(window)) - len(window) // 2
    return float(np.average(window, weights=np.exp(-((offset_s / _COUNT_SIGMA_S) ** 2) / 2)))


def _window(grid_s: np.ndarray, start_s: float) -> np.ndarray:
    return (grid_s > start_s - _REACH_S) & (grid_s < start_s + EPOCH_S + _REACH_S)


def _every_second(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    grid_s = np.arange(rows[:, 0].min(), rows[:, 0].max(), 1)
    return grid_s, np.interp(grid_s, rows[:, 0], rows[:, 1])


def _blocks(values: np.ndarray, length: int) -> np.ndarray:
    """Whole blocks of `length` values, a row each; what remains at the end is left out."""
    return values[: len(values) // length * length].reshape(-1, length)


def _overlap(night: Recording) -> Recording:
    """The tables from where all have begun until one has ended."""
    tables = (night.motion, night.heart, night.labels)
    start_s = max(rows[0, 0] for rows in tables)
    end_s = min(rows[-1, 0] for rows in tables)
    return Recording(*(r[(r[:, 0] >= start_s) & (r[:, 0] < end_s)] for r in tables))


def _complete(labels: np.ndarray, *signals: np.ndarray) -> np.ndarray:
    """The labels with a stage (not -1) and at least one sample of each signal."""
    start_s = labels[0, 0]
    complete = labels[:, 1] >= 0
    for rows in signals:
        present = np.floor((rows[:, 0] - start_s) / EPOCH_S)
        complete &= np.isin(np.floor((labels[:, 0] - start_s) / EPOCH_S), present)
    return labels[complete]


def _rows(text: bytes, delimiter: str, columns: int) -> np.ndarray:
    """A table's rows in order of time, each once."""
    if not text.strip():
        raise ValueError("an empty table")
    rows = np.loadtxt(io.BytesIO(text), delimiter=delimiter, ndmin=2)
    if rows.shape[1] != columns or not np.all(np.isfinite(rows)):
        raise ValueError(f"{rows.shape[1]} columns for {columns}, or values missing")
    return np.unique(rows, axis=0)
