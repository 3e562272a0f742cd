"""Weeks of nights taken along in every format, and read back: how many come out as they were."""

import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from sleepsync.bench import made_nights, read_back
from sleepsync.bench.figure import Figure
from sleepsync.export import FORMATS, export_night, take
from sleepsync.paths import records
from sleepsync.vm import Worker

DAYS = 21
_BEGUN = datetime(2026, 3, 7, 22, 50)  # given to a night whose puck knew no time


def figures() -> Iterator[Figure]:
    """How many of nights times formats are right."""
    nights = made_nights.weeks(DAYS)
    right = sum(_right(made) for made in nights)
    whole = len(nights) * len(FORMATS)
    yield Figure("faults.exports_read_back", right, f"of_{whole}", f"={whole}")


def _owed(made: made_nights.Made) -> set[str]:
    """Formats that cannot tell such a night: without pod no sleep is known."""
    return {"json"} if made.flags & records.NO_PULSE_SENSOR else set()


def _right(made: made_nights.Made) -> int:
    """Of the formats, how many say of a night what its journal says, or rightly nothing."""
    with tempfile.TemporaryDirectory() as name, Worker() as worker:
        path = made_nights.write(made, Path(name), worker)
        taken = take(path, worker, start=_BEGUN)
        files, left_out = export_night(taken, Path(name) / "taken", FORMATS)
        told = [one for one in FORMATS if one not in left_out]
        wrong = [one for one in told if read_back.differences(taken, one, files)]
        return len(FORMATS) - len(wrong) - len(left_out.keys() - _owed(made))
