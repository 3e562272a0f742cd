"""What every format is made from: a night, its name, and when it was.

The journal keeps local time and no zone, so the offset from UTC comes from outside. It must never
make up a date.
"""

import hashlib
import uuid
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sleepsync.night import Night
from sleepsync.reading import journals_of, read_night
from sleepsync.report import clock, series
from sleepsync.vm import Worker

_LEARNED = (
    "The puck learned the time during the night: the start is reckoned back from when it did."
)


class NotToTell(ValueError):
    """A format demands what this night does not tell: the message says what, and a remedy."""


@dataclass(frozen=True)
class Taken:
    """A night that has at least one epoch.

    `stem`: what its files are called. `start`: of epoch 0, in UTC, None where nobody knows it.
    `zone`: None is this desktop's. `digest`: SHA-256 of the journal, from which come names that
    are the same at every export.
    """

    night: Night
    stem: str
    digest: bytes
    start: datetime | None
    zone: tzinfo | None

    @property
    def figures(self) -> dict[str, int]:
        """The firmware's figures; {} where no stage is known, for then its 0 is no finding."""
        return self.night.summary if series.any_known(series.best_stages(self.night)) else {}

    @property
    def epochs(self) -> int:
        """How many epochs it spans, those that are missing included."""
        return series.span_epochs(self.night)

    def at(self, t_s: float) -> datetime | None:
        """Local time with its offset, `t_s` seconds after the start."""
        if self.start is None:
            return None
        return (self.start + timedelta(seconds=t_s)).astimezone(self.zone)

    def when(self, t_s: float) -> str:
        """The same as ISO 8601, to the second; "" where it is not known."""
        at = self.at(t_s)
        return at.isoformat(timespec="seconds") if at else ""

    def identifier(self, what: str) -> str:
        """A UUID (RFC 9562, version 5) of a part of this export."""
        return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{self.digest.hex()}/{what}"))


def take(
    path: Path,
    worker: Worker | None = None,
    zone: tzinfo | None = None,
    start: datetime | None = None,
) -> Taken:
    """One journal, or the last of a folder. `start`: its local time where the puck knew none.

    NightMissing as in `read_night`; NotToTell for a night without a single epoch.
    """
    night = read_night(path, worker)
    journal = journals_of(path)[-1]
    if not night.epochs:
        raise NotToTell(f"{journal}: the night holds no epoch, so there is nothing to take")
    begun = clock.begun(night.start, night.events)
    notes = [*night.notes, *_unscored(night), *([_LEARNED] if begun and not night.start else [])]
    begun = begun or start
    return Taken(
        night=replace(night, notes=notes),
        stem=f"{begun:%Y-%m-%d}-{journal.stem}" if begun else journal.stem,
        digest=hashlib.sha256(journal.read_bytes()).digest(),
        start=_in_utc(begun, zone) if begun else None,
        zone=zone,
    )


def zone_of(name: str) -> tzinfo:
    """A zone by its name (`Europe/Berlin`) or its offset (`+05:30`). ValueError for any other."""
    try:
        offset = datetime.fromisoformat(f"2000-01-01T00:00{name}").utcoffset()
        return timezone(offset) if offset is not None else ZoneInfo(name)
    except ValueError:
        pass
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(
            f"--zone {name}: wanted a name like Europe/Berlin or an offset like +01:00"
        ) from error


def _in_utc(local: datetime, zone: tzinfo | None) -> datetime:
    aware = local.replace(tzinfo=zone) if zone else local.astimezone()
    return aware.astimezone(UTC)


def _unscored(night: Night) -> list[str]:
    """That a part of the night is in no total."""
    seconds = sum(night.summary.get(key, 0) for key in ("unknown_s", "not_worn_s"))
    if seconds <= 0:
        return []
    return [f"{seconds / 60:g} min of the night could not be scored, and are in no total of sleep."]
