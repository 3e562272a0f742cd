"""What is known of a labelled person: the stages people scored, and what sensors saw.

It must never hold a guess: what is not known is UNKNOWN, NaN, or None for a whole night.
"""

from dataclasses import dataclass, fields

import numpy as np

from sleepsync.paths import records

EPOCH_S = records.EPOCH_S


@dataclass(frozen=True, eq=False)
class Night:
    """One night: a row for each 30 s epoch from the first on, without a hole.

    `stages`: int8, the firmware's codes (`firmware.records`); UNKNOWN where nobody gave
    one. The others are floats, NaN where not known, or None if the set has no such thing.
    `counts`: activity counts, the mean of an epoch's two 15 s sums (as `Epoch.counts`).
    `rate_bpm`: mean heart rate. `activity`, `deviation`: count_feature and hr_feature as
    published by Walch 2019, for sets that have nothing else. `rmssd_ms`: of the normal
    beats, where their times are known. Raises ValueError for rows of unequal number.
    """

    name: str
    stages: np.ndarray
    counts: np.ndarray | None = None
    rate_bpm: np.ndarray | None = None
    activity: np.ndarray | None = None
    deviation: np.ndarray | None = None
    rmssd_ms: np.ndarray | None = None

    def __post_init__(self) -> None:
        columns = [getattr(self, field.name) for field in fields(self)[1:]]
        shapes = {column.shape for column in columns if column is not None}
        if len(shapes) != 1 or self.stages.ndim != 1 or self.stages.dtype != np.int8:
            raise ValueError(f"night {self.name}: not one row an epoch: {sorted(shapes)}")


@dataclass(frozen=True, eq=False)
class Person:
    """One person of a set, who is never split between training and judging: all nights."""

    set: str
    name: str
    nights: tuple[Night, ...]
