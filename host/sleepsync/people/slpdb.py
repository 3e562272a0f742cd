"""People of the MIT-BIH Polysomnographic Database: their heartbeats, and their stages.

It must never take two records of one man for two people.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from sleepsync.night import STAGE_OF
from sleepsync.paths import records
from sleepsync.people.beats import rate_and_rmssd
from sleepsync.people.person import Night, Person
from sleepsync.world.slpdb import read_record

SET = "slpdb"
SIGN = "*_stages.csv"
_FILES = ("*_stages.csv", "*_beats.txt.gz")
_PART = re.compile(r"(slp\d+)[ab]")  # the records of one man in two parts; slp67x is whole


def read(folder: Path, say: Callable[[str], None]) -> Iterator[Person]:
    """Everybody in the folder; `slp02a` and `slp02b` are two nights of `slp02`.

    Raises DataMissing and DataDamaged as `read_record`.
    """
    names = defaultdict(list)
    files = (path for pattern in _FILES for path in folder.glob(pattern))
    for record in sorted({path.name.split("_")[0] for path in files}):
        part = _PART.fullmatch(record)
        names[part[1] if part else record].append(record)
    for number, (name, parts) in enumerate(names.items(), start=1):
        say(f"{SET}: {name} ({number} of {len(names)})")
        yield Person(SET, name, tuple(_night(folder / record) for record in parts))


def _night(record: Path) -> Night:
    scored, beats_s = read_record(record)
    stages = np.array([STAGE_OF.get(stage, records.UNKNOWN) for stage in scored], np.int8)
    rate_bpm, rmssd_ms = rate_and_rmssd(beats_s, len(stages))
    return Night(record.name, stages, rate_bpm=rate_bpm, rmssd_ms=rmssd_ms)
