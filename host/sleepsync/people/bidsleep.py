"""People of BIDSleep (Song 2026, doi 10.13026/a0sy-7t69) as PhysioNet serves them.

A wrist's motion and heart rate over several nights, and stages by a headband's EEG. It
must never trust a stage whose epoch is not known, nor take Dreem's own scoring, which is
a machine's, for people's.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from sleepsync.data import DataDamaged
from sleepsync.people.bidsleep_labels import Labels, read_labels, start_s
from sleepsync.people.epochs import mean_counts, mean_rate_bpm
from sleepsync.people.person import Night, Person
from sleepsync.people.tables import rows

SET = "bidsleep"
SIGN = "Bidslab*/*/labels.mat"


def read(folder: Path, say: Callable[[str], None]) -> Iterator[Person]:
    """Everybody in the folder, `BidslabXX`, with the nights that lie in theirs.

    A night is as long as its labels. All labels are read before the first, large, table of
    motion, so that what is wrong with one is known at once. Raises DataMissing and
    DataDamaged for files that are not there or not as they should be.
    """
    nights = sorted((path for path in folder.glob("Bidslab*/*") if path.is_dir()), key=_order)
    labels = {night: read_labels(night / "labels.mat", say) for night in nights}
    names = sorted({night.parent.name for night in nights})
    for number, name in enumerate(names, start=1):
        say(f"{SET}: {name} ({number} of {len(names)})")
        own = [night for night in nights if night.parent.name == name]
        yield Person(SET, name, tuple(_night(night, labels[night]) for night in own))


def _order(night: Path) -> tuple[str, int, str]:
    """Night 10 after night 9."""
    number = int(night.name) if night.name.isdecimal() else 0
    return night.parent.name, number, night.name


def _night(folder: Path, labels: Labels) -> Night:
    heart = rows(folder / "hr.csv", "time,bpm", ",")
    motion = rows(folder / "motion.csv", "Timestamp,x,y,z", ",", heading=True)
    begin_s = start_s(labels.start, heart[0, 0])
    for signal in (heart, motion):
        signal[:, 0] -= begin_s
    epochs = len(labels.stages)
    counts, rate_bpm = mean_counts(motion, epochs), mean_rate_bpm(heart, epochs)
    if np.isnan(counts).all() and np.isnan(rate_bpm).all():
        raise DataDamaged(
            f"{folder}: neither motion nor heart rate within the {epochs} epochs from recStart "
            f"({labels.start}, US Eastern time); fetch its files again, or move the folder away"
        )
    return Night(f"{folder.parent.name}/{folder.name}", labels.stages, counts, rate_bpm)
