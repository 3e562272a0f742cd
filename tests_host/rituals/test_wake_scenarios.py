"""Hypothesis against evening, night and waking: whatever people set, and whatever breaks.

More than the sample of `make test`: SLEEPSYNC_WAKES=1000 (then with new examples each time).
"""

import os

import pytest
import wake_moves
import wake_oracle
from fight import asked_for
from hypothesis import HealthCheck, given, settings
from wake import Bedroom

_SAMPLE = 25
_WAKES = "SLEEPSYNC_WAKES"


@pytest.fixture(scope="module")
def bedroom():
    with Bedroom() as it:
        yield it


@settings(
    max_examples=asked_for(_WAKES, _SAMPLE),
    derandomize=_WAKES not in os.environ,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(wake_moves.scenarios())
def test_no_night_breaks_a_promise(bedroom, moves):
    story = bedroom.fight(moves)
    faults = wake_oracle.faults(story)
    assert not faults, "\n".join([*faults, "", story.told()])
