"""The area `world`: are a real person's features found again by the puck?

Each person of sleep-accel becomes a sleeper, the sleeper's raw pulse and motion run through
the simulated puck, and the firmware's own functions make features of its journal again. It
must never compute a feature itself: only compare.
"""

from array import array
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sleepsync.bench.figure import Figure
from sleepsync.data import data_dir
from sleepsync.paths import ROOT, records
from sleepsync.reading import read_journal
from sleepsync.simulate import journals, run_night
from sleepsync.vm import Worker
from sleepsync.world.sleep_accel import from_sleep_accel, read_features

SEED = 1
ACTIVITY_GOAL, HEART_GOAL = ">=0.95", ">=0.85"
_PROCESSES = 2
_UNHEARD = -1  # as firmware/stages/features.py says it
_FEATURES = "firmware.stages.features:"


@dataclass(frozen=True)
class Recovered:
    """One person: features as published, and as found by the puck in the same epochs.

    `activity`, `heart`: arrays of shape (2, n), published and found; only epochs for which
    there is a row and the puck knows an answer. `epochs`: rows in all.
    """

    name: str
    epochs: int
    activity: np.ndarray
    heart: np.ndarray

    @property
    def activity_corr(self) -> float:
        """Pearson's correlation of count_feature with the puck's activity."""
        return _corr(self.activity)

    @property
    def heart_corr(self) -> float:
        """Pearson's correlation of hr_feature with the puck's heart deviation."""
        return _corr(self.heart)


def people() -> list[Path]:
    """The feature files of all people there are. DataMissing without the data folder."""
    return sorted((data_dir() / "sleep_accel_features").glob("*.csv"))


def recovered(paths: Iterable[Path], seed: int = SEED) -> Iterator[Recovered]:
    """Every person's whole night through the puck, in nights/bench, two at a time."""
    paths = list(paths)
    with ProcessPoolExecutor(_PROCESSES) as pool:
        folders = (ROOT / "nights" / "bench" / path.stem for path in paths)
        yield from pool.map(recover, paths, folders, [seed] * len(paths))


def recover(path: Path, folder: Path, seed: int, hours: float | None = None) -> Recovered:
    """One person's night, or its first `hours`, through the puck in `folder`."""
    sleeper = from_sleep_accel(path, seed, hours)
    run_night(sleeper, folder)
    found = _found(read_journal(journals(folder)[-1]).of(records.EPOCH), len(sleeper.stages))
    at, heart, counts, _ = read_features(path, hours)
    return Recovered(
        name=path.stem,
        epochs=len(at),
        activity=_pairs(counts, found[0][at] / 256),
        heart=_pairs(heart, found[1][at] / 256),
    )


def figures() -> Iterator[Figure]:
    """Correlations of each person and of all together; some minutes."""
    everyone = list(recovered(people()))
    for kind, goal in (("activity", ACTIVITY_GOAL), ("heart", HEART_GOAL)):
        pairs = [getattr(person, kind) for person in everyone]
        yield Figure(f"world.{kind}_corr", _corr(np.hstack(pairs)), "r", goal)
        known = sum(pair.shape[1] for pair in pairs) / sum(person.epochs for person in everyone)
        yield Figure(f"world.{kind}_known", 100 * known, "%")
        for person, pair in zip(everyone, pairs, strict=True):
            yield Figure(f"world.{kind}_corr.{person.name}", _corr(pair), "r", goal)


def stillness() -> Iterator[Figure]:
    """How long real people lie without a count: what the live score's `_ALONE_EPOCHS` rests on."""
    longest_min = [_longest_still_min(path) for path in people()]
    yield Figure("world.longest_stillness", max(longest_min), "min")
    within = sum(minutes < 60 for minutes in longest_min)
    yield Figure("world.never_still_an_hour", within, f"of_{len(longest_min)}")


def _longest_still_min(path: Path) -> float:
    """The longest run of rows whose count_feature is 0, in minutes."""
    _, _, counts, _ = read_features(path)
    runs = np.diff(np.flatnonzero(np.concatenate(([1.0], counts, [1.0])))) - 1
    return float(runs.max() * records.EPOCH_S / 60)


def _found(epochs: list, length: int) -> np.ndarray:
    """Activity and heart deviation (both Q8) of `length` epochs: shape (2, length)."""
    counts = array("i", [_UNHEARD] * length)
    rates = array("i", [0] * length)
    for epoch in epochs:
        if epoch.index < length:
            rates[epoch.index] = epoch.rate_dbpm
            if not epoch.flags & records.NO_MOTION_SENSOR:
                counts[epoch.index] = epoch.counts
    with Worker() as worker:
        activity = [worker.call(f"{_FEATURES}activity_q8", counts, i) for i in range(length)]
        return np.array([activity, worker.call(f"{_FEATURES}heart_deviation", rates)])


def _pairs(published: np.ndarray, found: np.ndarray) -> np.ndarray:
    known = found >= 0
    return np.stack((published[known], found[known]))


def _corr(pairs: np.ndarray) -> float:
    return float(np.corrcoef(pairs)[0, 1])
