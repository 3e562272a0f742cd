"""Button and switch: presses counted once, held times, a button that sticks."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sleepsync.paths import records
from sleepsync.vm import Worker

TABLE = """
import time
from button import Button
from clock import clock
from machine import Pin
from switch import Switch
from table import table
from chips.button import press

net = table.net(14)
net.drive(1)
button = Button(Pin(14, Pin.IN, Pin.PULL_UP))

def poll(ms, step_ms=10):
    found = []
    end = clock.us + ms * 1000
    while clock.us < end:
        time.sleep_ms(step_ms)
        held_ms = button.poll(time.ticks_ms())
        if held_ms:
            found.append(held_ms)
    return found
"""


@pytest.fixture(scope="module")
def table():
    """A VM of this file's own: its clock and its wires have seen nothing else."""
    with Worker() as vm:
        yield vm


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 1 << 30),
    held_ms=st.integers(60, 3000),
    step_ms=st.sampled_from([1, 7, 10, 20, 50]),
)
def test_a_bouncing_press_is_one_press_of_its_length(table, seed, held_ms, step_ms):
    source = TABLE + (
        "press(net, clock.us + 100000, held_ms * 1000, seed)\nresult = poll(held_ms + 400, step_ms)"
    )
    given_names = {"seed": seed, "held_ms": held_ms, "step_ms": step_ms}
    found = table.call("snippet:run", source, given_names)
    assert len(found) == 1
    assert found[0] == pytest.approx(held_ms, abs=step_ms + 8)


def test_bounce_is_really_there(run_in):
    edges = run_in(
        TABLE
        + """
edges = []
net.listener = edges.append
for seed in range(20):
    press(net, clock.us + 1000, 100000, seed * 7919)
    time.sleep_ms(300)
result = [len(edges), edges[-1]]
"""
    )
    assert edges[0] > 80
    assert edges[1] == 1


@pytest.mark.parametrize("glitch_us", [200, 5000, 15000])
def test_a_glitch_is_no_press(run_in, glitch_us):
    assert (
        run_in(
            TABLE
            + """
clock.at(clock.us + 50000, lambda: net.drive(0))
clock.at(clock.us + 50000 + glitch_us, lambda: net.drive(1))
result = poll(300, 1)
""",
            glitch_us=glitch_us,
        )
        == []
    )


def test_nothing_is_said_while_it_is_held_and_each_press_once(run_in):
    assert run_in(
        TABLE
        + """
net.drive(0)
held = poll(2000)
net.drive(1)
first = poll(200)
net.drive(0)
poll(500)
net.drive(1)
result = [held, first, poll(2000)]
"""
    ) == [[], [2000], [500]]


def test_a_button_held_at_power_up_counts_from_there(run_in):
    found = run_in(TABLE + "net.drive(0)\npoll(700)\nnet.drive(1)\nresult = poll(100)")
    assert len(found) == 1
    assert found[0] == pytest.approx(700, abs=20)


def test_a_stuck_button_is_told_after_a_minute_until_it_is_free(run_in):
    result = run_in(
        TABLE
        + """
net.drive(0)
poll(59900)
early = button.is_stuck(time.ticks_ms())
poll(200)
late = button.is_stuck(time.ticks_ms())
net.drive(1)
released = poll(100)
after = button.is_stuck(time.ticks_ms())
net.drive(0); poll(300); net.drive(1)
result = [early, late, released, after, poll(100)]
"""
    )
    assert result == [False, True, [60000], False, [300]]


def test_a_button_stuck_for_a_week_is_still_stuck(run_in):
    """Past 6.2 days a difference of ticks is negative, past 12.4 it begins anew."""
    assert run_in(
        TABLE
        + """
net.drive(0)
poll(61000)
result = []
for day in range(1, 15):
    clock.us += 86400 * 1000000
    button.poll(time.ticks_ms())
    result.append(button.is_stuck(time.ticks_ms()))
net.drive(1)
result = [all(result), poll(100)]
"""
    ) == [True, [60000]]


def test_a_press_across_the_wrap_of_the_ticks(run_in):
    assert run_in(
        TABLE
        + """
clock.us = ((1 << 30) - 300) * 1000
poll(50)
net.drive(0)
poll(1000)
net.drive(1)
result = poll(100)
"""
    ) == [1000]


