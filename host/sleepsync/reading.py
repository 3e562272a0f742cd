"""Reads a night's folder: the puck's journal, by the firmware's own code, and the truth.

It must never compute a sleep figure or a score of its own.
"""

import json
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from sleepsync.night import Night, Truth
from sleepsync.paths import records
from sleepsync.simulate import journals
from sleepsync.vm import Worker

_PUCK_EPOCH = datetime(2000, 1, 1)
_REFERENCE_STAGES = {
    "W": records.WAKE,
    "1": records.LIGHT,
    "2": records.LIGHT,
    "3": records.DEEP,
    "4": records.DEEP,
    "R": records.REM,
    "MT": records.UNKNOWN,
}


class NightMissing(Exception):
    """The folder holds no night: the message says what was looked for."""


def read_journal(path: Path) -> dict:
    """What `hw/sim/replay.py` reads from a journal, with rows as the records' named tuples."""
    with Worker() as worker:
        found = worker.call("replay:read", str(path))
    found["nights"] = [records.NIGHT.tuple(*row) for row in found["nights"]]
    found["epochs"] = [records.EPOCH.tuple(*row) for row in found["epochs"]]
    found["events"] = [records.EVENT.tuple(*row) for row in found["events"]]
    for key in ("scores", "rescored"):
        found[key] = [records.SCORE.tuple(*row) for row in found[key]]
    return found


def read_night(folder: Path) -> Night:
    """The last night that the puck in `folder` kept. NightMissing if there is none."""
    paths = journals(folder)
    if not paths:
        raise NightMissing(f"{folder} holds no night (puck/*.night); run one with: make run")
    found = read_journal(paths[-1])
    world = json.loads((folder / "world.json").read_text())
    truth = _truth(folder / "truth.npz")
    start_s = found["nights"][0].start_s if found["nights"] else 0
    return Night(
        name=world["name"],
        start=_PUCK_EPOCH + timedelta(seconds=start_s) if start_s else None,
        epochs=found["epochs"],
        scores=found["scores"],
        events=found["events"],
        summary=found["summary"],
        reference=_reference(truth) if truth else None,
        truth=truth,
        sources=world["sources"],
        notes=_notes(found),
    )


def _truth(path):
    if not path.exists():
        return None
    with np.load(path) as data:
        return Truth(stages=[str(stage) for stage in data["stages"]], rate_bpm=data["rate_bpm"])


def _reference(truth):
    """The true stages' figures, by the firmware's own code."""
    row = bytes(_REFERENCE_STAGES.get(stage, records.UNKNOWN) for stage in truth.stages)
    with Worker() as worker:
        return worker.call("firmware.stages.summary:summarise", row)


def _notes(found):
    notes = ["The live score speaks of five minutes ago; it knows wake and sleep, not depth."]
    if found["damage"]:
        notes.append(f"{sum(found['damage'])} bytes of the journal could not be read.")
    if found["broken_links"]:
        notes.append(f"{len(found['broken_links'])} seals of the journal are broken.")
    if found["rescored"] != found["scores"]:
        notes.append("Scored again, this night comes out otherwise.")
    return notes
