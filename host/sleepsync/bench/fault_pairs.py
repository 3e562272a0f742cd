"""Two faults at a time, in an evening, a night and a morning: does it ring, replay, and say so?

    python -m sleepsync.bench.fault_pairs 7        the seventh pair alone

Each pair has a number, and lies across what matters: the whole night, the evening, or
the alarm. It must never ask the puck what it meant: it is judged as the soak is.
"""

import random
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import combinations, product
from pathlib import Path

from sleepsync.bench.figure import Figure
from sleepsync.bench.given_off import LIGHT, SOUND, TOUCH
from sleepsync.bench.soak import Soak
from sleepsync.bench.soak_faults import AT_ONCE, KINDS, Fault
from sleepsync.bench.soak_night import Due, Plan
from sleepsync.bench.soak_plan import LATE_S, STOP
from sleepsync.paths import records
from sleepsync.reading import read_night
from sleepsync.report import write_report

PAIRS = 60
_PROCESSES = 2
_HOURS = 1.1
_LENGTH_S = round(_HOURS * 3600)
_START = datetime(2026, 3, 15, 21, 30)
_EVENING_S, _ALARM_S, _STOPPED_S = 210, 3300, 3360
_SPANS = {
    "all night": (0, _LENGTH_S),
    "in the evening": (120, 1500),
    "over the alarm": (_ALARM_S - 900, _LENGTH_S),
}
# What a puck must name if it lasts for some minutes; the rest may be absorbed (docs/faults.md).
_NAMED = ("absent", "wrong_id", "stuck_for_ever")
_NUMBERS = {
    "pulse": records.PULSE,
    "motion": records.MOTION,
    "light": records.LIGHT_SENSOR,
    "climate": records.CLIMATE,
    "microphone": records.MICROPHONE,
    "clock": records.CLOCK,
    "haptic": records.HAPTIC,
}


@dataclass(frozen=True)
class Pair:
    """Pair `number`: two faults of different parts, and when."""

    number: int
    span: str
    faults: tuple[Fault, Fault]

    def __str__(self) -> str:
        first, second = (f"{fault.part} {fault.kind}" for fault in self.faults)
        return f"{first} + {second}, {self.span}"


def figures() -> Iterator[Figure]:
    """In how many of the nights all is as it must be; about six minutes of a core."""
    with ProcessPoolExecutor(_PROCESSES) as pool:
        kept = sum(not found for found in pool.map(problems, map(pair, range(PAIRS))))
    yield Figure("faults.pairs_kept", kept, "nights", f"={PAIRS}")


def pair(number: int) -> Pair:
    """What `number` stands for, of all pairs in an order that chance has made."""
    kinds, span = _drawn()[number]
    first, second = (_fault(part, kind, *_SPANS[span]) for part, kind in kinds)
    return Pair(number, span, (first, second))


@cache
def _drawn():
    single = [(part, kind) for part, kinds in KINDS.items() for kind in kinds]
    pairs = [(a, b) for a, b in combinations(single, 2) if a[0] != b[0]]
    drawn = list(product(pairs, _SPANS))
    random.Random("fault pairs").shuffle(drawn)
    return drawn


def _fault(part, kind, from_s, to_s):
    if kind == "wrong_id":  # is looked at when a part is started
        from_s = 0
    return Fault(part, kind, from_s, 0 if kind in AT_ONCE else to_s)


def problems(its: Pair) -> tuple[str, ...]:
    """What must not be, a sentence each, of a night with both faults."""
    with Soak() as puck:
        night = puck.night(_plan(its))
        return night.problems + tuple(unnamed(its.faults, puck.folder))


def _plan(its):
    """The way to sleep from the button on, a story, an alarm that a hand ends."""
    rings = _START + timedelta(seconds=_ALARM_S)
    lines = (
        (5, "import puck"),
        (12, "puck.set('early',0)"),
        (20, f"puck.alarm('{rings:%H:%M}','once')"),
        (_EVENING_S, "puck.evening('story')"),
    )
    lanes = tuple(
        lane
        for lane in (LIGHT, SOUND, TOUCH)
        if not any(fault.hits(lane, _ALARM_S) for fault in its.faults)
    )
    due = Due(_ALARM_S, LATE_S, _STOPPED_S, lanes)
    presses = ((_STOPPED_S, STOP),)
    return Plan(
        its.number, "generated", _HOURS, _START, False, lines, presses, its.faults, (), (due,)
    )


def unnamed(faults: Iterable[Fault], folder: Path) -> Iterator[str]:
    """Parts that were missing in the night of `folder`, and neither journal nor report says so."""
    night = read_night(folder)
    page, _ = write_report(night, folder)
    told = page.read_text()
    missed = {event.part for event in night.events if event.kind == records.PART_MISSING}
    for fault in faults:
        number = _NUMBERS.get(fault.part)
        if number is None or fault.kind not in _NAMED:
            continue
        if number not in missed:
            yield f"the {records.PARTS[number]} is not missed"
        elif records.PARTS[number] not in told:
            yield f"the report does not name the {records.PARTS[number]}"


def main(*numbers: str) -> None:
    """Print what comes of these pairs, or of all."""
    for number in map(int, numbers or range(PAIRS)):
        its = pair(number)
        print(number, its, flush=True)
        for problem in problems(its):
            print(f"  {problem}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
