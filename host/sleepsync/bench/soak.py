"""Thirty nights, one after the other, with everything that befalls a puck: is any of it lost?

    python -m sleepsync.bench.soak 7        one night of it, with a new puck
    python -m sleepsync.bench.soak 0 15     from one to before another, on one puck

Each night is judged from outside, by what the puck gave off, printed and kept. What befalls it
stands in soak_plan.py. It must never ask the puck what it meant.
"""

import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

from sleepsync.bench import given_off
from sleepsync.bench.given_off import LIGHT, SOUND, TOUCH
from sleepsync.bench.soak_night import Due, Plan
from sleepsync.bench.soak_plan import LATE_S, plan
from sleepsync.paths import records
from sleepsync.reading import read_journal
from sleepsync.replay.explained import explain
from sleepsync.simulate import journals, run_puck
from sleepsync.vm import VmError
from sleepsync.world import write_world

NIGHTS = 30
POWER_ON, RESET = 1, 2  # machine.reset_cause
_CUT_EPOCHS = 9  # before the one under way: docs/architecture.md, "epochs lost by a power cut"
_AROUND_S = 3  # that a puck's seconds may lie beside the world's
_STARTS_S = 10  # what a start may take
_TOGETHER_S = 30  # that light, sound and touch come up in
_BEAT_S = 12  # within a ring the ladder's beats are seconds apart
_FADES_S = 15
_WAKING, _DUE = 4, 9  # Request.rule and .reason (firmware/governor/limits.py)
_DEAD = ("died and starts again", "no life in task", "MemoryError")


@dataclass(frozen=True)
class Night:
    """What came of `plan`. `rung`: how many of its dues; `dead`: tasks that died or hung; `growth`:
    of the heap's live bytes from the second hour of a start to its last, the most of its starts;
    `problems`: what must not be, a sentence each, all of it told.
    """

    plan: Plan
    rung: int
    dead: int
    growth: int
    problems: tuple[str, ...]


