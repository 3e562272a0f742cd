"""Gestures: random presses against the words of the table, and buttons that nobody presses.

The reference here is written from docs/button.md, as a regular expression over presses.
"""

import itertools
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sleepsync.paths import records
from sleepsync.vm import Worker

SHORT, DOUBLE, LONG, HOLD, THRICE = 1, 2, 3, 4, 5
TICKS_MS = 1 << 30
BOUNCE_MS = 6  # of hw/sim/chips/button.py
LATE_MS = 5 + 20  # a look at the button, and its settling
TICK_MS = 1  # times are whole milliseconds


@pytest.fixture(scope="module")
def vm():
    """A VM of this file's own: its clock and its wires have seen nothing else."""
    with Worker() as own:
        yield own


# The reference. A press is (went down, came up), in ms.

WORDS = re.compile("(?P<double>s<.)|(?P<short>s)|(?P<long>l)|(?P<hold>h)|(?P<thrice>-[<~]-[<~]-)")


def letter(held_ms):
    """Of a press: short, half-hearted, long or hold."""
    return "s" if held_ms < 600 else "-" if held_ms < 2000 else "l" if held_ms < 6000 else "h"


def spelled(presses):
    """A letter for each press, and `<` after it where the next is soon, `~` where it is near."""
    downs = [down for down, _ in presses[1:]] + [float("inf")]
    return "".join(
        letter(up - down) + ("<" if again - up < 400 else "~" if again - up < 1000 else " ")
        for (down, up), again in zip(presses, downs, strict=True)
    )


