"""Nights that once broke a promise: each as short as it could be made."""

import pytest
import wake_oracle
from fight_moves import WALL_S
from wake import Bedroom
from wake_moves import DAILY, MIN_MS, ONCE

_CLOCK = ("clock", WALL_S)
_MINUTE = ("wait", MIN_MS)
_HOUR_S = 3600
_MIDNIGHT_S = WALL_S // 86_400 * 86_400

_NIGHTS = {
    "a nap set before the time was known, and an alarm after it": (
        *(("clock", 0), ("nap", 50), _CLOCK, ("alarm", 0, 300, ONCE)),
        *(("wait", 52 * MIN_MS), _MINUTE),
    ),
    "a ring that is cleared, with another alarm to come": (
        *(_CLOCK, ("alarm", 1, 2, ONCE), ("alarm", 0, 37, ONCE), ("wait", 3 * MIN_MS)),
        *(("clear", 1), _MINUTE),
    ),
    "away for so long that one alarm is over, and another is not": (
        *(_CLOCK, ("alarm", 0, 60, ONCE), ("alarm", 1, 600, ONCE)),
        *(("cut", 15 * _HOUR_S, True), _MINUTE),
    ),
    "away for more than a day, with a daily alarm": (
        *(_CLOCK, ("alarm", 0, 60, DAILY), ("cut", 26 * _HOUR_S, True), _MINUTE),
    ),
    "a nap without a clock, which is set when another alarm comes sooner": (
        *(("alarm", 0, 9, DAILY), ("nap", 50), ("clock", _MIDNIGHT_S - 120), ("wait", 20 * MIN_MS)),
    ),
}


@pytest.fixture(scope="module")
def bedroom():
    with Bedroom() as it:
        yield it


@pytest.mark.parametrize("name", _NIGHTS)
def test_it_is_mended(bedroom, name):
    story = bedroom.fight(list(_NIGHTS[name]))
    assert not wake_oracle.faults(story), story.told()
