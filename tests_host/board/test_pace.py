"""Virtual time at the desktop's pace, for a puck before which somebody sits."""

import os
import subprocess
import time

import pytest
from sleepsync import vm

# Prints what came of lines run in a VM whose standard input is the test's.
PACED = """
import sys
import collector, scheduler
collector.install()
scheduler.install()
import asyncio
import utime
from clock import clock
from pace import Pace
from time import sleep_ms, ticks_ms
import select
def took_ms(action):
    begun = utime.ticks_ms()
    action()
    return utime.ticks_diff(utime.ticks_ms(), begun)
async def rest(ms):
    await asyncio.sleep_ms(ms)
async def key():
    return await asyncio.StreamReader(sys.stdin.buffer).read(1)
"""


@pytest.fixture
def paced(tmp_path):
    """Run lines; (what they print, how long they took)."""

    def run(lines, typed=b"", after_s=0.0):
        (tmp_path / "paced.py").write_text(PACED + lines)
        argv, env = vm.command(str(tmp_path / "paced.py"))
        pipe = subprocess.PIPE
        with subprocess.Popen(argv, env=env, stdin=pipe, stdout=pipe) as process:
            assert process.stdout.readline() == b"ready\n"
            time.sleep(after_s)
            os.write(process.stdin.fileno(), typed)
            said = process.stdout.read()
            assert process.wait(timeout=20) == 0
        return eval(said)

    return run


def test_a_sleep_takes_its_time(paced):
    lines = """
print('ready')
clock.pace = Pace()
ms = took_ms(lambda: sleep_ms(300))
print((ms, ticks_ms()))
"""
    ms, virtual_ms = paced(lines)
    assert 270 <= ms <= 2000
    assert virtual_ms == 300


def test_asyncio_waits_too_and_twenty_times_as_fast_if_asked(paced):
    lines = """
print('ready')
clock.pace = Pace(20)
ms = took_ms(lambda: asyncio.run(rest(6000)))
print((ms, ticks_ms()))
"""
    ms, virtual_ms = paced(lines)
    assert 260 <= ms <= 2000
    assert 6000 <= virtual_ms <= 6010


def test_without_a_pace_nothing_waits(paced):
    lines = """
print('ready')
ms = took_ms(lambda: asyncio.run(rest(3600000)))
print((ms, ticks_ms()))
"""
    ms, virtual_ms = paced(lines)
    assert ms < 1000
    assert 3600000 <= virtual_ms <= 3600010


def test_a_key_wakes_who_waits_for_it_long_before_the_next_event(paced):
    lines = """
clock.pace = Pace()
clock.at(60000000, lambda: None)
print('ready')
found = []
ms = took_ms(lambda: found.append(asyncio.run(key())))
print((found[0], ms, ticks_ms()))
"""
    key, ms, virtual_ms = paced(lines, b"k", after_s=0.3)
    assert key == b"k"
    assert 250 <= ms <= 2000
    assert virtual_ms == pytest.approx(ms, abs=60)


def test_a_key_that_nobody_waits_for_wakes_nobody(paced):
    """Nor does it when somebody has waited for the one before it."""
    lines = """
print('ready')
utime.sleep_ms(200)
clock.pace = Pace()
clock.at(60000000, lambda: None)
asyncio.run(key())
naps = []
nap = clock.pace.nap
def counted(now_us, us):
    naps.append(us)
    return nap(now_us, us)
clock.pace.nap = counted
ms = took_ms(lambda: asyncio.run(rest(400)))
print((ms, len(naps)))
"""
    ms, naps = paced(lines, b"kk")
    assert 350 <= ms <= 2000
    assert naps == 1


def test_time_stands_still_at_a_prompt(paced):
    lines = """
print('ready')
clock.pace = Pace()
sleep_ms(10)
utime.sleep_ms(900)  # the VM's REPL waits for a line
ms = took_ms(lambda: sleep_ms(200))
print((ms, ticks_ms()))
"""
    ms, virtual_ms = paced(lines)
    assert 170 <= ms <= 2000
    assert virtual_ms == 210


@pytest.mark.parametrize("speed", [1, 20])
def test_a_puck_that_is_a_little_late_catches_up(paced, speed):
    lines = f"""
print('ready')
clock.pace = Pace({speed})
sleep_ms(10)
utime.sleep_ms(200)
ms = took_ms(lambda: sleep_ms(300 * {speed}))
print((ms, ticks_ms()))
"""
    ms, virtual_ms = paced(lines)
    assert 80 <= ms <= 270
    assert virtual_ms == 10 + 300 * speed


def test_a_poll_with_a_pace_lasts_as_long_as_it_is_told(paced):
    """Whatever the hardware does meanwhile."""
    lines = """
print('ready')
clock.pace = Pace()
clock.at(50000, lambda: None)
poller = select.poll()
poller.register(sys.stdin.buffer, select.POLLIN)
ms = took_ms(lambda: poller.poll(300))
print((ms, ticks_ms()))
"""
    ms, virtual_ms = paced(lines)
    assert 270 <= ms <= 2000
    assert virtual_ms == 300


def test_a_night_without_a_pace_never_asks_the_keyboard(paced):
    """Keys are waiting, and are not even looked for."""
    lines = """
print('ready')
utime.sleep_ms(100)
clock.at(5000000, lambda: None)
async def waits():
    task = asyncio.create_task(key())
    await asyncio.sleep(10)
    return task.done()
poller = select.poll()
poller.register(sys.stdin.buffer, select.POLLIN)
print((asyncio.run(waits()), poller._ready()))
"""
    assert paced(lines, b"kkk") == (False, [])