def meant(presses):
    """[[gesture, when it is certain]] of the presses, by the table's words."""
    found = []
    for match in WORDS.finditer(spelled(presses)):
        (down, up), second = presses[match.start() // 2], presses[match.end() // 2 :]
        found.append(
            {
                "double": lambda up=up, second=second: [DOUBLE, second[0][0]],
                "short": lambda up=up: [SHORT, up + 400],
                "long": lambda up=up: [LONG, up],
                "hold": lambda down=down: [HOLD, down + 6000],
                "thrice": lambda match=match: [THRICE, presses[match.end() // 2][1]],
            }[match.lastgroup]()
        )
    return found


@pytest.mark.parametrize(
    ("presses", "gestures"),
    [
        ([(0, 599)], [[SHORT, 999]]),
        ([(0, 600)], []),
        ([(0, 1999)], []),
        ([(0, 2000)], [[LONG, 2000]]),
        ([(0, 5999)], [[LONG, 5999]]),
        ([(0, 6000)], [[HOLD, 6000]]),
        ([(0, 9000)], [[HOLD, 6000]]),
        ([(0, 100), (499, 600)], [[DOUBLE, 499]]),
        ([(0, 100), (500, 600)], [[SHORT, 500], [SHORT, 1000]]),
        ([(0, 100), (200, 9000)], [[DOUBLE, 200]]),
        ([(0, 100), (200, 300), (400, 500)], [[DOUBLE, 200], [SHORT, 900]]),
        ([(0, 100), (200, 300), (400, 500), (600, 700)], [[DOUBLE, 200], [DOUBLE, 600]]),
        ([(0, 700), (800, 900)], [[SHORT, 1300]]),
        ([(0, 3000), (3100, 3200)], [[LONG, 3000], [SHORT, 3600]]),
        ([(0, 7000), (7100, 7200), (7300, 7400)], [[HOLD, 6000], [DOUBLE, 7300]]),
        ([(0, 600), (1599, 2199), (3198, 5197)], [[THRICE, 5197]]),
        ([(0, 600), (1600, 2200), (3199, 3799)], []),
        ([(0, 600), (1599, 2199), (3198, 3797)], [[SHORT, 4197]]),
        ([(0, 600), (1599, 2199), (3198, 5198)], [[LONG, 5198]]),
        ([(0, 700), (1000, 1700), (2000, 2700), (3000, 3700)], [[THRICE, 2700]]),
        ([(0, 700), (1000, 1700), (2000, 2100), (2600, 3300)], [[SHORT, 2500]]),
        ([(0, 100), (300, 1000), (1100, 1800), (1900, 2600)], [[DOUBLE, 300]]),
    ],
)
def test_the_reference_reads_the_table_as_a_person_does(vm, presses, gestures):
    assert meant(presses) == gestures
    assert stepped(vm, presses) == gestures


# The step alone, to the millisecond.

STEP = """
from firmware.bedside.gestures import Gestures

gestures = Gestures()
result = []
now_ms = 0
for is_down, span_ms in levels:
    for _ in range(span_ms):
        found = gestures.step(is_down, (start_ms + now_ms) % (1 << 30))
        if found:
            result.append([found, now_ms])
        now_ms += 1
result.append(gestures.is_busy())
"""


def stepped(vm, presses, start_ms=0):
    """[[gesture, when]] of the step that is asked every millisecond, until all is over."""
    at_ms, levels = 0, []
    for down, up in presses:
        levels += [[False, down - at_ms], [True, up - down]]
        at_ms = up
    given_names = {"levels": [*levels, [False, 1100]], "start_ms": start_ms % TICKS_MS}
    *found, is_busy = vm.call("snippet:run", STEP, given_names)
    assert not is_busy
    return found


def near(*limits_ms):
    """Spans of any kind, and often at a limit or beside it."""
    beside = [limit + by for limit in limits_ms for by in (-1, 0, 1)]
    return st.one_of(st.sampled_from(beside), st.integers(1, limits_ms[-1] + limits_ms[-1] // 2))


def laid_out(spans):
    """Presses one after the other of [(up before it, down)]."""
    ends = list(itertools.accumulate(ms for pair in spans for ms in pair))
    return list(zip(ends[::2], ends[1::2], strict=True))


SLOW = st.lists(st.tuples(near(400, 1000), near(600, 2000)), min_size=1, max_size=8)
SPANS = st.lists(st.tuples(near(400, 1000), near(600, 2000, 6000)), min_size=1, max_size=6) | SLOW


@settings(max_examples=150, deadline=None)
@given(spans=SPANS, before_ms=st.integers(-1000, 20000))
def test_every_gesture_at_its_first_millisecond_whatever_the_ticks(vm, spans, before_ms):
    presses = laid_out(spans)
    found = stepped(vm, presses, TICKS_MS - before_ms)
    assert found == meant(presses)
    assert no_press_is_used_twice(found, presses)


def no_press_is_used_twice(found, presses, late_ms=0):
    """Each gesture has presses of its own: the last that went down before it was told, and of a
    double the one before that, of a thrice the two before that.
    """
    used = []
    for gesture, at_ms in found:
        begun = [i for i, (down, _) in enumerate(presses) if down < at_ms + (gesture == DOUBLE)]
        used += begun[-takes(gesture) :]
    return len(used) == len(set(used)) == sum(takes(gesture) for gesture, _ in found)


def takes(gesture):
    """How many presses it is made of."""
    return {DOUBLE: 2, THRICE: 3}.get(gesture, 1)


# The whole chain: contacts that bounce and flicker, the driver, the service.

PUCK = """
import builtins
import time
from button import Button
from chips.button import press
from clock import clock
from firmware.bedside.press import Presses
from machine import Pin
from table import table

net = table.net(14)
line = Pin(14, Pin.IN, Pin.PULL_UP)
told, found, waits, woken, said = [], [], [], [], []
builtins.print = lambda *words: said.append(words[0])

def now_ms():
    return (clock.us - start_us) // 1000

def begin(at_us, level=1):
    global start_us, presses
    start_us = clock.us = at_us
    net.drive(level)
    line.irq(lambda pin: woken.append(pin), Pin.IRQ_FALLING)
    presses = Presses(
        Button(line), lambda *event: told.append(event), lambda g: found.append([g, now_ms()])
    )

def look_until(ms):
    # As the app does: when it is asked to, or at the next edge down.
    while now_ms() < ms:
        waits.append(presses.poll(time.ticks_ms()))
        if waits[-1]:
            time.sleep_ms(waits[-1])
        else:
            while not woken and now_ms() < ms:
                clock.doze(1000 * (ms - now_ms()))
            del woken[:]

def flicker(at_ms, level, ms):
    clock.at(start_us + 1000 * at_ms, lambda: net.drive(level))
    clock.at(start_us + 1000 * (at_ms + ms), lambda: net.drive(1 - level))

def push(at_ms, held_ms, seed):
    press(net, start_us + 1000 * at_ms, 1000 * held_ms, seed)
"""

CHAIN = (
    PUCK
    + """
begin(begin_us)
for i, (down_ms, up_ms) in enumerate(spans):
    push(down_ms, up_ms - down_ms, seed + 7919 * i)
for at_ms, level, ms in flickers:
    flicker(at_ms, level, ms)
look_until(end_ms)
result = [found, waits]
"""
)
EDGE_MS = 15  # nobody can tell on which side of a limit a press lies that bounces at it
STILL_MS = 40  # a level that surely settles, bounce and all


def between(*limits_ms):
    """Spans that lie clear of the limits."""
    pairs = itertools.pairwise(limits_ms)
    return st.one_of([st.integers(a + EDGE_MS, b - EDGE_MS) for a, b in pairs])


@st.composite
def chains(draw):
    """(presses, flickers of the contacts in between): see `flicker`."""
    ups = between(STILL_MS, 400, 1000, 1500)
    downs = between(STILL_MS, 600, 2000, 6000, 9000) | between(600, 2000)
    presses = laid_out(draw(st.lists(st.tuples(ups, downs), min_size=1, max_size=5)))
    edges = [0, *(ms for pair in presses for ms in pair), presses[-1][1] + 900]
    flickers = []
    for i, (begin_ms, end_ms) in enumerate(itertools.pairwise(edges)):
        if end_ms - begin_ms > 3 * STILL_MS and draw(st.booleans()):
            at_ms = draw(st.integers(begin_ms + STILL_MS, end_ms - 2 * STILL_MS))
            flickers.append([at_ms, i % 2, draw(st.integers(1, 14))])
    return presses, flickers


@settings(max_examples=200, deadline=None)
@given(
    chain=chains(),
    seed=st.integers(0, 1 << 30),
    begin_us=st.one_of(
        st.integers(0, 10**9), st.integers(-5 * 10**6, 0).map(lambda us: TICKS_MS * 1000 + us)
    ),
)
def test_bouncing_presses_are_the_gestures_of_the_table_in_time(vm, chain, seed, begin_us):
    presses, flickers = chain
    end_ms = presses[-1][1] + 1100
    given_names = {
        **{"spans": [list(pair) for pair in presses], "flickers": flickers},
        **{"seed": seed, "begin_us": begin_us, "end_ms": end_ms},
    }
    found, waits = vm.call("snippet:run", CHAIN, given_names)
    expected = meant(presses)
    assert [gesture for gesture, _ in found] == [gesture for gesture, _ in expected]
    for (_, at_ms), (_, true_ms) in zip(found, expected, strict=True):
        assert -TICK_MS <= at_ms - true_ms <= BOUNCE_MS + LATE_MS + TICK_MS
    assert no_press_is_used_twice(found, presses)
    assert set(waits) == {0, 5}
    assert waits[-1] == 0


def test_a_flicker_just_when_a_short_would_be_certain_is_waited_for(run_in):
    """At 400 ms it is not known yet what has begun: the flicker is none, the press is a double."""
    flickered, pressed = run_in(
        PUCK
        + """
result = []
for is_press in (False, True):
    begin(clock.us + 1000000)
    del found[:]
    push(100, 100, 0)
    flicker(590, 0, 100 if is_press else 14)
    look_until(2000)
    result.append(found[:])
"""
    )
    ((gesture, at_ms),) = flickered
    assert gesture == SHORT
    assert 604 <= at_ms <= 612
    assert [gesture for gesture, _ in pressed] == [DOUBLE]


def test_a_release_that_settles_after_six_seconds_is_no_hold(run_in):
    """It came up at 5.99 s: so it is a long press, though at 6 s it had not settled."""
    found = run_in(
        PUCK + "begin(clock.us)\nflicker(100, 0, 5990)\nlook_until(7000)\nresult = found"
    )
    assert [gesture for gesture, _ in found] == [LONG]


def test_it_is_busy_while_a_gesture_may_come_and_only_then(run_in):
    """Before: no. Down, up again after a tap, and while it bounces: yes. After a double: no."""
    assert run_in(
        PUCK
        + """
begin(clock.us)
push(100, 100, 0)
push(1000, 3000, 0)
push(5000, 100, 0)
push(5300, 1000, 0)
push(7000, 8000, 0)
result = []
for ms in (50, 102, 150, 350, 800, 2000, 4100, 5100, 5500, 6500, 12000, 14000, 16000):
    look_until(ms)
    result.append(presses.is_busy())
"""
    ) == [
        *(False, True, True, True, False),
        *(True, False),
        *(True, False, False),
        *(True, False, False),
    ]


def test_it_is_busy_between_slow_presses_and_after_one_for_a_second(run_in):
    """So that no write hides the next; after the third there is nothing more to wait for."""
    found, busy = run_in(
        PUCK
        + """
begin(clock.us)
push(100, 700, 0)
push(3000, 700, 0); push(4600, 700, 0); push(6200, 700, 0)
busy = []
for ms in (900, 1700, 1900, 3800, 4500, 5400, 6100, 6950):
    look_until(ms)
    busy.append(presses.is_busy())
result = [found, busy]
"""
    )
    assert [gesture for gesture, _ in found] == [THRICE]
    assert found[0][1] == pytest.approx(6900, abs=BOUNCE_MS + LATE_MS)
    assert busy == [*(True, True, False), *(True, True, True, True), False]


def test_a_stuck_button_holds_once_and_its_release_is_nothing(run_in):
    found, busy, told = run_in(
        PUCK
        + """
begin(clock.us)
flicker(1000, 0, 90000)
look_until(80000)
busy = presses.is_busy()
look_until(100000)
push(101000, 100, 0)
look_until(103000)
result = [found, busy, told]
"""
    )
    assert [gesture for gesture, _ in found] == [HOLD, SHORT]
    assert not busy
    assert [event[0] for event in told] == [
        *(records.PART_MISSING, records.PART_BACK, records.PRESSED)
    ]


def test_a_wet_button_makes_no_gesture_until_a_press_has_mended_it(run_in):
    """Half-hearted presses that lie apart are none, so that none is told of them before they are
    too many.
    """
    found, wet_busy, told = run_in(
        PUCK
        + """
begin(clock.us)
for i in range(20):
    push(1000 + 1800 * i, 700, i)
look_until(37000)
push(37000, 100, 0); push(37300, 100, 0); push(38000, 3000, 0); push(42000, 7000, 0)
push(50000, 100, 0)
wet_busy = []
for ms in (50002, 50080, 50102, 50300):
    look_until(ms)
    wet_busy.append(presses.is_busy())
for ms in (130000, 191000, 192000):
    push(ms, 100, 0)
look_until(194000)
result = [found, wet_busy, told]
"""
    )
    assert [event[0] for event in told] == [
        *[records.PRESSED] * 12,
        *(records.PART_MISSING, records.PART_BACK, records.PRESSED),
    ]
    assert wet_busy == [False] * 4
    ((gesture, at_ms),) = found
    assert gesture == SHORT
    assert at_ms == pytest.approx(192500, abs=BOUNCE_MS + LATE_MS)


@pytest.mark.parametrize("held_ms", [100, 3000])
def test_the_press_that_proves_it_wet_is_no_gesture(run_in, held_ms):
    assert (
        run_in(
            PUCK
            + """
begin(clock.us)
for i in range(12):
    push(1000 + 1750 * i, 700, i)
push(1000 + 1750 * 12, held_ms, 0)
look_until(27000)
result = found
""",
            held_ms=held_ms,
        )
        == []
    )


def test_a_button_that_is_down_from_the_start_means_nothing_until_it_has_been_up(run_in):
    """At power-up boot.py has understood it; after a restart it is the rest of a gesture."""
    found, busy = run_in(
        PUCK
        + """
begin(clock.us, 0)
clock.at(clock.us + 9000000, lambda: net.drive(1))
look_until(5000)
busy = presses.is_busy()
push(9200, 100, 0)
look_until(11000)
result = [found, busy]
"""
    )
    assert [gesture for gesture, _ in found] == [SHORT]
    assert not busy


def test_presses_are_counted_by_the_minute_across_the_wrap_of_the_ticks(run_in):
    """Eleven a minute for three minutes, around the wrap: a calm button, all of it believed."""
    found, told = run_in(
        PUCK
        + """
begin(((1 << 30) - 90000) * 1000)
for i in range(33):
    push(1000 + 5500 * i, 100, i)
look_until(190000)
result = [len(found), [event[0] for event in told]]
"""
    )
    assert found == 33
    assert told == [records.PRESSED] * 33
