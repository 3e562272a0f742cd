"""The area `night`: one night from chips to journal, its cost and its accidents."""

import time
from array import array
from collections.abc import Iterator
from pathlib import Path

from sleepsync.bench.accidents import power_cuts, resets
from sleepsync.bench.accuracy import Accuracy, accuracy
from sleepsync.bench.figure import Figure
from sleepsync.bench.heap import heap
from sleepsync.boards import REFERENCE
from sleepsync.build import CODE_BYTES, CODE_BYTES_OF_ROOM, build, code_bytes, resident
from sleepsync.data import data_dir
from sleepsync.paths import ROOT, records
from sleepsync.simulate import journals, run_night
from sleepsync.vm import Worker
from sleepsync.world import Sleeper, from_slpdb, generate

SEED = 1
RECORDED = ("slp03", "slp02a", "slp37")
ACCIDENTS = 50
_HEAP_BLOCKS = 800
_CALLS = 5000


def figures() -> Iterator[Figure]:
    """Every figure of the spine; takes some minutes."""
    yield from _generated_night()
    for record in RECORDED:
        sleeper = from_slpdb(data_dir() / "slpdb" / record, SEED)
        yield from _accuracy(record, run(sleeper, record)[0])
    yield from _code()
    yield from _heap()
    yield from _accidents()
    yield Figure("night.worker_calls_per_s", _calls_per_s(), "1/s", ">=2000")


def run(sleeper: Sleeper, name: str) -> tuple[Path, dict]:
    """(folder, figures) of a night with its beats written down, in nights/bench."""
    folder = ROOT / "nights" / "bench" / name
    return folder, run_night(sleeper, folder, taps="beats")


def _generated_night():
    folder, cost = run(generate(SEED), "generated")
    seconds = cost["lasted_us"] / 1e6
    yield Figure("night.wall_s", cost["wall_s"], "s", "<=30")
    yield from _accuracy("generated", folder)
    yield Figure("night.journal_bytes", journals(folder)[-1].stat().st_size, "B", "<=40960")
    programmed = cost["flash_programmed_bytes"]
    yield Figure("night.flash_programmed_bytes", programmed, "B", "<=262144")
    yield Figure("night.wakeups_per_s", cost["wakes"] / seconds, "1/s", "<=10")
    kernel_s = cost["charged_us"]["kernel"] / 1e6
    yield Figure("night.kernel_cpu_pct", 100 * kernel_s / seconds, "%", "<=0.3")
    busy_s = sum(cost["charged_us"].values()) / 1e6
    yield Figure("night.busy_pct", 100 * busy_s / seconds, "%")


def _accuracy(name, folder):
    found: Accuracy = accuracy(folder)
    for figure, value, goal in (
        ("clean_epochs", found.clean, "-"),
        ("clean_answered", found.answered, "-"),
        ("rate_within_2bpm", found.rate_near, ">=95"),
        ("beats_within_20ms", found.beats_near, ">=95"),
        ("beats_false", found.beats_false, "-"),
    ):
        yield Figure(f"night.{figure}.{name}", 100 * value, "%", goal)


def _code():
    rooms = code_bytes(build(REFERENCE))
    for room, size in sorted(rooms.items()):
        yield Figure(f"night.code_bytes.{room}", size, "B", f"<={CODE_BYTES_OF_ROOM[room]}")
    yield Figure("night.code_bytes", resident(rooms), "B", f"<={CODE_BYTES}")


def _heap():
    small, desktop = heap(_HEAP_BLOCKS)
    yield Figure("night.alloc_per_block", small["worst_block_bytes"], "B", "=0")
    yield Figure("night.alloc_per_block.desktop", desktop["worst_block_bytes"], "B", "=0")
    yield Figure("night.data_peak_bytes", small["in_use_bytes"], "B", f"<={96 * 1024}")


def _accidents():
    for name, found, goal in (
        ("reset", list(resets(ACCIDENTS, SEED)), 1),
        ("power_cut", list(power_cuts(ACCIDENTS, SEED)), 300 // records.EPOCH_S),
    ):
        lost = max(aftermath.lost_epochs for aftermath in found)
        sound = sum(aftermath.intact and aftermath.goes_on for aftermath in found)
        yield Figure(f"night.{name}_epochs_lost", lost, "epochs", f"<={goal}")
        yield Figure(f"night.{name}_sound", sound, f"of_{ACCIDENTS}", f">={ACCIDENTS}")


def _calls_per_s():
    counts = array("i", [3, 0, 0, 12, 40, 0, 0, 0, 7, 1] * 2)
    with Worker() as worker:
        started = time.perf_counter()
        for i in range(_CALLS):
            worker.call("firmware.stages.features:activity_q8", counts, i % len(counts))
        return _CALLS / (time.perf_counter() - started)
