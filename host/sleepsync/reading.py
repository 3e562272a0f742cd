"""Opens a night: the puck's journal, by the firmware's own code, and the truth if there is one.

A night is a folder as `run` made it, or one journal, as it was pulled from a puck.

It must never compute a sleep figure or a score of its own.
"""

import json
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np

from sleepsync.night import PUCK_EPOCH, STAGE_OF, Night, Truth
from sleepsync.paths import records
from sleepsync.replay.explained import Explained, explain
from sleepsync.simulate import journals
from sleepsync.vm import Worker

_TOLD = ("breaths_per_min", "light_lx", "temperature_c", "humidity_pct", "level_dba")


class NightMissing(Exception):
    """There is no night to read: the message says what was looked for."""


@dataclass(frozen=True)
class Journal:
    """What `hw/sim/replay.py` reads from a journal; rows are the records' named tuples."""

    rows: list[tuple]
    damaged_bytes: int
    broken_seals: int
    rules: int
    rescored: list[tuple]
    morning: list[tuple]
    live_summary: dict[str, int]
    summary: dict[str, int]

    def of(self, layout: Any) -> list:
        """The rows of one `records` layout, in order."""
        return [row for row in self.rows if isinstance(row, layout.tuple)]


def journals_of(path: Path) -> list[Path]:
    """The journals that are meant: a file itself, all that a folder holds, oldest first.

    NightMissing if there are none.
    """
    if path.suffix == ".part":
        raise NightMissing(f"{path} is not whole yet; fetch it again with: sleepsync pull")
    if path.is_file():
        return [path]
    paths = journals(path) or sorted(path.glob("*.night"))
    if not paths:
        missing = "holds no night (*.night)" if path.is_dir() else "is not there"
        raise NightMissing(f"{path} {missing}; run one with: make run")
    return paths


def read_journal(path: Path, worker: Worker | None = None) -> Journal:
    """A journal, read, checked and scored again by the firmware's own code in the VM."""
    if worker is None:
        with Worker() as worker:
            return read_journal(path, worker)
    found = worker.call("replay:read", str(path))
    found["rows"] = [records.LAYOUTS[kind].tuple(*fields) for kind, fields in found["rows"]]
    for scores in ("rescored", "morning"):
        found[scores] = [records.SCORE.tuple(*fields) for fields in found[scores]]
    return Journal(**found)


def read_night(path: Path, worker: Worker | None = None) -> Night:
    """One journal, or the last night that the puck in a folder kept, with its world.

    NightMissing if there is none, or if it holds no record.
    """
    if worker is None:
        with Worker() as worker:
            return read_night(path, worker)
    journal = journals_of(path)[-1]
    found = read_journal(journal, worker)
    if not found.rows:
        raise NightMissing(f"{journal} holds no whole record of a night; is it a journal?")
    explained = explain(journal, worker)
    world, truth = _world(path, journal), _truth(path / "truth.npz")
    nights = found.of(records.NIGHT)
    start_s = nights[0].start_s if nights else 0
    return Night(
        name=world["name"],
        start=PUCK_EPOCH + timedelta(seconds=start_s) if start_s else None,
        epochs=found.of(records.EPOCH),
        scores=found.of(records.SCORE),
        events=found.of(records.EVENT),
        morning=found.morning,
        live_summary=found.live_summary,
        summary=found.summary,
        reference=_reference(truth, worker) if truth else None,
        truth=truth,
        sources=world["sources"],
        requests=explained.requests,
        states=explained.states,
        notes=_notes(found) + _unexplained(explained),
    )


def _world(path: Path, journal: Path) -> dict:
    """Whose night it is and where it comes from: a journal alone tells neither."""
    told = path / "world.json"
    if told.exists():
        return json.loads(told.read_text())
    return {"name": f"Night {journal.stem}", "sources": {"night": f"{journal.name}, a journal"}}


def _truth(path):
    if not path.exists():
        return None
    with np.load(path) as data:
        stages = [str(stage) for stage in data["stages"]]
        told = {name: data[name] for name in _TOLD if name in data}
        return Truth(stages=stages, rate_bpm=data["rate_bpm"], **told)


def _reference(truth, worker):
    """The true stages' figures, by the firmware's own code."""
    row = bytes(STAGE_OF.get(stage, records.UNKNOWN) for stage in truth.stages)
    return worker.call("firmware.stages.morning:summarise", row)


def _unexplained(explained: Explained) -> list[str]:
    """That a replay finds something that nothing explains."""
    count = len(explained.findings)
    if not count:
        return []
    return [f"{count} things in the journal are not explained: sleepsync replay tells which."]


def _notes(found):
    notes = ["The live score speaks of five minutes ago; the morning's knows the whole night."]
    for night in found.of(records.NIGHT):
        if night.version != records.VERSION:
            notes.append(
                f"Written by version {night.version} of the journal, read by {records.VERSION}: "
                "what the two write otherwise counts as damage. Read it with the older SleepSync."
            )
    if found.damaged_bytes:
        notes.append(f"{found.damaged_bytes} bytes of the journal could not be read.")
    if found.broken_seals:
        notes.append(f"{found.broken_seals} seals of the journal do not hold.")
    if found.rescored != found.of(records.SCORE):
        notes.append("Scored again, this night comes out otherwise.")
    return notes
