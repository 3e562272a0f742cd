"""Hypothesis fights the gate: whatever is asked, and whatever breaks, the promises hold.

More than the sample of `make test`: SLEEPSYNC_FIGHTS=2000 (then with new examples each time).
"""

import os

import fight_moves
import fight_oracle
import pytest
from fight import Arena, asked_for
from hypothesis import HealthCheck, example, given, settings

_SAMPLE = 200
_FIGHTS = "SLEEPSYNC_FIGHTS"


# A chime takes over from an evening that swells, and must be softer.
SOFTER = [
    *(("consent", 3, 7, 0, 1), ("feel", 4), ("stage", 2), ("ask", 2, 4, 5)),
    *(("wait", 1), ("type", 2), ("wait", 115)),
]


@pytest.fixture(scope="module")
def arena():
    with Arena() as it:
        yield it


@settings(
    max_examples=asked_for(_FIGHTS, _SAMPLE),
    derandomize=_FIGHTS not in os.environ,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(fight_moves.scenarios())
@example(SOFTER)
def test_no_scenario_breaks_a_promise(arena, moves):
    story = arena.fight(moves)
    faults = fight_oracle.faults(story)
    assert not faults, "\n".join([*faults, "", story.told()])
