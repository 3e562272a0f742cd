"""Power lost inside every flash operation of what the puck does, in its thousands.

The deeds lie in hw/sim/deeds, hw/sim/cuts.py lives through their cuts. It must never count a
point twice: the same operation of the same deed, left half done in the same way, is one.
"""

import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field

from sleepsync.bench.figure import Figure
from sleepsync.build import build
from sleepsync.flash import started_flash_image
from sleepsync.vm import Worker

# By what a person would call them: the classes in hw/sim/deeds.
DEEDS = {
    "append": "journal.Append",
    "rotation": "journal.Rotation",
    "full": "journal.Full",
    "settings": "kept.Settings",
    "standing": "kept.Standing",
    "bonds": "kept.Bonds",
    "boots": "kept.Boots",
    "update": "update.Kept",
    "update_taken_back": "update.TakenBack",
    "erase": "erase.Erase",
}
LEAST_POINTS = 5000
SEEDS = (1, 2, 3, 4, 5, 6)  # even ones tear cleanly, odd ones raggedly (chips/norflash.py)
_PROCESSES = 2


@dataclass
class Outcome:
    """What came of a deed's cuts. `points`: (operation, half-done content), where
    the operation of a second cut is a pair; `operations`: that the
    deed has; `failed`: what was wrong, in words, one for each point that was not survived.
    """

    name: str
    operations: int = 0
    points: set = field(default_factory=set)
    failed: list[str] = field(default_factory=list)

    @property
    def survived_pct(self) -> float:
        """Of the distinct points."""
        return 100 * (1 - len(self.failed) / len(self.points)) if self.points else 0.0


class Rig:
    """A VM in which the power of one deed is cut. Use it as a context manager."""

    def __init__(self, deed: str) -> None:
        self._deed = deed

    def __enter__(self) -> "Rig":
        self._worker = Worker(is_heard=False)
        with tempfile.NamedTemporaryFile(suffix=".bin") as image:
            image.write(started_flash_image())
            image.flush()
            where = image.name, str(build("unix")), DEEDS.get(self._deed, self._deed)
            self.operations: int = self._worker.call("cuts:begin", *where)
        return self

    def __exit__(self, *_: object) -> None:
        self._worker.close()

    def cut(self, operations: Iterable[int], seeds: Iterable[int] = SEEDS) -> Outcome:
        """Cut each of these operations (from 1 on), torn in each of these ways."""
        outcome = Outcome(self._deed, self.operations)
        seeds = list(seeds)
        for operation in operations:
            pairs = [[operation, seed] for seed in seeds]
            for n, seed, torn, wrong in self._worker.call("cuts:survive", pairs):
                self._note(outcome, n, seed, torn, wrong)
        return outcome

    def cut_twice(self, operations: Iterable[int], seed: int = SEEDS[0]) -> Outcome:
        """Cut each of these, and then each operation by which the next start mends that."""
        outcome = Outcome(self._deed, self.operations)
        for n in operations:
            cuts = self._worker.call("cuts:survive_twice", n, seed)
            for again, (torn, wrong) in enumerate(cuts, 1):
                self._note(outcome, (n, again), seed, torn, wrong)
        return outcome

    def _note(self, outcome, n, seed, torn, wrong):
        if (n, torn) in outcome.points:
            return
        outcome.points.add((n, torn))
        if wrong:
            outcome.failed.append(f"{self._deed}, operation {n}, seed {seed}: {wrong}")


def every_cut(deed: str) -> Outcome:
    """A deed, cut at each of its operations in every way of tearing, and once more at each
    operation by which the next start mends what one of them has left.
    """
    with Rig(deed) as rig:
        every = range(1, rig.operations + 1)
        once, twice = rig.cut(every), rig.cut_twice(every)
    once.points |= twice.points
    once.failed += twice.failed
    return once


def outcomes(deeds: Iterable[str] = DEEDS) -> Iterator[Outcome]:
    """Every deed, two at a time; some minutes."""
    with ProcessPoolExecutor(_PROCESSES) as pool:
        yield from pool.map(every_cut, deeds)


def figures() -> Iterator[Figure]:
    """How many points there are, and how many of them are survived, in all and by deed."""
    all_of_them = list(outcomes())
    points = sum(len(outcome.points) for outcome in all_of_them)
    failed = sum(len(outcome.failed) for outcome in all_of_them)
    yield Figure("faults.power_points", points, "points", f">={LEAST_POINTS}")
    yield Figure("faults.power_survived_pct", 100 * (1 - failed / points), "%", "=100")
    for outcome in all_of_them:
        yield Figure(f"faults.power_points.{outcome.name}", len(outcome.points), "points")
        survived = outcome.survived_pct
        yield Figure(f"faults.power_survived_pct.{outcome.name}", survived, "%", "=100")
