"""Bits that turn by themselves: what one rotten record of a night, or entry of NVS, costs.

The firmware looks (hw/sim/rot.py); here it is only counted what it says.
"""

import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from sleepsync.bench.figure import Figure
from sleepsync.build import build
from sleepsync.flash import started_flash_image
from sleepsync.vm import Worker

EPOCHS = 960  # of a night of eight hours
_SEEDS = (1, 2, 3)  # bits that turn: 1 + seed % 3
_LOST = ("gone", "rotten", "default")  # what a value may be afterwards, beside itself


@dataclass
class Rotten:
    """`tried`: records or entries that have rotted, each by each seed; `wrong`: in words."""

    tried: int = 0
    wrong: list[str] = field(default_factory=list)


class Rot:
    """A VM with a puck whose flash rots. A context manager; ask for one kind of rot only."""

    def __enter__(self) -> "Rot":
        self._vm = Worker(is_heard=False)
        return self

    def __exit__(self, *_: object) -> None:
        self._vm.close()

    def records(self, epochs: int = EPOCHS) -> int:
        """How many records a night has, seals included."""
        return self._begin("rot:begin", epochs)

    def entries(self) -> list:
        """[(page, entry)] of all that NVS holds."""
        return self._begin("rot:begin_nvs")

    def of_records(self, numbers: Iterable[int], seeds: Iterable[int] = _SEEDS) -> Rotten:
        """Each of these records rots: it is lost, its seal does not hold, nothing else changes."""
        found = Rotten()
        for number, seed in _pairs(numbers, seeds):
            lost, is_believed, broken, is_end = self._vm.call("rot:rot_record", number, seed)
            found.tried += 1
            if lost or is_believed or broken != 1 - is_end:
                told = f"{lost} others lost, believed: {is_believed}, {broken} seals broken"
                found.wrong.append(f"record {number}, seed {seed}: {told}")
        return found

    def of_entries(self, entries: Iterable[list], seeds: Iterable[int] = _SEEDS) -> Rotten:
        """Each of these entries rots: at most one value is lost, and none is another one."""
        found = Rotten()
        for (page, entry), seed in _pairs(entries, seeds):
            changed = self._vm.call("rot:rot_entry", page, entry, seed)
            found.tried += 1
            if len(changed) > 1 or [now for _, now in changed if now not in _LOST]:
                found.wrong.append(f"page {page}, entry {entry}, seed {seed}: {changed}")
        return found

    def _begin(self, function, *more):
        with tempfile.NamedTemporaryFile(suffix=".bin") as image:
            image.write(started_flash_image())
            image.flush()
            return self._vm.call(function, image.name, str(build("unix")), *more)


def figures() -> Iterator[Figure]:
    """Every record of a night, and every entry of NVS."""
    with Rot() as rot:
        records = rot.of_records(range(rot.records()))
    with Rot() as rot:
        entries = rot.of_entries(rot.entries())
    for name, found in (("records", records), ("entries", entries)):
        yield Figure(f"faults.rotten_{name}", found.tried, name)
        alone = 100 * (1 - len(found.wrong) / found.tried)
        yield Figure(f"faults.rotten_{name}_alone_pct", alone, "%", "=100")


def _pairs(things, seeds):
    return [(thing, seed) for thing in things for seed in seeds]
