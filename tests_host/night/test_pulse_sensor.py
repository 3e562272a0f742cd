"""The MAX30102: its driver against its registers."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulated import POD_ON_THE_TABLE

START = (
    POD_ON_THE_TABLE
    + """
import time
board = wiring.Board()
sensor = board.pulse_sensor
board.start_pulse()
def read(reg, n=1):
    buf = bytearray(n)
    pulse_chip.read(reg, buf)
    return list(buf)
"""
)


def test_counts_are_light_over_the_converter_s_step(run_in):
    """6 mA on 300,000 pA/mA against 4,096 nA / 2^18: 115,200 counts; the noise is small."""
    red, infrared = run_in(
        START
        + """
time.sleep_ms(500)
n = sensor.drain()
result = [list(sensor.red[:n]), list(sensor.infrared[:n])]
"""
    )
    assert len(red) == 25
    assert sum(red) / 25 == pytest.approx(6 * 300_000 / (4_096_000 / 2**18), rel=1e-3)
    assert sum(infrared) / 25 == pytest.approx(6 * 310_000 / (4_096_000 / 2**18), rel=1e-3)
    assert 1 < max(red) - min(red) < 40


def test_a_brighter_led_gives_more_counts_until_the_end(run_in):
    counts = run_in(
        START
        + """
result = []
for ma in (1, 2, 12, 50):
    sensor.start(ma)
    time.sleep_ms(300)
    sensor.drain()
    result.append(sensor.red[5])
"""
    )
    assert counts[1] == pytest.approx(2 * counts[0], rel=0.01)
    assert counts[2] == pytest.approx(12 * counts[0], rel=0.01)
    assert counts[3] == 0x3FFFF


def test_the_interrupt_comes_with_the_17th_sample_and_goes_when_read(run_in):
    assert run_in(
        START
        + """
time.sleep_us(17 * 20000 - 100 - clock.us % 20000)
levels = []
started = clock.us
while pulse_line.level:
    time.sleep_us(50)
    if clock.us - started > 100000: break
levels = [pulse_line.level, read(0x04, 3)]
n = sensor.drain()
result = levels + [pulse_line.level, n]
"""
    ) == [0, [17, 0, 0], 1, 17]


@settings(max_examples=25, deadline=None)
@given(
    waits_ms=st.lists(st.integers(0, 620), min_size=1, max_size=12),
    rate_ppm=st.integers(-40_000, 40_000),
)
def test_no_sample_is_lost_or_read_twice_while_the_fifo_does_not_fill(worker, waits_ms, rate_ppm):
    """Whatever the pauses below 32 samples: what is drained is what the chip has taken."""
    drained, taken, lost = worker.call(
        "snippet:run",
        START.replace("PulseChip(light, pulse_line)", "PulseChip(light, pulse_line, rate_ppm)")
        + """
drained = lost = 0
for wait_ms in waits_ms:
    time.sleep_ms(wait_ms * 97 // 100)
    drained += sensor.drain()
    lost += sensor.lost
pulse_chip._catch_up()
result = [drained + pulse_chip._unread, pulse_chip._taken, lost]
""",
        {"waits_ms": waits_ms, "rate_ppm": rate_ppm},
    )
    assert (drained, lost) == (taken, 0)


def test_a_full_fifo_keeps_the_oldest_and_counts_the_lost(run_in):
    """Without rollover 32 samples stay; the counter stops at 31."""
    assert run_in(
        START
        + """
time.sleep_ms(32 * 20 + 5 * 20 + 10)
first = [sensor.drain(), sensor.lost]
time.sleep_ms(5000)
result = [first, [sensor.drain(), sensor.lost], [sensor.drain(), sensor.lost]]
"""
    ) == [[32, 5], [32, 31], [0, 0]]


def test_with_rollover_the_newest_stay(run_in):
    """The last 32 of a ramp are read, in order, and the counter tells of those written over."""
    values, lost = run_in(
        START
        + """
pulse_chip.write(0x08, b"\\x5f")
clock_at = clock.us
for i in range(1024):
    light.buffer[i * 3] = i * 1000
pulse_chip.write(0x04, b"\\x00\\x00\\x00")
time.sleep_ms(32 * 20 + 8 * 20 + 5)
lost = read(0x05)[0]
raw = read(0x07, 6 * 32)
result = [[raw[i] << 16 | raw[i + 1] << 8 | raw[i + 2] for i in range(0, 192, 6)], lost]
"""
    )
    assert lost == 8
    steps = [b - a for a, b in pairwise(values)]
    assert all(step > 0 for step in steps), values


def test_the_true_rate_is_the_chip_s_own(run_in):
    """A chip that is 2 % fast gives 51 samples a second."""
    assert run_in(
        START.replace("PulseChip(light, pulse_line)", "PulseChip(light, pulse_line, 20000)")
        + """
total = 0
started_us = clock.us
for i in range(100):
    time.sleep_ms(200)
    total += sensor.drain()
result = total * 1000000 / (clock.us - started_us)
"""
    ) == pytest.approx(51, abs=0.1)


def test_errors_name_the_part_and_the_remedy(run_in):
    missing, other, retries = run_in(
        START
        + """
def error():
    try:
        board.start_pulse()
    except OSError as error:
        return str(error)
pulse_chip._regs[0xFF] = 0x11
other = error()
del table.chips[pins.POD_BUS][0x57]
before = sensor.regs.retries
missing = error()
result = [missing, other, sensor.regs.retries - before]
"""
    )
    assert missing == "pulse sensor: no answer at 0x57; check the pod's lead and its plug"
    assert "another chip answers: id 0x11, not 0x15" in other
    assert retries == 3


def test_one_lost_transfer_is_repeated(run_in):
    assert run_in(
        START
        + """
class Glitch:
    left = 1
    def read(self, reg, buf):
        if self.left:
            self.left -= 1
            raise OSError(116)
        pulse_chip.read(reg, buf)
table.chips[pins.POD_BUS][0x57] = Glitch()
time.sleep_ms(210)
result = [sensor.drain(), sensor.regs.retries]
"""
    ) == [10, 1]


def test_reset_and_shutdown_stop_the_samples(run_in):
    assert run_in(
        START
        + """
sensor.stop()
time.sleep_ms(500)
stopped = sensor.drain()
pulse_chip.write(0x09, b"\\x40")
result = [stopped, read(0x04, 3), read(0x0C), read(0xFF)]
"""
    ) == [0, [0, 0, 0], [0], [0x15]]
