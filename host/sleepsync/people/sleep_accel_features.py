"""People of sleep-accel (Walch 2019) as features: what `make data` writes, `ID.csv`.

Their raw signals are read by `sleep_accel`. It must never close up the rows: an epoch
without a row is an epoch of which nothing is known.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from sleepsync.night import STAGE_OF
from sleepsync.paths import records
from sleepsync.people.person import Night, Person
from sleepsync.world.sleep_accel import read_features

SET = "sleep_accel_features"
SIGN = "*.csv"
STAGES = {number: STAGE_OF[letter] for number, letter in enumerate("W1234R")}


def read(folder: Path, say: Callable[[str], None]) -> Iterator[Person]:
    """Everybody in the folder, one night each. Raises DataDamaged as `read_features`."""
    files = sorted(folder.glob(SIGN))
    for number, path in enumerate(files, start=1):
        say(f"{SET}: {path.stem} ({number} of {len(files)})")
        yield Person(SET, path.stem, (_night(path),))


def _night(path: Path) -> Night:
    at, deviation, activity, scored = read_features(path)
    stages = np.full(at[-1] + 1, records.UNKNOWN, np.int8)
    stages[at] = [STAGES[int(stage)] for stage in scored]
    return Night(
        path.stem,
        stages,
        activity=_placed(at, activity, len(stages)),
        deviation=_placed(at, deviation, len(stages)),
    )


def _placed(at: np.ndarray, values: np.ndarray, epochs: int) -> np.ndarray:
    column = np.full(epochs, np.nan)
    column[at] = values
    return column
