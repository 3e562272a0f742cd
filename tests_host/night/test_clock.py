"""Virtual time: it moves only when something takes time, and everything takes its time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from simulated import POD_ON_THE_TABLE


def test_blocking_sleeps_advance_the_clock_and_nothing_else_does(run_in):
    result = run_in("""
import time
a = time.ticks_us()
for i in range(1000): pass
b = time.ticks_us()
time.sleep_us(7); time.sleep_ms(5); time.sleep(2)
result = [b - a, time.ticks_diff(time.ticks_us(), b)]
""")
    assert result == [0, 2_005_007]


def test_asyncio_sleeps_on_the_same_clock_in_order(run_in):
    """Sleepers wake by time, then by order of arrival; switches are charged."""
    result = run_in("""
import asyncio, time
seen = []
async def sleeper(name, ms):
    await asyncio.sleep_ms(ms)
    seen.append((name, time.ticks_ms()))
async def main():
    await asyncio.gather(sleeper("c", 500), sleeper("a", 20), sleeper("b", 20))
asyncio.run(main())
from clock import clock
result = [seen, clock.charged_us["switch"]]
""")
    seen, charged_us = result
    assert [name for name, _ in seen] == ["a", "b", "c"]
    assert [20 <= at < 25 for _, at in seen[:2]] == [True, True]
    assert 500 <= seen[2][1] < 505
    assert charged_us > 0 and charged_us % 300 == 0


def test_eight_hours_of_asyncio_are_eight_hours(run_in):
    assert run_in("""
import asyncio, time
async def main():
    for i in range(2880):
        await asyncio.sleep_ms(10000)
asyncio.run(main())
result = time.ticks_ms()
""") == pytest.approx(28_800_000, rel=1e-4)


def test_a_cancelled_task_leaves_its_sleep_at_once(run_in):
    assert run_in("""
import asyncio, time
seen = []
async def sleeper():
    try:
        await asyncio.sleep_ms(60000)
    except asyncio.CancelledError:
        seen.append(time.ticks_ms())
async def main():
    task = asyncio.create_task(sleeper())
    await asyncio.sleep_ms(100)
    task.cancel()
    await asyncio.sleep_ms(0)
    await asyncio.sleep_ms(0)
asyncio.run(main())
result = seen
""")[0] == pytest.approx(100, abs=2)


def test_a_puck_that_nothing_can_wake_says_so(run_in):
    message = run_in("""
import asyncio
async def main():
    await asyncio.Event().wait()
async def flag():
    await asyncio.ThreadSafeFlag().wait()
try:
    asyncio.run(flag())
except RuntimeError as error:
    result = str(error)
""")
    assert "nothing is left to wake it" in message


def test_ticks_wrap_as_on_the_chip(run_in):
    assert run_in("""
from clock import clock
import time
clock.us = ((1 << 30) - 5) * 1000
before = time.ticks_ms()
time.sleep_ms(10)
result = [before, time.ticks_ms(), time.ticks_diff(time.ticks_ms(), before)]
""") == [(1 << 30) - 5, 5, 10]


def test_the_puck_s_clock_counts_across_the_wrap(run_in):
    """firmware.clock is asked now and then for 30 days, over two wraps of ticks_ms."""
    assert (
        run_in("""
from clock import clock as sim
import time
from firmware.clock import Clock
puck = Clock(time)
for day in range(60):
    sim.us += 43200 * 1000000
    last = puck.now_ms()
result = last
""")
        == 30 * 86_400_000
    )


@given(st.integers(0, 3_000_000_000))
def test_the_calendar_is_that_of_the_year_2000(worker, seconds):
    from datetime import datetime, timedelta

    fields = worker.call("time:gmtime", seconds)
    at = datetime(2000, 1, 1) + timedelta(seconds=seconds)
    assert fields == [*at.timetuple()[:6], at.weekday(), at.timetuple().tm_yday]
    assert worker.call("time:mktime", fields) == seconds


def test_bus_bits_are_charged(run_in):
    """7 bytes from 7 registers: address, register, address again, 7 data; 9 bits each, 2 more."""
    assert run_in("""
from clock import clock
from table import table
class Chip:
    def read(self, reg, buf): pass
    def write(self, reg, data): pass
table.connect(0, 0x40, Chip())
from machine import I2C, Pin
bus = I2C(0, scl=Pin(1), sda=Pin(2), freq=400000)
bus.readfrom_mem_into(0x40, 0, bytearray(7))
read_us = clock.us
bus.writeto_mem(0x40, 0, bytearray(1))
try:
    bus.readfrom_mem_into(0x41, 0, bytearray(1))
except OSError as error:
    result = [read_us, clock.charged_us["bus"], error.errno]
""") == [230, 230 + 73 + 28, 19]


def test_flash_is_charged_by_page_and_sector(run_in):
    assert run_in("""
from clock import clock
from chips.norflash import NorFlash
flash = NorFlash(8)
flash.writeblocks(0, bytearray(300))
program_us = clock.us
flash.ioctl(6, 0)
result = [program_us, clock.us - program_us, clock.charged_us["flash"] == clock.us]
""") == [1400, 80_000, True]


def test_some_erases_are_slow(run_in):
    spent = run_in("""
from clock import clock
from chips.norflash import NorFlash
flash = NorFlash(1)
result = []
for i in range(512):
    before = clock.us
    flash.ioctl(6, 0)
    result.append(clock.us - before)
""")
    assert set(spent) == {80_000, 400_000}
    assert 2 <= spent.count(400_000) <= 24


def test_collections_are_charged(run_in):
    assert run_in("""
import collector
collector.install()
import gc
from clock import clock
gc.collect()
result = [clock.us, clock.charged_us["collect"]]
""") == [20_000, 20_000]


def test_kernels_are_charged(run_in):
    """An hour's samples through the band-pass take a share of the CPU, not nothing."""
    us = run_in("""
from array import array
import fixed_kernels, time
from clock import clock
x, state = array("i", [100] * 32), array("i", [0] * 5)
coefficients = array("i", [16384, 0, 0, 0, 0])
for i in range(1000):
    fixed_kernels.biquads(x, coefficients, state, 1, 32)
time.ticks_us()
result = clock.charged_us["kernel"]
""")
    per_sample = us * 240 / 32_000
    assert 60 < per_sample < 160  # published counts for such a section are about 100


def test_a_slow_flash_costs_samples_and_the_gap_is_marked(run_in):
    """The charges bite: a stop of 1.2 s overflows both FIFOs, and the drivers see it."""
    assert run_in(
        POD_ON_THE_TABLE
        + """
from hw.board import Board
from clock import clock
import time
board = Board()
board.start_pulse(); board.start_motion()
time.sleep_ms(300)
seen = [board.pulse_sensor.drain(), board.motion_sensor.drain()]
clock.charge("flash", 1200000)
seen += [board.pulse_sensor.drain(), board.motion_sensor.drain()]
result = [seen, board.pulse_sensor.lost, board.motion_sensor.overrun]
"""
    ) == [[15, 15, 32, 32], 28, True]
