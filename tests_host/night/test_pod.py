"""The pod's two sensors together: gaps are marked, and one sensor's fault costs only itself."""

import pytest
from simulated import POD_ON_THE_TABLE

START = (
    POD_ON_THE_TABLE
    + """
import time
from firmware import records
from firmware.senses.pod import Pod
from firmware.parts import Sensor
board = wiring.Board()
told = []
def tell(kind, part, value):
    told.append([records.EVENTS[kind], records.PARTS[part], value])
pod = Pod(
    Sensor(records.PULSE, board.pulse_sensor, board.start_pulse, tell),
    Sensor(records.MOTION, board.motion_sensor, board.start_motion, tell),
    tell,
)
pod.start()
def hear(ms):
    for i in range(ms // 200):
        time.sleep_ms(200)
        pod.drain(clock.us // 1000)
def close():
    return records.EPOCH.tuple(0, *pod.close_epoch(), 0, 0, 0, 0, 0)
"""
)
LOST = 8


def test_a_gap_is_told_and_flagged_in_its_epoch_only(run_in):
    told, first, gap, after = run_in(
        START
        + """
hear(30000)
first = close().flags
hear(14600)
clock.charge("flash", 900000)
hear(14600)
gap = close().flags
hear(30000)
result = [told, first, gap, close().flags]
"""
    )
    assert [(kind, part) for kind, part, _ in told] == [
        ("gap", "pulse sensor"),
        ("gap", "motion sensor"),
    ]
    assert told[0][2] in range(20, 32)  # 0.9 s and the 0.2 s after it, less the FIFO's 0.64 s
    assert (first & LOST, gap & LOST, after & LOST) == (0, LOST, 0)


def test_an_epoch_that_was_heard_in_part_says_so(run_in):
    """The pulse sensor goes after 20 s, and is back for the last 5 s of the next epoch."""
    first, second, third = run_in(
        START
        + """
hear(20000)
chip = table.chips[pins.POD_BUS].pop(0x57)
hear(10000)
flags = [close().flags]
hear(25000)
table.chips[pins.POD_BUS][0x57] = chip
pod.start()
hear(5000)
flags.append(close().flags)
hear(30000)
result = flags + [close().flags]
"""
    )
    assert (first & LOST, second & LOST, third & LOST) == (LOST, LOST, 0)


def test_a_sensor_that_goes_and_comes_back_is_told_once_each(run_in):
    told, samples, flags = run_in(
        START
        + """
hear(1000)
chip = table.chips[pins.POD_BUS].pop(0x57)
hear(1000)
pod.start(); pod.start()
close()
hear(1000)
heard = [pod.pulse.samples, pod.motion.samples]
flags = close().flags
table.chips[pins.POD_BUS][0x57] = chip
pod.start()
hear(1000)
result = [told, heard + [pod.pulse.samples], flags]
"""
    )
    assert told == [["part_missing", "pulse sensor", 0], ["part_back", "pulse sensor", 0]]
    assert samples[0] == 0
    assert samples[1] > 40
    assert samples[2] > 40
    assert flags & 1


def test_the_pod_off_the_finger_is_not_worn(run_in):
    """A desk sends back a hundredth of what a finger does."""
    assert run_in(
        START
        + """
for i in range(len(light.buffer)):
    light.buffer[i] //= 100
hear(3000)
epoch = close()
result = [epoch.flags & records.OFF_BODY, epoch.rate_dbpm, epoch.quality]
"""
    ) == [4, 0, 0]


@pytest.mark.parametrize("factor", [0, 1000])
def test_no_light_and_too_much_of_it_are_no_fault(run_in, factor):
    """They stand still at the end of the scale, from the start and for a minute."""
    told, flags = run_in(
        START
        + """
for i in range(len(light.buffer)):
    light.buffer[i] *= factor
hear(30000)
close()
hear(30000)
result = [told, close().flags & (records.NO_PULSE_SENSOR | records.LOST_SAMPLES)]
""",
        factor=factor,
    )
    assert (told, flags) == ([], 0)


def test_sensors_sleep_when_the_night_ends(run_in):
    assert run_in(
        START
        + """
hear(1000)
pod.stop()
time.sleep_ms(1000)
result = [pulse_chip._regs[0x09] & 0x80, motion_chip._regs[0x20] >> 4, told]
"""
    ) == [0x80, 0, []]
