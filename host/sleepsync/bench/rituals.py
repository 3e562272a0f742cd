"""The area `rituals`: alarms through all that may befall them, and thirty nights in a row."""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

from sleepsync.bench.alarm_cases import CASES
from sleepsync.bench.alarm_table import AlarmTable
from sleepsync.bench.figure import Figure
from sleepsync.bench.soak import NIGHTS, soaked

_PROCESSES = 2
_GROWTH_BYTES = 4096  # of objects twice as large as the chip's: docs/testing.md, "The soak"


def figures() -> Iterator[Figure]:
    """Every figure of the rituals; about twenty minutes."""
    with ProcessPoolExecutor(_PROCESSES) as pool:
        kept = sum(pool.map(_kept, range(_PROCESSES)))
    yield Figure("rituals.alarm_cases_kept", kept, "cases", f"={len(CASES)}")
    yield from _soak()


def _kept(part):
    """How many of every other case ring as they must."""
    with AlarmTable() as table:
        return sum(not table.outcome(case).problems for case in CASES[part::_PROCESSES])


def _soak():
    """Thirty nights: a puck of its own for each process."""
    each = NIGHTS // _PROCESSES
    parts = [range(first, first + each) for first in range(0, NIGHTS, each)]
    with ProcessPoolExecutor(_PROCESSES) as pool:
        nights = [night for found in pool.map(soaked, parts) for night in found]
    whole = sum(not night.problems for night in nights)
    yield Figure("rituals.soak_nights_kept", whole, "nights", f"={NIGHTS}")
    due = sum(len(night.plan.dues) for night in nights)
    yield Figure("rituals.soak_alarms_rung", sum(n.rung for n in nights), "rings", f"={due}")
    yield Figure("rituals.soak_tasks_dead", sum(n.dead for n in nights), "tasks", "=0")
    growth = max(night.growth for night in nights)
    yield Figure("rituals.soak_heap_growth", growth, "B", f"<={_GROWTH_BYTES}")
