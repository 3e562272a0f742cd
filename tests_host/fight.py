"""A scenario against the governor, from the desktop: moves in, and the story of what came of them.

The moves run in the VM (fight_vm.py). Whoever judges a story reads it by the moves, the journal and
what the actuators did, never by what the gate thinks of itself.
"""

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from sleepsync.paths import records
from sleepsync.vm import Worker, command, program

_HERE = Path(__file__).parent
_LOAD = """
import sys

class Module:
    pass

names = {"__name__": name}
exec(compile(source, name + ".py", "exec"), names)
module = Module()
for each in names:
    setattr(module, each, names[each])
sys.modules[name] = module
"""

LIGHT, SOUND, TOUCH = range(3)
RATE_HZ = 16_000


@dataclass
class Row:
    """One row of the log. `kind`: as fight_vm.py has it, of a record the name of its layout."""

    us: int
    kind: str
    fields: Any = ()


@dataclass
class Act:
    """What a lane was granted: from when, until its end is told (or its life's), by which request.
    `is_kept`: the journal has request and act. `row`: the act's place among the rows.
    """

    number: int
    lane: int
    request: Any
    ceiling: int
    from_us: int
    is_kept: bool
    row: int
    to_us: int = 0
    emitted: tuple | None = None


@dataclass
class Story:
    """What came of `moves`. `light`: (us, 24 x (green, red, blue)) at each change, `touch`: (us,
    level) likewise, `runs`: (us of the first sample, samples) of unbroken sound.
    """

    moves: list
    rows: list[Row]
    light: tuple[np.ndarray, np.ndarray]
    touch: tuple[np.ndarray, np.ndarray]
    runs: list[tuple[int, np.ndarray]]
    stalls: list[tuple[int, int]] = field(default_factory=list)
    emitted: dict[int, list] = field(default_factory=dict)  # by lane: see fight_lanes.emissions

    @property
    def end_us(self) -> int:
        """When it was over."""
        return self.rows[-1].us

    def of(self, *kinds: str) -> list[Row]:
        """The rows of some kinds."""
        return [row for row in self.rows if row.kind in kinds]

    def busy_us(self, from_us: float, to_us: float) -> float:
        """How much of a span nothing could run in, for the flash or a collection was at work."""
        spans = ((max(a, from_us), min(b, to_us)) for a, b in self.stalls)
        return sum(b - a for a, b in spans if b > a)

    @cached_property
    def acts(self) -> list[Act]:
        """Every lane that was granted, in order."""
        return _acts(self.rows)

    def on(self, lane: int) -> list[Act]:
        """Those of one lane."""
        return [act for act in self.acts if act.lane == lane]

    def told(self) -> str:
        """The whole of it, in lines for people."""
        lines = []
        for row in self.rows:
            if row.kind == "begin":
                lines.append(f"{row.us / 1e6:10.3f} {self.moves[row.fields[0]]}")
            elif row.kind not in ("gate", "Epoch", "end"):
                lines.append(f"{row.us / 1e6:10.3f}     {row.kind}{_short(row.fields)}")
        return "\n".join(lines)


def _short(fields):
    if hasattr(fields, "_asdict"):
        return "(" + ", ".join(f"{k}={v}" for k, v in fields._asdict().items()) + ")"
    return ""


def _acts(rows):
    acts: list[Act] = []
    requests: dict[int, Row] = {}
    for i, row in enumerate(rows):
        if row.kind in ("Request", "lost Request"):
            requests[row.fields.number] = row
        elif row.kind in ("Act", "lost Act"):
            acts += _granted(i, row, requests.pop(row.fields.number, None))
        elif row.kind in ("Emitted", "lost Emitted"):
            for act in [act for act in acts if not act.emitted and not act.to_us]:
                if (act.number, act.lane) == (row.fields.number, row.fields.lane):
                    act.to_us, act.emitted = row.us, row.fields
        elif row.kind == "end of life":
            for act in acts:
                act.to_us = act.to_us or row.us
    return acts


def _granted(i, row, request):
    act = row.fields
    ceilings = act.light_mlx, act.sound_cdb, act.touch
    is_kept = request is not None and request.kind == "Request" and row.kind == "Act"
    asked = request.fields if request else None
    return [
        Act(act.number, lane, asked, ceiling, row.us, is_kept, i)
        for lane, ceiling in enumerate(ceilings)
        if ceiling
    ]


class Arena:
    """A VM in which scenarios run. `firmware`: a folder to be found before the built tree's."""

    _programs: tuple[str, ...] = ("fight_vm",)  # the last one's `run` is called

    def __init__(self, firmware: Path | None = None):
        self._vm = Worker() if firmware is None else _ChangedWorker(firmware)
        for name in self._programs:
            source = (_HERE / f"{name}.py").read_text()
            self._vm.call("snippet:run", _LOAD, {"name": name, "source": source})
        self._folder = Path(tempfile.mkdtemp(prefix="fight-"))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._vm.close()
        shutil.rmtree(self._folder)

    def fight(self, moves: list, seed: int = 1) -> Story:
        """The story of `moves`, tuples (name, argument, ...)."""
        log = self._vm.call(
            f"{self._programs[-1]}:run", str(self._folder), [list(m) for m in moves], seed
        )
        rows = [_row(*row) for row in log if row[0] != "stall"]
        stalls = [(a, b) for kind, a, b, *_ in log if kind == "stall"]
        return Story(moves, rows, *_emissions(self._folder), stalls)


class _ChangedWorker(Worker):
    """A worker whose firmware is another."""

    def __init__(self, firmware):
        argv, env = command(program("worker"))
        env["MICROPYPATH"] = f"{firmware}:{env['MICROPYPATH']}"
        self._vm = subprocess.Popen(
            argv, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )


def _row(kind, us, *rest):
    if kind in ("record", "lost"):
        record = bytes.fromhex(rest[0])
        layout = records.LAYOUTS[record[0]]
        name = layout.tuple.__name__
        return Row(us, name if kind == "record" else f"lost {name}", layout.unpack(record))
    return Row(us, kind, tuple(rest))


def _emissions(folder):
    light = np.fromfile(folder / "light.bin", np.dtype([("us", "<u8"), ("grb", "u1", 72)]))
    touch = np.fromfile(folder / "touch.bin", np.dtype([("us", "<u8"), ("level", "i1")]))
    runs = np.fromfile(folder / "sound.bin", np.dtype([("us", "<u8"), ("n", "<u4")]))
    samples = np.fromfile(folder / "sound.raw", "<i2")
    ends = np.cumsum(runs["n"])
    heard = [
        (int(us), samples[end - n : end])
        for us, n, end in zip(runs["us"], runs["n"], ends, strict=True)
    ]
    frames = light["grb"].reshape(-1, 24, 3).astype(int)
    return (
        (light["us"].astype(int), frames),
        (touch["us"].astype(int), touch["level"].astype(int)),
        heard,
    )


def asked_for(name: str, usual: int) -> int:
    """How many scenarios: as the environment has it, or the usual number."""
    return int(os.environ.get(name, usual))
