"""Code and heap: what the puck has room for."""

from sleepsync.bench import night as bench
from sleepsync.bench.heap import heap
from sleepsync.boards import REFERENCE
from sleepsync.build import build, code_bytes


def test_the_code_keeps_to_its_budgets():
    rooms = code_bytes(build(REFERENCE))
    for room, budget in bench.CODE_BUDGET_BYTES.items():
        assert 0 < rooms[room] <= budget
    assert sum(rooms.values()) <= 160 * 1024


def test_the_hot_path_allocates_nothing():
    """In the 32-bit VM, whose small integers are the chip's, and with real kernels in the other."""
    small, desktop = heap(blocks=150)
    for counted in (small, desktop):
        assert counted["blocks"] == 150
        assert counted["allocated_bytes"] == 0
    assert 4096 < small["in_use_bytes"] <= 96 * 1024
