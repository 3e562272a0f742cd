"""Every part with every fault, one short night each: what the puck says of it, and what it costs.

The table of docs/faults.md is made of these answers.
"""

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sleepsync.paths import records
from sleepsync.reading import read_journal
from sleepsync.simulate import journals, run_puck
from sleepsync.world import generate, write_world

SEED = 1
HOURS = 0.2
_EPOCHS = round(HOURS * 3600 / records.EPOCH_S)
_WHOLE_EPOCHS = _EPOCHS - 1  # the last may be cut short: a start with a silent part takes longer
_FROM_S, _TO_S = 120, 300
_ROUNDED_S = 30  # the table should change when the puck does, not with every millisecond

# Column: the fault's name in hw/sim/faults.py, and when it is there.
KINDS = {
    "absent": ("absent", 0, 0),
    "wrong id": ("wrong_id", 0, 0),
    "NACK": ("nack", 0, 0),
    "stuck, freed": ("stuck", _FROM_S, 0),
    "stuck": ("stuck_for_ever", _FROM_S, _TO_S),
    "overflow": ("overflow", _FROM_S, 0),
    "noise": ("noise", _FROM_S, _TO_S),
    "frozen": ("frozen", _FROM_S, _TO_S),
    "4 % off": ("rate", 0, 0),
    "gone and back": ("absent", _FROM_S, _TO_S),
}


@dataclass(frozen=True)
class Part:
    """`name` in hw/sim/parts.py; `number` in `records.PARTS`; `flag` of an epoch without it;
    `bus` that it shares, if any.
    """

    name: str
    number: int
    flag: int
    bus: str


PARTS = (
    Part("pulse", records.PULSE, records.NO_PULSE_SENSOR, "pod"),
    Part("motion", records.MOTION, records.NO_MOTION_SENSOR, "pod"),
    Part("light", records.LIGHT_SENSOR, records.NO_LIGHT, "bedside"),
    Part("climate", records.CLIMATE, records.NO_CLIMATE, "bedside"),
    Part("microphone", records.MICROPHONE, records.NO_SOUND, ""),
    Part("clock", records.CLOCK, 0, "bedside"),
    Part("haptic", records.HAPTIC, 0, "bedside"),
    Part("button", records.BUTTON, 0, ""),
)
MUTE = ("light ring", "amplifier", "supply and shutdown switches")  # they cannot be asked

# Why a part cannot have a fault, or the puck not see it: the notes under the table.
NOTES = {
    "a": "It is never asked: whether it works can be seen or heard, not read.",
    "b": "It has no identity to be wrong.",
    "c": "It is on no bus.",
    "d": "It keeps no samples that could overflow.",
    "e": "It has no clock of its own.",
    "f": "Its clock is used for nothing that 4 % would change.",
    "g": "What it reads is a plausible value, so nobody can tell.",
    "h": "Nothing is read from it but its identity and its settings.",
    "i": "It is silent until it is pressed.",
    "j": "Of each second it hears a quarter; that the rest is lost is meant.",
}
_NO_SUCH_FAULT = {
    "light": {"overflow": "d", "4 % off": "f"},
    "climate": {"overflow": "d", "4 % off": "f"},
    "microphone": {
        **dict.fromkeys(("NACK", "stuck, freed", "stuck"), "c"),
        **{"wrong id": "b", "overflow": "j", "4 % off": "e"},
    },
    "clock": {"wrong id": "b", "overflow": "d"},
    "haptic": {"overflow": "d", "noise": "h", "frozen": "h", "4 % off": "f"},
    "button": {
        **dict.fromkeys(("NACK", "stuck, freed"), "c"),
        **{"wrong id": "b", "overflow": "d", "4 % off": "e", "absent": "i", "gone and back": "i"},
        **{"noise": "i", "frozen": "i"},
    },
}
_UNSEEN = {"light": {"noise": "g", "frozen": "g"}, "microphone": {"noise": "g"}}
_HELD = ("button", "stuck")
_FAULT_OF = {_HELD: ("stuck", _FROM_S, _TO_S)}
_RESTARTS = 2  # one more than any fault may cost


@dataclass(frozen=True)
class Cell:
    """`text`: what the table says. `problems`: what must not be, a sentence each. `was_run`:
    there is such a fault, and a night with it.
    """

    text: str
    problems: tuple[str, ...] = ()
    was_run: bool = True


