"""Resets and power cuts in a short night: what of the journal is left afterwards."""

import random
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sleepsync.paths import records
from sleepsync.reading import read_journal
from sleepsync.simulate import BOOT_US, journals, run_puck
from sleepsync.world import generate, write_world

HOURS = 0.5
_OUTAGE_S = 20  # how long the power stays away
_BLOCK_US = 400_000  # an epoch is closed by the first block after its end
_EPOCH_US = records.EPOCH_S * 1_000_000


@dataclass(frozen=True)
class Aftermath:
    """`lost_epochs`: measured before the accident, the one under way included, and not in
    the journal afterwards; `intact`: what is left from before is what the undisturbed night
    begins with, no byte is damaged, every seal holds, a replay scores alike; `goes_on`:
    epochs follow after it.
    """

    lost_epochs: int
    intact: bool
    goes_on: bool


def resets(count: int, seed: int) -> Iterator[Aftermath]:
    """The aftermath of `count` resets at random moments."""
    with _Rehearsal(seed) as night:
        for at_us in night.moments(count):
            yield night.accident(at_us, reset_us=at_us)


def power_cuts(count: int, seed: int) -> Iterator[Aftermath]:
    """The aftermath of `count` power cuts, each inside a random flash operation."""
    with _Rehearsal(seed) as night:
        for operation in night.operations(count):
            yield night.cut(operation)


class _Rehearsal:
    """One short night, run undisturbed, then again and again with an accident in it."""

    def __init__(self, seed):
        self._random = random.Random(seed)
        self._folder = Path(tempfile.mkdtemp(prefix="sleepsync-"))
        write_world(generate(seed, HOURS), self._folder)
        self._undisturbed = run_puck(self._folder)
        self._expected = read_journal(journals(self._folder)[-1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self._folder)

    def moments(self, count):
        last_us = self._undisturbed["lasted_us"] - _EPOCH_US
        return [self._random.randrange(_EPOCH_US // 10, last_us) for _ in range(count)]

    def operations(self, count):
        every = range(1, self._undisturbed["flash_operations"] + 1)
        return self._random.choices(every, k=count)

    def cut(self, operation):
        self._clear()
        ended = run_puck(self._folder, cut_at=operation)
        assert ended["ended"] == "cut", ended
        resumed_us = ended["lasted_us"] + _OUTAGE_S * 1_000_000
        return self._aftermath(ended["lasted_us"], resumed_us, lost_time=1)

    def accident(self, at_us, **option):
        self._clear()
        ended = run_puck(self._folder, **option)
        assert ended["ended"] == "reset", ended
        return self._aftermath(at_us, ended["lasted_us"] + BOOT_US)

    def _clear(self):
        shutil.rmtree(self._folder / "puck")

    def _aftermath(self, at_us, resumed_us, **option):
        run_puck(self._folder, start_us=resumed_us, **option)
        found, *later = (read_journal(path) for path in journals(self._folder))
        # Power may fail when the night's last words are on the flash already: then all is kept.
        kept = _unsealed(found.rows) if later else _before_restart(found.rows)
        kept_epochs = sum(isinstance(row, records.EPOCH.tuple) for row in kept)
        begun = max(0, at_us - _BLOCK_US) // _EPOCH_US + 1
        return Aftermath(
            lost_epochs=begun - kept_epochs,
            intact=kept == _unsealed(self._expected.rows)[: len(kept)]
            and found.damaged_bytes == found.broken_seals == 0
            and found.rescored == found.of(records.SCORE),
            goes_on=sum(len(night.of(records.EPOCH)) for night in (found, *later)) > kept_epochs,
        )


def _unsealed(rows):
    return [row for row in rows if not isinstance(row, records.SEAL.tuple)]


def _before_restart(rows):
    """The rows that stand before the start after the accident; seals left out."""
    rows = _unsealed(rows)
    for i, row in enumerate(rows):
        if isinstance(row, records.EVENT.tuple) and row.kind == records.START and row.value:
            return rows[:i]
    return []
