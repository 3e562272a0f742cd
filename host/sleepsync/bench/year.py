"""A year of a puck that is never switched off: do its alarms ring when the clock on the wall says
so, and how is its flash worn?

Days come from hw/sim/year.py. What an alarm's local time is in UTC is asked of Python's own time
zones, not of the firmware's.
"""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sleepsync.bench.figure import Figure
from sleepsync.build import build
from sleepsync.flash import flash_map, started_flash_image
from sleepsync.flash.flash_map import SECTOR_BYTES
from sleepsync.vm import Worker

PLACE, RULE = "Europe/Berlin", "CET-1CEST,M3.5.0,M10.5.0/3"
BEGIN = datetime(2026, 1, 1, 11, tzinfo=UTC)  # noon there
DAYS = 365
ENDURANCE = 100_000  # erases that a sector of NOR flash takes (W25Q64JV, section 1)
_LATE_S = 31  # the year goes by epochs
_EPOCH_0 = datetime(2000, 1, 1, tzinfo=UTC)
_ON, _DAYS_AT, _EVERY_DAY, _SUNDAY = 1 << 18, 11, 127, 64
_GAP_MINUTE = 150  # 2:30, which one Sunday does not have, and another has twice


@dataclass(frozen=True)
class Year:
    """`rung`, `due`: alarms, in seconds of UTC since 2000; `erases`: of each sector; `nights`:
    kept in the end; `broken`: records and seals of them that are not whole; `wraps`: of the ticks.
    """

    rung: list[int]
    due: list[int]
    erases: list[int]
    nights: int
    broken: int
    wraps: int
    days: int

    @property
    def right(self) -> int:
        """Alarms that rang when they were due, and those of others never."""
        return sum(
            0 <= rung - due <= _LATE_S for rung, due in zip(self.rung, self.due, strict=False)
        )

    def worst(self, partition: str) -> tuple[int, int]:
        """(erases of a partition's worst sector in a year, which one of it that is)."""
        part = flash_map().partitions[partition]
        first = part.offset // SECTOR_BYTES
        erases = self.erases[first : first + part.bytes // SECTOR_BYTES]
        most = max(erases)
        return round(most * DAYS / self.days), erases.index(most)


def live(begin: datetime = BEGIN, days: int = DAYS, run_days: int = 0) -> Year:
    """So many days from `begin` on, on a new puck with all the clips that there is room for, whose
    ticks have counted for `run_days` then.
    """
    rows = [_rows(day) for day in range(days)]
    with tempfile.NamedTemporaryFile(suffix=".bin") as image, Worker(is_heard=False) as vm:
        image.write(started_flash_image())
        image.flush()
        where = image.name, str(build("unix"))
        found = vm.call("year:run", *where, _since_2000(begin), RULE, rows, run_days)
    found.pop("programmed")
    return Year(due=_due(begin, days), days=days, **found)


def local(utc_s: int) -> datetime:
    """What the clock on the wall shows at a time of `Year`."""
    return (_EPOCH_0 + timedelta(seconds=utc_s)).astimezone(ZoneInfo(PLACE))


def figures() -> Iterator[Figure]:
    """A whole year; some minutes."""
    year = live()
    yield Figure("faults.year_alarms_right", year.right, "alarms", f"={len(year.due)}")
    yield Figure("faults.year_alarms", len(year.rung), "alarms", f"={len(year.due)}")
    yield Figure("faults.year_tick_wraps", year.wraps, "wraps", ">=29")
    yield Figure("faults.year_records_broken", year.broken, "records", "=0")
    yield Figure("faults.year_nights_kept", year.nights, "nights")
    worst = {name: year.worst(name) for name in ("data", "nvs", "vfs")}
    for name, (erases, sector) in worst.items():
        yield Figure(f"faults.erases_per_block_year.{name}", erases, f"of_block_{sector}")
    most = max(erases for erases, _ in worst.values())
    yield Figure("faults.erases_per_block_year", most, "erases")
    yield Figure("faults.years_to_100000_erases", ENDURANCE / most, "years", ">=10")


def _rows(day: int) -> list[int]:
    """What the alarms are set to at a day's noon: another minute each week; 2:30 on Sundays."""
    if day % 7:
        return []
    sundays = _GAP_MINUTE | _SUNDAY << _DAYS_AT | _ON
    return [_minute(day) | _EVERY_DAY << _DAYS_AT | _ON, sundays]


def _minute(day: int) -> int:
    """Of the daily alarm that is set at noon of `day`."""
    return 390 + day // 7 * 37 % 120


def _due(begin: datetime, days: int) -> list[int]:
    """When the alarms are due by Python's own time zones."""
    due = []
    for day in range(days):
        noon = begin + timedelta(days=day)
        morning = (noon.astimezone(ZoneInfo(PLACE)) + timedelta(hours=18)).date()
        minutes = [_minute(day)] + [_GAP_MINUTE] * (morning.weekday() == 6)
        for minute in sorted(minutes):
            midnight = datetime(morning.year, morning.month, morning.day, tzinfo=ZoneInfo(PLACE))
            local = midnight.replace(hour=minute // 60, minute=minute % 60)
            due.append(_since_2000(local))
    return due


def _since_2000(moment: datetime) -> int:
    return int((moment.astimezone(UTC) - _EPOCH_0).total_seconds())