class Soak:
    """One puck, in `folder`, new unless one lies there. A context manager."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="sleepsync-"))

    def __enter__(self) -> "Soak":
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.folder)

    def night(self, its: Plan) -> Night:
        """Live through a night, after those before."""
        for left in ("emitted", "alive.txt"):
            path = self.folder / left
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        write_world(its.sleeper(), self.folder)
        before = journals(self.folder)
        said: list[str] = []
        try:
            live(self.folder, its, said)
        except VmError as error:
            return Night(its, 0, 1, 0, (f"it did not go on: {str(error).splitlines()[0]}",))
        return judged(self.folder, its, said, [p for p in journals(self.folder) if p not in before])


def soaked(numbers: Iterable[int]) -> list[Night]:
    """These nights on one puck, in order."""
    with Soak() as puck:
        return [puck.night(plan(number)) for number in numbers]


# -- what happens


def live(folder: Path, its: Plan, said: list[str]) -> None:
    """Let the puck in `folder` live through the night, in its world; `said` gets what it prints.

    VmError if it fails, or starts anew by itself.
    """
    start_us, is_cut = 0, its.unplugged
    options: dict[str, Any] = {}
    for leg in (*its.legs, None):
        options |= {
            "start_us": start_us,
            "cause": POWER_ON if is_cut else RESET,
            "lost_time": int(is_cut),
            "taps": "alive",
            "type": [f"{at}:{line}" for at, line in its.lines],
            "press": [f"{at:.3f}:{held}" for at, held in its.presses],
            "fault": [fault.option for fault in its.faults],
        }
        if leg is None:
            options.pop("reset_us", None)
        else:
            options["reset_us"] = round(leg.until_s * 1e6) - start_us
        run_puck(folder, say=said.append, **options)
        if leg:
            start_us, is_cut = round(leg.back_s * 1e6), leg.cut
            options |= {"missing": "clock"} if leg.lost else {}


# -- what came of it


def judged(folder: Path, its: Plan, said: list[str], kept: list[Path]) -> Night:
    """What came of the night in `folder`; `kept`: its journals."""
    lanes = given_off.lanes(folder)
    heard = {due: tuple(_of_ring(due, lanes)) for due in its.dues}
    dead = [line for line in said if any(words in line for words in _DEAD)]
    problems = [f"{round(due.at_s)} s: {words}" for due in its.dues for words in heard[due]]
    problems += [f"it says: {line}" for line in dead]
    starts = sum(line.startswith("boot ") for line in said)
    if starts != len(its.legs) + 1:
        problems.append(f"it starts {starts} times, not {len(its.legs) + 1}")
    problems += _of_quiet(its, lanes[SOUND])
    problems += _of_journals(its, kept)
    rung = sum(not words for words in heard.values())
    return Night(its, rung, len(dead), _growth(folder / "alive.txt"), tuple(problems))


def _of_ring(due: Due, lanes) -> Iterator[str]:
    """What is wrong with a ring: that a sunrise shines already makes none."""
    prompt = [lane for lane in (SOUND, TOUCH) if lane in due.lanes] or [LIGHT]
    before_s, after_s = due.at_s - LATE_S, due.at_s + due.spare_s
    if not any(_is_given(lanes[lane], before_s, after_s) for lane in prompt):
        yield "nothing rings"
        return
    for lane in due.lanes:
        if not _is_given(lanes[lane], before_s, after_s + _TOGETHER_S):
            yield f"there is no {lane}"
    if not any(_is_given(lanes[lane], due.to_s - _BEAT_S, due.to_s) for lane in prompt):
        yield f"it is over before a hand ends it at {due.to_s:.0f} s"


def _is_given(times_us, from_s, to_s):
    return any(from_s * 1e6 <= us < to_s * 1e6 for us in times_us)


def _of_quiet(its, sounded) -> Iterator[str]:
    """Between a hand that ended a ring, and the next, or the morning, nothing is heard. Before a
    first ring an early one may come.
    """
    for due, after in zip_longest(its.dues, its.dues[1:]):
        if after and after.is_first:
            continue
        to_s = after.at_s - LATE_S if after else its.length_s
        if _is_given(sounded, due.to_s + _FADES_S, to_s):
            yield f"it sounds after a hand ended it at {due.to_s:.0f} s"


def _of_journals(its, kept) -> Iterator[str]:
    if len(kept) != 1:
        yield f"{len(kept)} journals are kept of it"
    for path in kept:
        journal = read_journal(path)
        yield from _of_epochs(its, [epoch.index for epoch in journal.of(records.EPOCH)])
        yield from _of_requests(its, journal.of(records.REQUEST))
        for finding in explain(path).findings:
            yield f"unexplained: {finding.kind} at {finding.t_ms} ms: {finding.words}"


def _of_epochs(its, indices) -> Iterator[str]:
    """Whether more are missing than a reset or a power cut may cost."""
    last = round(its.length_s / records.EPOCH_S) - 2  # the last may be cut short
    away_s = sum(leg.away_s for leg in its.legs if leg.lost)  # which nobody can know
    last -= round(away_s / records.EPOCH_S) + (_CUT_EPOCHS + 2 if away_s else 0)
    may_miss = {index for leg in its.legs if not leg.lost for index in _costs(leg)}
    missing = [i for i in range(last + 1) if i not in set(indices) | may_miss]
    if missing:
        yield f"epochs are missing: {missing}"


def _costs(leg):
    """The indices of epochs that may be lost: so many before it, and while it was away."""
    first = int(leg.until_s - _AROUND_S) // records.EPOCH_S - (_CUT_EPOCHS if leg.cut else 0)
    under_way = int(leg.until_s + _AROUND_S) // records.EPOCH_S
    return range(first, max(under_way + 1, int(leg.back_s + _STARTS_S) // records.EPOCH_S))


def _of_requests(its, requests) -> Iterator[str]:
    """An alarm that was asked for, and is not due. When the time is lost, the night goes on where
    its journal ends: from there on its counter is not the world's.
    """
    lost_s = [leg.until_s - (_CUT_EPOCHS + 1) * records.EPOCH_S for leg in its.legs if leg.lost]
    until_s = min(lost_s, default=its.length_s)
    for asked in requests:
        at_s = asked.t_ms / 1000
        is_alarm = (asked.rule, asked.reason) == (_WAKING, _DUE)
        is_due = any(due.at_s - LATE_S <= at_s <= due.to_s for due in its.dues)
        if is_alarm and at_s < until_s and not is_due:
            yield f"an alarm is asked for at {at_s:.0f} s, and none is due"


def _growth(path):
    """The most of a start's last hour above its second."""
    most, first = 0, None
    for line in path.read_text().splitlines() if path.exists() else ():
        hour, alive = map(int, line.split())
        if hour == 1:
            first = None
        elif first is None:
            first = alive
        else:
            most = max(most, alive - first)
    return most


def main(first: str, before: str = "") -> None:
    """Run nights `first` to `before`, or the one, and print what came of each."""
    with Soak() as puck:
        for number in range(int(first), int(before or int(first) + 1)):
            night = puck.night(plan(number))
            print(night.plan)
            rung = f"{night.rung} of {len(night.plan.dues)} rings"
            print(f"  {rung}, {night.dead} dead tasks, {night.growth} B more alive", flush=True)
            for problem in night.problems:
                print(f"  {problem}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:3])
