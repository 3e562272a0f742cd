"""Every night under a folder in a row of figures, by the evening that it belongs to.

What cannot be read, or has no date, is named with its reason. It must never let one night cost
the others.
"""

import hashlib
import statistics
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from sleepsync.night import PUCK_EPOCH, Score
from sleepsync.paths import records
from sleepsync.reading import Journal, NightMissing, read_journal
from sleepsync.report import clock
from sleepsync.vm import VmError, Worker

Progress = Callable[[int, int], None]
_EVENING = timedelta(hours=12)  # a night that begins before noon belongs to the day before
_ASLEEP = (records.ASLEEP, records.LIGHT, records.DEEP, records.REM)
_LEAST_KNOWN = 60  # epochs asleep: fewer than half an hour tell no median


@dataclass(frozen=True)
class NightRow:
    """One night. Times are the puck's local ones; what is not known is None.

    `bed`, `up`: from when to when it was kept. `onset`, `wake`: the first epoch asleep, and the
    end of the last one. `rate_bpm`, `rmssd_ms`, `breaths_per_min`: medians of the epochs asleep.
    """

    name: str
    day: date
    bed: datetime
    up: datetime
    onset: datetime | None = None
    wake: datetime | None = None
    asleep_s: int | None = None
    waso_s: int | None = None
    stages_s: dict[str, int] = field(default_factory=dict)
    rate_bpm: float | None = None
    rmssd_ms: float | None = None
    breaths_per_min: float | None = None

    @property
    def is_scored(self) -> bool:
        """Whether anything is known of waking and sleep."""
        return self.asleep_s is not None


@dataclass(frozen=True)
class Gathered:
    """`rows`: by day, one each. `left_out`: (file, why), of what is in no picture."""

    rows: list[NightRow]
    left_out: list[tuple[str, str]]

    @property
    def first(self) -> date:
        """The first evening."""
        return self.rows[0].day

    @property
    def days(self) -> int:
        """From the first evening to the last, both counted."""
        return (self.rows[-1].day - self.first).days + 1


def gather(folder: Path, progress: Progress = lambda _, __: None) -> Gathered:
    """All journals under `folder`, read in the VM. NightMissing if none of them has a date."""
    paths = sorted(folder.rglob("*.night")) if folder.is_dir() else []
    if not paths:
        raise NightMissing(f"{folder} holds no nights (*.night); fetch them with: sleepsync pull")
    rows, left_out = _read_all(paths, folder, progress)
    kept, doubled = _one_a_day(rows)
    if not kept:
        words = "; ".join(f"{name}: {why}" for name, why in left_out)
        raise NightMissing(f"{folder}: none of its nights can be shown: {words}")
    return Gathered(kept, [*left_out, *doubled])


def _read_all(paths: list[Path], folder: Path, progress: Progress):
    rows: list[NightRow] = []
    left_out: list[tuple[str, str]] = []
    seen: dict[bytes, str] = {}
    with Worker() as worker:
        for count, path in enumerate(paths):
            progress(count, len(paths))
            name = path.relative_to(folder).as_posix()
            try:
                digest = hashlib.sha256(path.read_bytes()).digest()
                if digest in seen:
                    left_out.append((name, f"the same as {seen[digest]}"))
                    continue
                seen[digest] = name
                rows.append(_row(name, read_journal(path, worker)))
            except (NightMissing, OSError, VmError) as error:
                left_out.append((name, str(error)))
    progress(len(paths), len(paths))
    return rows, left_out


def _row(name: str, found: Journal) -> NightRow:
    nights, epochs = found.of(records.NIGHT), found.of(records.EPOCH)
    if not found.rows:
        raise NightMissing("holds no whole record of a night; is it a journal?")
    if not epochs:
        raise NightMissing("holds no epoch")
    start_s = nights[0].start_s if nights else 0
    told = PUCK_EPOCH + timedelta(seconds=start_s) if start_s else None
    bed = clock.begun(told, found.of(records.EVENT))
    if bed is None:
        raise NightMissing("the puck did not know the date")
    up = bed + timedelta(seconds=(epochs[-1].index + 1) * records.EPOCH_S)
    scored = _scored(bed, found) if any(s.stage >= records.WAKE for s in _morning(found)) else {}
    return NightRow(name, (bed - _EVENING).date(), bed, up, **scored)


def _scored(bed: datetime, found: Journal) -> dict:
    """What is known of a night that has a score."""
    asleep = [score.index for score in _morning(found) if score.stage in _ASLEEP]
    told = {key: value for key, value in found.summary.items() if value >= 0}
    measured = [epoch for epoch in found.of(records.EPOCH) if epoch.index in set(asleep)]
    known: dict = {
        "asleep_s": told.get("total_sleep_time_s"),
        "waso_s": told.get("waso_s"),
        "stages_s": {name: told.get(f"{name}_s", 0) for name in ("deep", "light", "asleep", "rem")},
        "rate_bpm": _median(epoch.rate_dbpm for epoch in measured),
        "rmssd_ms": _median(epoch.rmssd_dms for epoch in measured),
        "breaths_per_min": _median(epoch.breaths_dpm for epoch in measured),
    }
    if asleep:
        known["onset"] = bed + timedelta(seconds=asleep[0] * records.EPOCH_S)
        known["wake"] = bed + timedelta(seconds=(asleep[-1] + 1) * records.EPOCH_S)
    return known


def _morning(found: Journal) -> list[Score]:
    return found.morning


def _median(tenths: Iterable[int]) -> float | None:
    """Of what is known (not 0), in whole units; None where that is too little."""
    known = [value for value in tenths if value]
    return statistics.median(known) / 10 if len(known) >= _LEAST_KNOWN else None


def _one_a_day(rows: list[NightRow]) -> tuple[list[NightRow], list[tuple[str, str]]]:
    """The longest of each evening; what else was kept that evening is named."""
    kept: dict[date, NightRow] = {}
    left_out = []
    for row in sorted(rows, key=lambda row: row.bed):
        other = kept.get(row.day)
        if other is None:
            kept[row.day] = row
            continue
        longer, shorter = sorted((other, row), key=lambda each: each.bed - each.up)
        kept[row.day] = longer
        left_out.append((shorter.name, f"the same evening as {longer.name}, and shorter"))
    return [kept[day] for day in sorted(kept)], left_out
