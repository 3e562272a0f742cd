"""What boot.py finds, keeps and leaves to others, line by line."""

import pytest
from changed_puck import change
from sleepsync.simulate import run_puck


def run(folder, **options):
    """What is printed by a puck that may start anew five times."""
    said = []
    run_puck(folder, say=said.append, restarts=5, **options)
    return said


def boots(said):
    return [line for line in said if line.startswith("boot ")]


def test_the_slot_goes_before_whatever_else_lies_there(bed):
    """Somebody may have put a module of the same name into /lib."""
    change(bed, {"boot.py": ("print(_words(start))", "print(sys.path)")})
    assert "['/application', '/application/lib', '', '.frozen', '/lib']" in run(bed)


@pytest.mark.parametrize(("after_s", "bad"), [(29, True), (33, False)])
def test_a_start_has_gone_well_after_half_a_minute(bed, after_s, bad):
    for _ in range(3):
        run(bed, reset_us=after_s * 1_000_000)
    assert ("safe mode" in boots(run(bed))[0]) == bad


def test_a_start_that_goes_well_twice_is_written_once(at_the_table):
    lines = """
boot.start.good()
before = simulated.flash.operations
boot.start.good()
result = [simulated.flash.operations - before, boot.start.bad, boot.Start().bad]
"""
    assert at_the_table(lines) == [0, 0, 0]


def test_a_reset_that_somebody_asked_for_is_no_crash(at_the_table):
    lines = """
import sys
for cause in (1, 2, 5):
    table.reset_cause = cause
    del sys.modules["boot"]
    import boot
result = boot.start.crashes()
"""
    assert at_the_table(lines) == []


@pytest.mark.parametrize("pulled_up", ["()", "(pins.BUTTON,)"])
@pytest.mark.parametrize("who", ["boot._button_is_held()", "essentials.pulled_up(pins.BUTTON)"])
def test_the_button_is_asked_with_the_pull_up_that_its_pin_needs(at_the_table, who, pulled_up):
    """One inside the chip, unless there is a resistor: some pins have none inside."""
    lines = f"""
import machine
from hw import essentials
asked = []
class Pin(machine.Pin):
    def __init__(self, *words):
        asked.append(words)
        super().__init__(*words)
machine.Pin = essentials.Pin = Pin
pins.EXTERNAL_PULL_UPS = {pulled_up}
{who}
result = [list(asked[0]) + [None], pins.BUTTON]
"""
    words, button = at_the_table(lines)
    assert words[:3] == [button, 1, 2 if pulled_up == "()" else None]
