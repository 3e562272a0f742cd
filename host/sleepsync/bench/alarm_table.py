"""The alarm through everything that may befall it: each case a puck in charged time, judged by what
its ring, speaker and haptic driver gave off, and by what its journal says of why.
"""

import json
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sleepsync.bench import given_off
from sleepsync.bench.alarm_cases import (
    CASES,
    DUE,
    EARLY,
    HOLD,
    LATE,
    LOST,
    UNTOLD,
    Case,
    Leg,
    Ring,
)
from sleepsync.bench.given_off import LIGHT, SOUND, TOUCH, spans
from sleepsync.paths import records
from sleepsync.reading import read_journal
from sleepsync.simulate import BOOT_US, journals, run_puck
from sleepsync.world import generate, write_world

SEED = 1
_SHARED_HOURS = 5
_FRESH_HOURS = 1.75
_SHARED_START = "23:00"
_DATE = "2026-01-15"
_MIN_US = 60_000_000
_SILENCE_US = 20_000_000  # between two rings; within one the ladder's beats are seconds apart
_LATE_S = 3.0  # a deadline is made of whole seconds of two clocks
_NEAR_MIN = 0.2  # what a start takes, and what a ring's last beat leaves
_BACK_S = 20.0  # from power to a ring: what was kept is replayed first
_TOGETHER_US = 30_000_000  # that light, sound and touch come up in
_LIGHT_SLEEP = 7  # Request.reason (firmware/governor/limits.py)
_WAKING = 4  # Request.rule
_SUNRISE = 9  # Request.scene
_CONSENTS = ("early", "sunrise")
_TAKEN_AT = sorted({case.start for case in CASES if isinstance(case.start, int)})
_NUMBERS = re.compile(r"(?<==)\d+")
_EPOCH_0 = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Heard:
    """A ring that was given off, from minute `at` of the world to minute `to`: in which lanes, and
    how the journal says that it came about.
    """

    at: float
    to: float
    lanes: tuple
    how: str


@dataclass(frozen=True)
class Outcome:
    """`heard`: the rings; `problems`: what is not as the case has it, a sentence each."""

    heard: tuple[Heard, ...]
    problems: tuple[str, ...]


class AlarmTable:
    """The worlds of the cases, in a folder of their own. A context manager."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="sleepsync-"))
        self._count = 0
        self._taken: dict[int, Path] = {}

    def __enter__(self) -> "AlarmTable":
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self._folder)

    def outcome(self, case: Case) -> Outcome:
        """Live through a case."""
        folder = self._laid_out(case)
        start = case.start if isinstance(case.start, int) else 0
        starts = _run(folder, case, start)
        heard = tuple(_heard(folder, starts))
        shutil.rmtree(folder)
        return Outcome(heard, tuple(_problems(case, heard)))

    def scores(self) -> list:
        """The live scores of the shared night, in order, until its last case is over."""
        last = _TAKEN_AT[-1]
        folder = self._folder / "scored"
        shutil.copytree(self._shared(last), folder, symlinks=True)
        run_puck(folder, start_us=last * _MIN_US + BOOT_US, until_us=(last + 40) * _MIN_US)
        return read_journal(journals(folder)[-1]).of(records.SCORE)

    # -- worlds

    def _laid_out(self, case):
        """A folder with the case's world, and its puck."""
        self._count += 1
        folder = self._folder / str(self._count)
        if isinstance(case.start, int):
            shared = self._shared(case.start)
            shutil.copytree(shared, folder, symlinks=True)
        else:
            _linked(self._world("fresh", _FRESH_HOURS), folder, case.date, case.start)
        return folder

    def _world(self, name, hours):
        folder = self._folder / name
        if not folder.exists():
            folder.mkdir()
            write_world(generate(SEED, hours), folder)
        return folder

    def _shared(self, minute):
        """The shared night as it stands after so many minutes: two consents, and a reset at each
        minute at which a case takes it up.
        """
        if minute not in self._taken:
            before = max((m for m in _TAKEN_AT if m < minute), default=0)
            if before:
                self._shared(before)
            folder = self._folder / f"at-{minute}"
            if before:
                shutil.copytree(self._taken[before], folder, symlinks=True)
            else:
                _linked(self._world("shared", _SHARED_HOURS), folder, _DATE, _SHARED_START)
            start_us = before * _MIN_US + BOOT_US if before else 0
            run_puck(
                folder,
                start_us=start_us,
                reset_us=minute * _MIN_US - start_us,
                type=["5:import puck", *_asked()],
                press=[f"{20 + 20 * i}:{HOLD}" for i in range(len(_CONSENTS))],
            )
            self._taken[minute] = folder
        return self._taken[minute]


