"""The ring of WS2812B lights: colours, timing, supply."""

import pytest

TABLE = """
import time
import machine
from clock import clock
from machine import Pin
from table import table
from chips.ws2812 import WS2812 as Lights
from ws2812 import WS2812

DATA, SUPPLY, N = 48, 47, 12
lights = Lights(table.net(DATA), table.net(SUPPLY), N)
ring = WS2812(Pin(DATA), Pin(SUPPLY), N)
def seen():
    return [list(light) for light in lights.shown()]
"""
ON = TABLE + "ring.on()\n"
DARK = [[0, 0, 0]] * 12


def test_colours_come_out_red_green_blue(run_in):
    shown = run_in(
        ON
        + """
ring.write(bytes(range(36)))
time.sleep_ms(1)
result = seen()
"""
    )
    assert shown == [[3 * i + 1, 3 * i, 3 * i + 2] for i in range(12)]


def test_it_is_dark_until_it_is_on_and_dark_when_it_comes_on(run_in):
    before, refused, after, level = run_in(
        TABLE
        + """
before = [table.net(SUPPLY).level, seen()]
ring.write(b"\\xff" * 36)
refused = len(lights.history)
ring.on()
time.sleep_ms(1)
result = [before, refused, seen(), table.net(SUPPLY).level]
"""
    )
    assert before == [0, DARK]
    assert refused == 1
    assert (after, level) == (DARK, 1)


def test_off_is_dark_at_once_and_nothing_comes_back(run_in):
    result = run_in(
        ON
        + """
ring.write(b"\\x40" * 36)
time.sleep_ms(1)
lit = seen()
ring.off()
result = [lit, seen(), table.net(SUPPLY).level, table.net(DATA).level]
ring.on()
time.sleep_ms(1)
result.append(seen())
"""
    )
    assert result == [[[64, 64, 64]] * 12, DARK, 0, 0, DARK]


def test_a_frame_shows_when_the_line_has_been_low_for_280_us(run_in):
    result = run_in(
        ON
        + """
time.sleep_ms(5)
ring.write(b"\\x10" * 36)
sent = clock.us
result = [[list(lights.shown(sent + us)[0]) for us in (0, 279, 280)], lights.history[-1][0] - sent]
"""
    )
    assert result == [[[0, 0, 0], [0, 0, 0], [16, 16, 16]], 280]


def test_frames_in_a_row_do_not_run_into_each_other(run_in):
    """The driver leaves the line low between them; without that, the second is no frame."""
    history, without = run_in(
        ON
        + """
for level in (1, 2, 3):
    ring.write(bytes([level]) * 36)
time.sleep_ms(1)
history = [list(frame[0]) for _, frame in lights.history]
for level in (4, 5):
    machine.bitstream(Pin(DATA), 0, (400, 850, 800, 450), bytes([level]) * 36)
time.sleep_ms(1)
result = [history, seen()[0]]
"""
    )
    assert history == [[0, 0, 0], [1, 1, 1], [2, 2, 2], [3, 3, 3]]
    assert without == [4, 4, 4]


def test_a_light_costs_30_us_without_interrupts(run_in):
    us, charged_us, ran = run_in(
        ON
        + """
time.sleep_ms(5)
ran = []
clock.at(clock.us + 100, lambda: clock.scheduled.append((ran.append, 1)))
before, charged = clock.us, clock.charged_us["ring"]
ring.write(b"\\x55" * 36)
result = [clock.us - before, clock.charged_us["ring"] - charged, list(ran)]
"""
    )
    assert us == charged_us == 12 * 30
    assert ran == []


@pytest.mark.parametrize(
    ("timing_ns", "is_seen"),
    [
        ((400, 850, 800, 450), True),
        ((250, 850, 800, 450), True),
        ((551, 850, 800, 450), False),
        ((400, 850, 800, 299), False),
        ((800, 450, 400, 850), False),
    ],
)
def test_bits_outside_the_datasheet_s_tolerance_are_not_understood(run_in, timing_ns, is_seen):
    lit, faults = run_in(
        ON
        + """
time.sleep_ms(5)
machine.bitstream(Pin(DATA), 0, tuple(timing_ns), b"\\x20" * 36)
time.sleep_ms(1)
result = [seen() != [[0, 0, 0]] * 12, lights.faults]
""",
        timing_ns=list(timing_ns),
    )
    assert (lit, faults) == (is_seen, 0 if is_seen else 1)


def test_a_frame_of_another_length_is_refused_by_name(run_in):
    assert (
        run_in(
            ON
            + """
try:
    ring.write(b"abc")
except ValueError as error:
    result = str(error)
"""
        )
        == "ring: 3 bytes, not 36"
    )


def test_another_encoding_is_refused(run_in):
    assert (
        run_in(
            ON
            + """
try:
    machine.bitstream(Pin(DATA), 1, (400, 850, 800, 450), b"abc")
except ValueError as error:
    result = str(error)
"""
        )
        == "no such encoding"
    )


def test_coming_on_sends_a_dark_frame(run_in):
    assert run_in(TABLE + "ring.on()\nresult = clock.charged_us['ring']") == 12 * 30


def test_lights_without_power_forget(run_in):
    """After a power cut a frame for one light leaves the others dark."""
    assert run_in(
        ON
        + """
ring.write(b"\x40" * 36)
time.sleep_ms(1)
ring.off()
table.net(SUPPLY).drive(1)
time.sleep_ms(1)
machine.bitstream(Pin(DATA), 0, (400, 850, 800, 450), b"\x20" * 3)
time.sleep_ms(1)
result = seen()
"""
    ) == [[32, 32, 32], *DARK[1:]]


def test_history_is_bounded(run_in):
    length, newest = run_in(
        ON
        + """
for i in range(5000):
    ring.write(bytes([i & 1 | 2]) * 36)
result = [len(lights.history), lights.history[-1][0] >= clock.us]
"""
    )
    assert (length, newest) == (4096, True)


def test_the_ticks_may_wrap(run_in):
    assert run_in(
        ON
        + """
clock.us = (1 << 30) - 500
ring.write(b"\\x01" * 36)
ring.write(b"\\x02" * 36)
time.sleep_ms(1)
result = [seen()[0], clock.us < (1 << 30) + 5000]
"""
    ) == [[2, 2, 2], True]