class FaultMatrix:
    """A world in a folder of its own, in which a new puck lies for each cell. A context manager."""

    def __init__(self) -> None:
        self._world = Path(tempfile.mkdtemp(prefix="sleepsync-"))
        write_world(generate(SEED, HOURS), self._world)

    def __enter__(self) -> "FaultMatrix":
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self._world)

    def row(self, part: Part) -> Iterator[tuple[str, Cell]]:
        """(column, cell) of one part."""
        for column in KINDS:
            note = _NO_SUCH_FAULT.get(part.name, {}).get(column)
            yield column, Cell(f"- {note}", was_run=False) if note else self._cell(part, column)

    def _cell(self, part: Part, column: str) -> Cell:
        kind, from_s, to_s = _FAULT_OF.get((part.name, column), KINDS[column])
        said: list[str] = []
        shutil.rmtree(self._world / "puck", ignore_errors=True)
        fault = f"{part.name}:{kind}:{from_s}:{to_s}"
        ran = run_puck(self._world, say=said.append, restarts=_RESTARTS, fault=fault)
        journal = read_journal(journals(self._world)[-1])
        told = journal.of(records.EVENT)
        events = [e for e in told if e.part == part.number]
        unseen = _UNSEEN.get(part.name, {}).get(column)
        return Cell(
            f"unseen {unseen}" if unseen else _restarted(ran) + _text(events, from_s, to_s),
            (
                *_problems(part, column, journal.of(records.EPOCH), events, said),
                *_gaps_of_others(part, told),
                *_restarts(part, column, ran["restarts"]),
            ),
        )


def _restarted(ran) -> str:
    return "started anew, " if ran["restarts"] else ""


def _text(events, from_s, to_s) -> str:
    named = [e.t_ms / 1000 for e in events if e.kind == records.PART_MISSING]
    back = [e.t_ms / 1000 for e in events if e.kind == records.PART_BACK]
    if any(e.kind == records.GAP for e in events):
        return "gap marked"
    if not named:
        return "absorbed"
    text = f"named in {_rounded_up(named[0] - from_s)} s"
    if not back:
        return text
    return f"{text}, back in {_rounded_up(back[0] - to_s)} s" if to_s else f"{text}, tried again"


def _rounded_up(seconds: float) -> int:
    return max(1, -int(-seconds // _ROUNDED_S)) * _ROUNDED_S


def _problems(part, column, epochs, events, said) -> Iterator[str]:
    """What breaks the promises: the night goes on, healthy parts lose nothing, faults are named."""
    indices = [epoch.index for epoch in epochs]
    missing = [index for index in range(_WHOLE_EPOCHS) if index not in indices]
    marked = [e.index for e in epochs if e.flags & records.LOST_SAMPLES]
    is_held = (part.name, column) == _HELD
    # As the puck starts anew: the epoch being measured, and the one in which it is back.
    cut = {*missing[:1], *marked[:1]} if is_held else set()
    if not cut.issuperset(missing):
        yield f"epochs are missing: {indices}"
    for other in PARTS:
        lost = [e.index for e in epochs if e.flags & other.flag and e.index not in cut]
        if _is_healthy(other, part, column) and lost:
            yield f"{other.name} is well, but lost epochs {lost}"
    if part.bus != "pod" and not cut.issuperset(marked):
        yield f"the pod is well, but its epochs {marked} lost samples"
    name = records.PARTS[part.number]
    if any(e.kind == records.PART_MISSING for e in events):
        if not any(line.startswith(f"{name}: ") and "; " in line for line in said):
            yield f"no line names the {name} and a remedy"
        if part.flag and not any(e.flags & (part.flag | records.LOST_SAMPLES) for e in epochs):
            yield "no epoch is marked"
    if len(events) > _EPOCHS // 2:
        yield f"{len(events)} events: the journal would fill with them"


def _gaps_of_others(part, told) -> Iterator[str]:
    for event in told:
        if event.kind == records.GAP and event.part != part.number:
            yield f"{records.PARTS[event.part]} is well, but has a gap at {event.t_ms} ms"


def _restarts(part, column, count) -> Iterator[str]:
    """Only a button that is held starts the puck anew, and only once."""
    expected = (part.name, column) == _HELD
    if count != expected:
        yield f"the puck started anew {count} times"


def _is_healthy(other: Part, part: Part, column: str) -> bool:
    shares = column == "stuck" and bool(part.bus) and other.bus == part.bus
    return other != part and not shares