def _asked():
    return [f"{10 + 20 * i}:puck.allow('{use}',7)" for i, use in enumerate(_CONSENTS)]


def _linked(world, folder, date, start):
    """A folder with that world, of which the streams are not copied, at another time."""
    folder.mkdir()
    for path in world.iterdir():
        if path.name != "world.json":
            (folder / path.name).symlink_to(path)
    made = json.loads((world / "world.json").read_text())
    at = datetime.fromisoformat(f"{date}T{start}:00+00:00")
    made["start_s"] = int((at - _EPOCH_0) / timedelta(seconds=1))
    (folder / "world.json").write_text(json.dumps(made))


# -- what happens


def _run(folder, case, start):
    """Live through its legs: (minute, what the puck printed) of each start."""
    happens = _happens(case, start)
    start_us = start * _MIN_US + BOOT_US if start else 0
    starts, is_cut = [], False
    for leg in (*case.legs, Leg(case.ends)):
        said: list[str] = []
        is_last = leg.until == case.ends
        options = {**happens, **(case.options if is_last else leg.options)}
        options |= {"start_us": start_us, "cause": 1 if is_cut or not start_us else 3}
        options |= {"lost_time": 1} if is_cut else {}
        ends_us = round(leg.until * _MIN_US)
        options |= {"until_us": ends_us} if is_last else {"reset_us": ends_us - start_us}
        run_puck(folder, say=said.append, **options)
        starts.append((start_us / _MIN_US, said))
        start_us, is_cut = ends_us + round(leg.away * _MIN_US), leg.cut
    return starts


def _happens(case, start):
    """What is typed and pressed, by the seconds of the world."""
    begins = start * 60 + 3
    lines = [(begins, "import puck"), (begins, "from firmware import app")]
    if case.early is not None:
        lines.append((begins + 12, f"puck.set('early',{case.early})"))
    lines += [(round(minute * 60), line) for minute, line in case.lines]
    if case.alarm:
        lines.append((begins + 27, f"puck.alarm({','.join(map(repr, case.alarm))})"))
    return {
        "type": [f"{at}:{line}" for at, line in sorted(lines, key=lambda one: one[0])],
        "press": [f"{minute * 60:.3f}:{held}" for minute, held in case.presses],
    }


# -- what came of it


def _heard(folder, starts) -> Iterator[Heard]:
    lanes = given_off.lanes(folder)
    told = [*_of_journals(folder, starts), *_of_consoles(starts)]
    loud = sorted(us for name in (SOUND, TOUCH) for us in lanes[name])
    for from_us, to_us in spans(loud or lanes[LIGHT], _SILENCE_US):
        if from_us < starts[0][0] * _MIN_US:
            continue
        near = from_us - _MIN_US // 30, from_us + _TOGETHER_US
        given = [n for n, times in lanes.items() if any(near[0] <= t < near[1] for t in times)]
        how = _how(from_us / _MIN_US, told)
        yield Heard(from_us / _MIN_US, to_us / _MIN_US, tuple(given), how)


