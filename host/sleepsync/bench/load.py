"""Everything at once, for hours: is a sample lost, does the sound break off, is an answer late?

Somebody who lies awake hears the richest scenes, one after the other, all night; two owners ask
all the while, and pull the night that is being written; the pod and the room are sensed at full
rate. Time is charged for all of it. It must never ask the puck what it lost: the chips and the
journal tell.
"""

import json
import struct
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sleepsync.bench.figure import Figure
from sleepsync.bench.heap import heap
from sleepsync.bench.link_frames import (
    AT_ONCE_MS,
    BROKEN,
    CAME,
    HONEST,
    MTU,
    NOTE,
    OWNERS,
    READ,
    REQUEST,
    SAFE,
    SECURED,
    STATUS,
    WAIT,
    answers,
    fragments,
    message,
    messages,
    row,
)
from sleepsync.emitted.files import RATE_HZ, read_emitted
from sleepsync.paths import records
from sleepsync.reading import read_journal
from sleepsync.simulate import journals, run_puck
from sleepsync.world import generate, write_world
from sleepsync.world.generated import Person
from sleepsync.world.hypnogram import Sleep

HOURS = 8.0
SCENES = ("summer night", "harbour")  # the richest (`make bench AREA=sound`)
_BEGIN_S = 4  # as hw/sim/attack.py has it
_QUIET_S = 45  # by then a hand has allowed the scenes: requests wait for a gesture
_ASK_EVERY_S = 2
_PULL_EVERY = 15  # questions
_SCENE_EVERY_S = 300
_EVENING_S = 60
_FRAGMENT = 244
_ALLOW = ["20:import puck", "30:puck.allow('wind-down',7)"]
_HELD = "32:6500"
_NIGHT = b"nights/00001.night"
_WHOLE = 0xFFFFFFFF
_WARM_S = 450  # of each hour: in the first eighth is loaded what stays
_GROWN_BYTES = 8192  # a quiet night's grows by five thousand
_HEAP_BLOCKS = 100


@dataclass(frozen=True)
class Load:
    """What `hours` of it cost. `lost_epochs`: whose samples were not all there, or that are
    missing; `gaps`: that the journal tells of; `underruns`: of the amplifier; `asked`, `answered`:
    requests of the owners, all and those with a right answer, the slowest of the short ones after
    `slowest_ms`; `sounding`: share of the time in which a scene sounded; `grown_bytes`: by how much
    the heap has, 64-bit objects; `told`: lines of trouble on the console.
    """

    hours: float
    epochs: int
    lost_epochs: int
    gaps: int
    underruns: int
    asked: int
    answered: int
    slowest_ms: int
    pulls: int
    pulled_bytes: int
    sounding: float
    wakeups_per_s: float
    busy_pct: float
    grown_bytes: int
    told: tuple[str, ...]


def figures() -> Iterator[Figure]:
    """Of eight hours, about five minutes of a core; and of the heap with the link in it."""
    found = load(HOURS)
    yield Figure("faults.load_lost_epochs", found.lost_epochs, "epochs", "=0")
    yield Figure("faults.load_gaps", found.gaps, "gaps", "=0")
    yield Figure("faults.load_underruns", found.underruns, "gaps", "=0")
    yield Figure("faults.load_told", len(found.told), "lines of trouble", "=0")
    yield Figure("faults.load_answered", found.answered, "requests", f"={found.asked}")
    yield Figure("faults.load_slowest", found.slowest_ms, "ms", f"<={AT_ONCE_MS}")
    yield Figure("faults.load_pulled", found.pulled_bytes, "B")
    yield Figure("faults.load_sounding", 100 * found.sounding, "%", ">=90")
    yield Figure("faults.load_busy", found.busy_pct, "%")
    yield Figure("faults.load_wakeups_per_s", found.wakeups_per_s, "1/s", "<=10")
    yield Figure("faults.load_heap_growth", found.grown_bytes, "B", f"<={_GROWN_BYTES}")
    small, _ = heap(_HEAP_BLOCKS)
    alive = small["in_use_bytes"] + small["link_bytes"]
    yield Figure("faults.linked_data_bytes", alive, "B", f"<={96 * 1024}")


