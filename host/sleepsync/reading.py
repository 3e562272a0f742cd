"""Reads a night's folder: the puck's journal, by the firmware's own code, and the truth.

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
    """The folder holds no night: the message says what was looked for."""


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


def read_journal(path: Path) -> Journal:
    """A journal, read, checked and scored again by the firmware's own code in the VM."""
    with Worker() as worker:
        found = worker.call("replay:read", str(path))
    found["rows"] = [records.LAYOUTS[kind].tuple(*fields) for kind, fields in found["rows"]]
    for scores in ("rescored", "morning"):
        found[scores] = [records.SCORE.tuple(*fields) for fields in found[scores]]
    return Journal(**found)


def read_night(folder: Path) -> Night:
    """The last night that the puck in `folder` kept. NightMissing if there is none."""
    paths = journals(folder)
    if not paths:
        raise NightMissing(f"{folder} holds no night (puck/*.night); run one with: make run")
    found, explained = read_journal(paths[-1]), explain(paths[-1])
    world = json.loads((folder / "world.json").read_text())
    truth = _truth(folder / "truth.npz")
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
        reference=_reference(truth) if truth else None,
        truth=truth,
        sources=world["sources"],
        requests=explained.requests,
        states=explained.states,
        notes=_notes(found) + _unexplained(explained),
    )


def _truth(path):
    if not path.exists():
        return None
    with np.load(path) as data:
        stages = [str(stage) for stage in data["stages"]]
        told = {name: data[name] for name in _TOLD if name in data}
        return Truth(stages=stages, rate_bpm=data["rate_bpm"], **told)


def _reference(truth):
    """The true stages' figures, by the firmware's own code."""
    row = bytes(STAGE_OF.get(stage, records.UNKNOWN) for stage in truth.stages)
    with Worker() as worker:
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