def _of_journals(folder, starts):
    """(minute of the world, what the journals hold of the waking). Each start tells when it was:
    the last are those of the case. Records of the first may be lost with the power, and before
    them stands how the shared night began.
    """
    rows = [row for path in journals(folder) for row in read_journal(path).rows]
    minutes = [minute for minute, _ in starts]
    left = sum(_is_start(row) for row in rows)
    minute, zero_ms = minutes[0], 0
    for row in rows:
        if _is_start(row):
            minute, zero_ms = minutes[-left] if left <= len(minutes) else None, row.t_ms
            left -= 1
        elif minute is not None:
            is_asked = isinstance(row, records.REQUEST.tuple) and row.rule == _WAKING
            is_late = isinstance(row, records.EVENT.tuple) and row.kind == records.ALARM_MISSED
            if is_late or (is_asked and row.scene != _SUNRISE):
                yield minute + (row.t_ms - zero_ms) / 60_000, row


def _is_start(row):
    return isinstance(row, records.EVENT.tuple) and row.kind == records.START


def _of_consoles(starts):
    """The same of the ledger that safe mode prints."""
    for minute, said in starts:
        for line in said:
            layout = records.REQUEST if line.startswith("ledger: Request(") else None
            if layout:
                row = layout.tuple(*map(int, _NUMBERS.findall(line)))
                if row.rule == _WAKING:
                    yield minute + row.t_ms / 60_000, row


def _how(at, told):
    """What is said of a ring that began at that minute; UNTOLD if nothing is."""
    near = [row for minute, row in told if -_NEAR_MIN < minute - at < _NEAR_MIN]
    late = [row for row in near if isinstance(row, records.EVENT.tuple)]
    asked = [row for row in near if isinstance(row, records.REQUEST.tuple)]
    if late:
        return LATE if late[-1].value else LOST
    if asked:
        return EARLY if asked[0].reason == _LIGHT_SLEEP else DUE
    return UNTOLD


def _problems(case, heard) -> Iterator[str]:
    if len(heard) != len(case.rings):
        yield f"{len(heard)} rings, not {len(case.rings)}: {[_text(one) for one in heard]}"
        return
    for one, ring in zip(heard, case.rings, strict=True):
        yield from _unlike(one, ring, case.ends)


def _unlike(one: Heard, ring: Ring, ends: float) -> Iterator[str]:
    spare_s = _BACK_S if ring.how in (LATE, LOST) else _LATE_S
    before = ring.at + spare_s / 60 if ring.before is None else ring.before
    if not ring.at - 1 / 60 <= one.at <= before:
        yield f"it rings at minute {one.at:.2f}, not {ring.at:.2f}"
    to = ends if ring.to is None else ring.to
    if abs(one.to - to) > _NEAR_MIN:
        yield f"it rings until minute {one.to:.2f}, not {to:.2f}"
    if one.how != ring.how:
        yield f"the journal says: {one.how}, not {ring.how}"
    if one.lanes != ring.lanes:
        yield f"{', '.join(one.lanes)}, not {', '.join(ring.lanes)}"


def _text(one: Heard) -> str:
    return f"{one.at:.2f} {one.how} ({', '.join(one.lanes)})"


# -- the table


def rows(outcomes: list[tuple[Case, Outcome]]) -> Iterator[str]:
    """The rows of docs/alarm.md: what befell an alarm, for when it was set, how it rang."""
    yield "| what befalls it | set for | it rang | of light, sound, touch |"
    yield "| --- | --- | --- | --- |"
    for case, outcome in outcomes:
        rang = "; ".join(_rang(case, one) for one in outcome.heard) or "not at all"
        lanes = {lane for one in outcome.heard for lane in one.lanes}
        given = ", ".join(lane for lane in (LIGHT, SOUND, TOUCH) if lane in lanes) or "-"
        yield f"| {case.name} | {_set_for(case)} | {rang} | {given} |"


def _set_for(case):
    if not case.alarm:
        return "-"
    at, *days = case.alarm
    return f"{at} {days[0]}" if days else at


def _rang(case, one):
    """By the world's clock, which is right, in the zone of the world; to the minute."""
    start = _SHARED_START if isinstance(case.start, int) else case.start
    zero = datetime.fromisoformat(f"{case.date}T{start}")
    at, to = (zero + timedelta(minutes=round(minute)) for minute in (one.at, one.to))
    return f"{at:%H:%M} {one.how}, until {to:%H:%M}"
