"""The sets that can be fetched: where they are published, and what is made of which files.

It must never leave a raw download behind that has become a file, nor name a set here
that it cannot check.
"""

import os
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sleepsync.data import DataDamaged, DataUnreachable
from sleepsync.fetch import bidmc, sleep_accel, slpdb
from sleepsync.fetch.ledger import Ledger
from sleepsync.fetch.origin import PHYSIONET, SUMS, VARIABLE_ORIGIN, Origin, Progress

Say = Callable[[str], None]

_RAW = ".fetching"


@dataclass(frozen=True)
class DataSet:
    """A published set: `sources` and `files` are paths with {} for the record's name.

    The first source's pattern, with `record` for {}, finds the records in the list of sums.
    `version` grows with each change of what `convert` writes.
    """

    folder: str
    origin: str
    record: str
    sources: tuple[str, ...]
    files: tuple[str, ...]
    convert: Callable[[str, list[bytes], Say], dict[str, bytes]]
    version: int = 1

    def records(self, sums: dict[str, str]) -> list[str]:
        """The records that the origin lists. Raises DataDamaged if one lacks a file."""
        before, after = map(re.escape, self.sources[0].split("{}"))
        found = [re.fullmatch(f"{before}({self.record}){after}", path) for path in sums]
        names = sorted(match[1] for match in found if match)
        lost = [path for name in names for path in self.paths(name) if path not in sums]
        if lost or not names:
            raise DataDamaged(
                f"{self.origin}: {SUMS} lists no {lost[0] if lost else self.sources[0]}; "
                "the set's layout has changed, and host/sleepsync/fetch/sets.py must follow"
            )
        return names

    def paths(self, name: str) -> list[str]:
        """The paths at the origin of one record's files."""
        return [path.format(name) for path in self.sources]


SETS = {
    "slpdb": DataSet(
        folder="slpdb",
        origin="slpdb/1.0.0",
        record=r"slp\d\d[a-z]?",
        sources=("{}.hea", "{}.ecg", "{}.st"),
        files=("{}_beats.txt.gz", "{}_stages.csv"),
        convert=slpdb.convert,
    ),
    "sleep-accel": DataSet(
        folder="sleep_accel_features",
        origin="sleep-accel/1.0.0",
        record=r"\d+",
        sources=(
            "motion/{}_acceleration.txt",
            "heart_rate/{}_heartrate.txt",
            "labels/{}_labeled_sleep.txt",
        ),
        files=("{}.csv",),
        convert=sleep_accel.convert,
    ),
    "bidmc": DataSet(
        folder="bidmc",
        origin="bidmc/1.0.0",
        record=r"\d\d",
        sources=(
            "bidmc_csv/bidmc_{}_Signals.csv",
            "bidmc_csv/bidmc_{}_Numerics.csv",
            "bidmc_csv/bidmc_{}_Breaths.csv",
        ),
        files=("bidmc_{}.npz",),
        convert=bidmc.convert,
    ),
}

NOT_YET = ("welltory", "uw_hypoxia")  # not on PhysioNet: no list of sums to check them by


def fetch(
    sets: Sequence[str], folder: Path, progress: Progress, say: Say, base: str | None = None
) -> None:
    """Fetch the named sets (all of `SETS` if none) into `folder`, from `base`.

    `base` is $SLEEPSYNC_PHYSIONET if not given, else physionet.org. What is there and
    checked is not fetched again. `progress(path, bytes, bytes of all or None)` hears of
    each download, `say` a line of whatever a person should know. Raises ValueError for a
    set it does not know, DataUnreachable, and, after all else is done, DataDamaged for
    records that are not what they should be. What is complete stays.
    """
    unknown = sorted(set(sets) - set(SETS))
    if unknown:
        why = "cannot be fetched yet" if unknown[0] in NOT_YET else "is not a set"
        raise ValueError(f"{unknown[0]}: {why}; there are {', '.join(SETS)}")
    base = base or os.environ.get(VARIABLE_ORIGIN) or PHYSIONET
    for name in sets or SETS:
        origin = Origin(f"{base.rstrip('/')}/{SETS[name].origin}", progress)
        try:
            _Fetching(SETS[name], origin, folder, say).run()
        except OSError as error:
            raise DataUnreachable(
                f"{name}: cannot write in {folder} ({error}); make room, "
                "or name another folder with --to"
            ) from error


class _Fetching:
    """One set on its way into `folder`."""

    def __init__(self, wanted: DataSet, origin: Origin, folder: Path, say: Say) -> None:
        self._set = wanted
        self._origin = origin
        self._raw = folder / _RAW / wanted.folder
        self._ledger = Ledger(folder / wanted.folder)
        self._say = say

    def run(self) -> None:
        """Every record that is not there yet; damaged ones are told at the end."""
        sums = self._origin.sums()
        count: Counter[str] = Counter()
        for name in self._set.records(sums):
            sources = {path: sums[path] for path in self._set.paths(name)}
            count[self._bring(name, sources)] += 1
        self._say(_account(self._set.folder, count))
        if count["damaged"]:
            raise DataDamaged(
                f"{self._origin.url}: {count['damaged']} of {count.total()} records are not "
                "what they should be, as told above; the others are complete"
            )

    def _bring(self, name: str, sources: dict[str, str]) -> str:
        """Make one record's files if need be; what became of them, in a word."""
        if self._ledger.is_current(name, sources, self._set.version):
            return "there"
        if self._ledger.is_foreign(name, [file.format(name) for file in self._set.files]):
            return "foreign"
        try:
            self._make(name, sources)
        except DataDamaged as error:
            self._say(str(error))
            return "damaged"
        return "made"

    def _make(self, name: str, sources: dict[str, str]) -> None:
        raw = [self._raw / Path(path).name for path in sources]
        for (path, sha256), to in zip(sources.items(), raw, strict=True):
            self._origin.fetch(path, sha256, to)
        files = self._set.convert(name, [file.read_bytes() for file in raw], self._say)
        self._ledger.keep(name, files, sources, self._set.version)
        for file in raw:
            file.unlink()
        _tidy(self._raw)


def _tidy(raw: Path) -> None:
    """Remove the folders of raw downloads, if nothing is left in them."""
    for folder in (raw, raw.parent):
        if not any(folder.iterdir()):
            folder.rmdir()


def _account(folder: str, count: Counter[str]) -> str:
    line = f"{folder}: {count['made']} made, {count['there']} there already"
    if count["foreign"]:
        line += (
            f"; {count['foreign']} left as they are, unchecked: they were not made by this "
            "command (move them away to have them fetched)"
        )
    return line