def load(hours: float, seed: int = 1) -> Load:
    """Live through so many hours of it."""
    with tempfile.TemporaryDirectory(prefix="sleepsync-") as name:
        folder = Path(name)
        asked: dict[int, int] = {}
        (folder / "attack.bin").write_bytes(b"".join(_rows(hours, asked)))
        awake = Person(sleep=Sleep(latency_min=(60 * hours + 2, 60 * hours + 2)), outing_chance=0)
        write_world(generate(seed, hours + 0.02, awake), folder)
        said: list[str] = []
        cost = run_puck(
            folder, say=said.append, taps="alive,attack", type=_lines(hours), press=_HELD
        )
        return _load(folder, hours, asked, cost, said)


def _lines(hours):
    """A scene every five minutes, from when the hand has allowed it."""
    last_s = hours * 3600 - 30
    times = range(_EVENING_S, int(last_s), _SCENE_EVERY_S)
    return _ALLOW + [f"{at}:puck.ask('{SCENES[i % 2]}')" for i, at in enumerate(times)]


def _rows(hours, asked) -> Iterator[bytes]:
    """Of attack.bin: one owner asks, {id: ms} in `asked`; the other pulls the night."""
    for peer, address in enumerate(OWNERS):
        yield row(CAME, peer, address)
        yield row(MTU, peer, struct.pack("<I", _FRAGMENT + 3))
        yield row(SECURED, peer, struct.pack("<4I", *SAFE))
        yield _wait(1000)
    yield _wait(1000 * _QUIET_S)
    pull = struct.pack("<II", 0, _WHOLE) + _NIGHT
    first_s = _BEGIN_S + len(OWNERS) + _QUIET_S
    for number in range(1, int((hours * 3600 - first_s) / _ASK_EVERY_S)):
        asked[number] = 1000 * (first_s + _ASK_EVERY_S * (number - 1))
        yield from _request(HONEST, number, STATUS, b"")
        if number == int(hours * _WARM_S / _ASK_EVERY_S):
            yield row(NOTE, 0)
        if number % _PULL_EVERY == 0:
            yield from _request(BROKEN, number, READ, pull)
        yield _wait(1000 * _ASK_EVERY_S)
    yield row(NOTE, 0)
    yield _wait(2000)


def _request(peer, number, code, body):
    for piece in fragments(message(number, code, body), _FRAGMENT):
        yield row(REQUEST, peer, piece)


def _wait(ms):
    return row(WAIT, 0, struct.pack("<H", ms))


def _load(folder, hours, asked, cost, said) -> Load:
    journal = read_journal(journals(folder)[-1])
    epochs = journal.of(records.EPOCH)
    lost = {e.index for e in epochs if e.flags & records.LOST_SAMPLES}
    lost |= set(range(max(e.index for e in epochs))) - {e.index for e in epochs}
    log = (folder / "attacked.bin").read_bytes()
    answered = answers(log)
    before, after = json.loads((folder / "attack.json").read_text())["notes"]
    seconds = cost["lasted_us"] / 1e6
    words = ("Traceback", "Error", "died", "no life")
    return Load(
        hours=hours,
        epochs=len(epochs),
        lost_epochs=len(lost),
        gaps=sum(event.kind == records.GAP for event in journal.of(records.EVENT)),
        underruns=cost["underruns"],
        asked=len(asked),
        answered=sum(number in answered for number in asked),
        pulls=sum(whole[3] == 0 for _, whole in messages(log, BROKEN)),
        pulled_bytes=sum(len(whole) - 4 for _, whole in messages(log, BROKEN)),
        slowest_ms=max(answered[n] - at_ms for n, at_ms in asked.items() if n in answered),
        sounding=float(read_emitted(folder / "emitted").run_counts.sum()) / RATE_HZ / seconds,
        wakeups_per_s=cost["wakes"] / seconds,
        busy_pct=100 * sum(cost["charged_us"].values()) / cost["lasted_us"],
        grown_bytes=after["alive_bytes"] - before["alive_bytes"],
        told=tuple(line for line in said if any(word in line for word in words)),
    )
