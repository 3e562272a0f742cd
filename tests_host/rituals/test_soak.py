"""Three nights of the soak that `make bench AREA=rituals` has thirty of, and that its judge sees
what must not be.
"""

from dataclasses import replace
from datetime import datetime

import pytest
from changed_puck import change
from sleepsync.bench.given_off import LIGHT, SOUND, TOUCH
from sleepsync.bench.soak import NIGHTS, Soak, judged, live
from sleepsync.bench.soak_faults import Fault
from sleepsync.bench.soak_night import Due, Leg, Plan
from sleepsync.bench.soak_plan import STOP, plan
from sleepsync.simulate import journals
from sleepsync.world import write_world

SAMPLE = (26,)  # with a power cut over the alarm's time and hardly any flash
SHORT = Plan(
    number=0,
    who="generated",
    hours=0.5,
    start=datetime(2026, 3, 15, 22),
    unplugged=False,
    lines=((5, "import puck"), (8, "puck.nap(10)")),
    presses=((650, STOP),),
    faults=(Fault("light", "absent", 300, 900),),
    legs=(Leg(200),),
    dues=(Due(608, 3, 650),),
)


@pytest.mark.parametrize("number", SAMPLE)
def test_a_night_of_it(number):
    with Soak() as puck:
        night = puck.night(plan(number))
    assert night.problems == ()
    assert night.rung == len(night.plan.dues) > 0
    assert night.dead == 0


def test_nothing_is_wrong_with_a_short_night():
    with Soak() as puck:
        assert puck.night(SHORT).problems == ()


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
        night = puck.night(SHORT)
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


NOT_AS_PLANNED = {
    "a ring too few": (replace(SHORT, dues=(*SHORT.dues, Due(1200, 3, 1250))), "nothing rings"),
    "a ring too many": (replace(SHORT, dues=()), "none is due"),
    "an end that nobody made": (replace(SHORT, dues=(Due(608, 3, 750),)), "it is over before"),
    "a start that is not planned": (replace(SHORT, legs=()), "it starts 2 times, not 1"),
    "a longer night": (replace(SHORT, hours=0.6), "epochs are missing"),
}


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    """The short night, ready to be judged by another plan."""
    folder = tmp_path_factory.mktemp("soak")
    write_world(SHORT.sleeper(), folder)
    said = []
    live(folder, SHORT, said)
    return folder, said


@pytest.mark.parametrize("plan_", NOT_AS_PLANNED)
def test_the_judge_sees_what_is_not_as_planned(lived, plan_):
    its, seen = NOT_AS_PLANNED[plan_]
    folder, said = lived
    problems = judged(folder, its, said, journals(folder)).problems
    assert any(seen in problem for problem in problems), problems