@pytest.mark.parametrize("before_ms", [25, 20, 15, 10, 5, 0])
def test_an_edge_that_settles_across_the_wrap(run_in, before_ms):
    assert run_in(
        TABLE
        + """
clock.us = ((1 << 30) - before_ms) * 1000
net.drive(0)
poll(300)
net.drive(1)
result = poll(100)
""",
        before_ms=before_ms,
    ) in ([290], [300])


def test_who_only_polls_learns_at_the_end_that_it_was_stuck(run_in):
    """Released after ten days, when the difference of the ticks says something short."""
    assert run_in(
        TABLE
        + """
net.drive(0)
poll(61000)
for _ in range(60):
    clock.us += 4 * 3600 * 1000000
    button.poll(time.ticks_ms())
net.drive(1)
result = poll(100)
"""
    ) == [60000]


def test_a_switch_is_off_until_it_is_asked(run_in):
    assert run_in(
        TABLE
        + """
net = table.net(30)
net.drive(1)
switch = Switch(Pin(30, Pin.OUT))
seen = [[net.level, switch.is_on]]
for act in (switch.on, switch.on, switch.off, switch.off):
    act()
    seen.append([net.level, switch.is_on])
result = seen
"""
    ) == [[0, False], [1, True], [1, True], [0, False], [0, False]]


PRESSES = (
    TABLE
    + """
import builtins
from firmware.bedside.press import Presses
told, said = [], []
builtins.print = lambda *words: said.append(words[0])
presses = Presses(button, lambda *event: told.append(event), lambda number: None)

def look(ms):
    # Polls as often as it is asked to; in how many ms each time, up to the first 0.
    waits = []
    end = clock.us + ms * 1000
    while clock.us < end:
        waits.append(presses.poll(time.ticks_ms()))
        if not waits[-1]:
            break
        time.sleep_ms(waits[-1])
    return waits
"""
)


def test_a_press_is_told_by_its_length_and_then_nobody_polls(run_in):
    idle, waits, told = run_in(
        PRESSES
        + """
idle = look(1000)
net.drive(0)
waits = look(500)
net.drive(1)
result = [idle, waits + look(500), told]
"""
    )
    assert idle == [0]
    assert set(waits[:-1]) == {5}
    assert waits[-1] == 0
    assert told == [[records.PRESSED, records.BUTTON, 500]]


def test_a_glitch_is_watched_until_it_is_over(run_in):
    """It is down at the first look, up at the next: then it is left alone."""
    assert run_in(
        PRESSES
        + """
net.drive(0)
first = presses.poll(time.ticks_ms())
time.sleep_ms(first)
net.drive(1)
result = [first, presses.poll(time.ticks_ms()), told]
"""
    ) == [5, 0, []]


def test_a_stuck_button_is_told_once_looked_at_seldom_and_is_no_press(run_in):
    said, held, freed, told = run_in(
        PRESSES
        + """
net.drive(0)
held = look(90000)
net.drive(1)
freed = look(5000)
net.drive(0); look(300); net.drive(1); look(1000)
result = [said, held, freed, told]
"""
    )
    assert said == ["button: held for a minute; look whether something lies on it"]
    assert set(held) == {5, 1000}
    assert sum(wait == 1000 for wait in held) in (29, 30, 31)
    assert freed[-1] == 0
    assert [event[:2] for event in told] == [
        [records.PART_MISSING, records.BUTTON],
        [records.PART_BACK, records.BUTTON],
        [records.PRESSED, records.BUTTON],
    ]


def test_a_button_that_sticks_again_is_told_again(run_in):
    assert (
        run_in(
            PRESSES
            + """
for _ in range(2):
    net.drive(0); look(70000); net.drive(1); look(5000)
result = [event[0] for event in told]
"""
        )
        == [records.PART_MISSING, records.PART_BACK] * 2
    )


def test_a_wet_button_is_named_and_not_written_down_for_ever(run_in):
    """Eight presses a second for ten minutes: twelve are told, then nothing until it is calm."""
    wet, said, later = run_in(
        PRESSES
        + """
def chatter(seconds, wait_ms):
    for _ in range(seconds * 1000 // (120 + wait_ms)):
        net.drive(0); look(60); net.drive(1); look(60)
        time.sleep_ms(wait_ms)
chatter(600, 5)
wet = [event[0] for event in told]
time.sleep_ms(90000)
del told[:]
chatter(150, 24880)
result = [wet, said, [event[0] for event in told]]
"""
    )
    assert wet == [records.PRESSED] * 12 + [records.PART_MISSING]
    assert said == ["button: pressed without end; look whether it is wet"]
    assert later == [records.PART_BACK, records.PRESSED, records.PRESSED]
