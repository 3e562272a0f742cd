"""Taking any guard out of the governor makes a promise fail: so the oracle can see them all.

A third of the mutants in `make test`; all of them with SLEEPSYNC_MUTANTS=all.
"""

import os

import fight_oracle
import pytest
from fight import Arena
from fight_mutants import MUTANTS, firmware_with
from sleepsync.build import build

_EVERY = 1 if os.environ.get("SLEEPSYNC_MUTANTS") == "all" else 3


@pytest.fixture(scope="module")
def arena():
    with Arena() as it:
        yield it


@pytest.mark.parametrize("mutant", MUTANTS[::_EVERY], ids=lambda mutant: mutant.name)
def test_without_a_guard_a_promise_fails(arena, mutant, tmp_path):
    moves = list(mutant.moves)
    assert fight_oracle.faults(arena.fight(moves)) == []
    build("unix")
    with Arena(firmware_with(mutant.changes, tmp_path)) as unguarded:
        story = unguarded.fight(moves)
        assert fight_oracle.faults(story), "no fault:\n" + story.told()


def test_there_are_mutants_enough():
    names = [mutant.name for mutant in MUTANTS]
    assert len(set(names)) == len(names) >= 30
