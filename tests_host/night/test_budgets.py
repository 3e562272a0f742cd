"""Code and heap: what the puck has room for."""

from sleepsync.bench import night as bench
from sleepsync.bench.heap import heap32
from sleepsync.build import build, code_bytes


def test_the_code_keeps_to_its_budgets():
    rooms = code_bytes(build("xtensawin"))
    for room, budget in bench.CODE_BUDGET_BYTES.items():
        assert 0 < rooms[room] <= budget
    assert sum(rooms.values()) <= 160 * 1024


def test_the_hot_path_allocates_nothing_in_a_32_bit_vm():
    heap = heap32(blocks=150)
    assert heap["blocks"] == 150
    assert heap["allocated_bytes"] == 0
    assert 4096 < heap["in_use_bytes"] <= 96 * 1024
