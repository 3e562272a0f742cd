"""Taking any guard out of evening, night, waking or alarms breaks a promise that the oracle sees.

A third of the mutants in `make test`; all of them with SLEEPSYNC_MUTANTS=all.
"""

import os

import pytest
import wake_oracle
from fight_mutants import firmware_with
from sleepsync.build import build
from wake import Bedroom
from wake_mutants import MUTANTS

_EVERY = 1 if os.environ.get("SLEEPSYNC_MUTANTS") == "all" else 3


@pytest.fixture(scope="module")
def bedroom():
    with Bedroom() as it:
        yield it


@pytest.mark.parametrize("mutant", MUTANTS[::_EVERY], ids=lambda mutant: mutant.name)
def test_without_a_guard_a_night_breaks_a_promise(bedroom, mutant, tmp_path):
    moves = list(mutant.moves)
    assert wake_oracle.faults(bedroom.fight(moves)) == []
    build("unix")
    with Bedroom(firmware_with(mutant.changes, tmp_path)) as unguarded:
        story = unguarded.fight(moves)
        assert wake_oracle.faults(story), "no fault:\n" + story.told()


def test_there_are_mutants_enough_of_the_night():
    names = [mutant.name for mutant in MUTANTS]
    assert len(set(names)) == len(names) >= 20
