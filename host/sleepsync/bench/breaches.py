"""Breaches of the ledger, planted one at a time, and whether a replay finds them.

A kind is found if each of its variants is. It must never count a kind that was not tried.
"""

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sleepsync.breaches import code, damaged, forged_acts, forged_frames, forged_hands, plants
from sleepsync.breaches.pages import closed, opened
from sleepsync.vm import Worker

_NIGHT = 2  # of the three that hw/sim/ledger_night.py makes: in it everything happens


@dataclass(frozen=True)
class Outcome:
    """A kind of breach: how many of its variants were tried, and which of them were not found."""

    kind: str
    tried: int
    missed: tuple[int, ...]

    @property
    def found(self) -> bool:
        """Whether each of them was found, and there is one."""
        return self.tried > 0 and not self.missed


class Breaches:
    """Nights in a folder of their own, and a VM that explains them. A context manager."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="sleepsync-"))
        self._worker = Worker()
        self.paths = code.run(None, self._folder / "honest")
        self._journals = [path.read_bytes() for path in self.paths]
        self._before = self._worker.call("explain:standing_of", self._journals[_NIGHT - 2])

    def __enter__(self) -> "Breaches":
        return self

    def __exit__(self, *_: object) -> None:
        self._worker.close()
        shutil.rmtree(self._folder)

    def honest(self) -> list:
        """What is found in nights that nobody touched: nothing, or the replay is wrong."""
        return [finding for path in self.paths for finding in self._in(path)]

    def in_journal(self, most: int | None = None, each: int = 1) -> Iterator[Outcome]:
        """Each kind that is planted into a journal; at `most` so many variants of each. Of those
        that a rule makes by the hundred every `each`-th.
        """
        night, other = self._journals[_NIGHT - 1], self._journals[_NIGHT - 2]
        rows = opened(night)
        for name, variants in list(plants.kinds(rows))[::each]:
            yield self._outcome(name, map(closed, variants[:most]))
        for forged in (forged_acts, forged_hands, forged_frames):
            for name, forge in forged.KINDS.items():
                yield self._outcome(name, [closed(forge(rows))])
        for name, data in (*damaged.broken(night, other), *damaged.unsealed(rows)):
            yield self._outcome(name, [data])

    def in_code(self, changes: Iterable[code.Change] = code.CHANGES) -> Iterator[Outcome]:
        """Each kind that is planted into the puck's code."""
        for number, change in enumerate(changes):
            folder = self._folder / str(number)
            paths = code.run(change, folder)
            is_found = any(self._in(path) for path in paths)
            shutil.rmtree(folder)
            yield Outcome(change.name, 1, () if is_found else (0,))

    def _outcome(self, name: str, journals: Iterable[bytes]) -> Outcome:
        tried = [self._finds(data) for data in journals]
        return Outcome(
            name, len(tried), tuple(i for i, is_found in enumerate(tried) if not is_found)
        )

    def _finds(self, data: bytes) -> bool:
        arguments = data, _NIGHT, self._before, False, False  # no rituals led these nights
        return bool(self._worker.call("explain:explain_bytes", *arguments)["findings"])

    def _in(self, path: Path) -> list:
        return self._worker.call("explain:explain", str(path), False)["findings"]
