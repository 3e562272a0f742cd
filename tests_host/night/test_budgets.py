"""Code and heap: what the puck has room for."""

from sleepsync.bench.heap import heap
from sleepsync.boards import REFERENCE
from sleepsync.build import CODE_BYTES, CODE_BYTES_OF_ROOM, build, code_bytes, resident


def test_the_code_keeps_to_its_budgets():
    rooms = code_bytes(build(REFERENCE))
    assert rooms.keys() == CODE_BYTES_OF_ROOM.keys()
    assert [room for room, budget in CODE_BYTES_OF_ROOM.items() if rooms[room] > budget] == []
    assert min(rooms[room] for room in ("senses", "stages", "keep", "app")) > 0
    assert resident(rooms) <= CODE_BYTES == 160 * 1024


def test_the_hot_path_allocates_nothing():
    """In the 32-bit VM, whose small integers are the chip's, and with real kernels in the other."""
    small, desktop = heap(blocks=150)
    for counted in (small, desktop):
        assert counted["blocks"] == 150
        assert counted["allocated_bytes"] == 0
    assert 4096 < small["in_use_bytes"] <= 96 * 1024
