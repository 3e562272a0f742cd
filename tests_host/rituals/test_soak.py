"""Three nights of the soak that `make bench AREA=rituals` has thirty of, and that its judge sees
what must not be.
"""

import pytest
from changed_puck import change
from sleepsync.bench.given_off import LIGHT, SOUND, TOUCH
from sleepsync.bench.soak import NIGHTS, Soak
from sleepsync.bench.soak_plan import STOP, plan

# With a power cut over the alarm's time, with faults of parts and resets, and with a nap.
SAMPLE = (8, 21, 12)
SHORT = 21


@pytest.mark.parametrize("number", SAMPLE)
def test_a_night_of_it(number):
    with Soak() as puck:
        night = puck.night(plan(number))
    assert night.problems == ()
    assert night.rung == len(night.plan.dues) > 0
    assert night.dead == 0


BREAKS = {
    "an alarm that nobody asks for": (
        {"firmware/rituals/rituals.py": ("self.waking, self.night", "self.night")},
        "nothing rings",
    ),
    "a task that dies": (
        {"firmware/senses/room.py": ("    def look(self", "    def look(self, nothing")},
        "it says: task room died",
    ),
}


@pytest.mark.parametrize("broken", BREAKS)
def test_the_judge_sees(broken):
    changes, seen = BREAKS[broken]
    with Soak() as puck:
        change(puck.folder, changes)
        night = puck.night(plan(SHORT))
    assert any(seen in problem for problem in night.problems), night.problems


def test_a_plan_comes_from_its_number_alone():
    assert [plan(number) for number in range(NIGHTS)] == [plan(number) for number in range(NIGHTS)]


@pytest.mark.parametrize("number", range(200))
def test_hands_are_not_where_the_puck_is_away(number):
    its = plan(number)
    for at_s, _ in its.presses:
        assert not any(leg.until_s - 20 < at_s < leg.back_s + 20 for leg in its.legs)


@pytest.mark.parametrize("number", range(200))
def test_every_alarm_can_ring_and_is_ended_by_a_hand(number):
    its = plan(number)
    assert its.dues
    ends = [at_s for at_s, held_ms in its.presses if held_ms == STOP]
    assert its.dues[-1].to_s in ends
    for due in its.dues:
        assert due.lanes
        assert set(due.lanes) <= {LIGHT, SOUND, TOUCH}
        assert due.at_s + due.spare_s < due.to_s < its.length_s - 600


def test_the_nights_have_everything_that_befalls_a_puck():
    told = " ".join(kind for number in range(NIGHTS) for kind in plan(number).kinds)
    for kind in (
        "power cut: before",
        "power cut: over",
        "power cut: lost",
        "reset",
        "nap",
        "two alarms",
        "a row of another day",
        "flash nearly full",
        "a press in the night",
        "off",
        "by a word",
        "by the button",
    ):
        assert kind in told
    assert len({plan(number).who for number in range(NIGHTS)}) > 5
