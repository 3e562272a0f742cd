"""What an epoch of the pod says of itself: gaps, movement, light out of range, nobody there."""

import pytest
from faulty_pod import START
from sleepsync.paths import records

PULSE, MOTION = records.PULSE, records.MOTION
EITHER = pytest.mark.parametrize(("name", "part"), [("pulse", PULSE), ("motion", MOTION)])


@pytest.mark.parametrize("away", ["overflow", "absent"])
def test_a_turn_that_nobody_saw_is_no_movement(run_in, away):
    """The pod lies on another side when its samples come again."""
    counts = run_in(
        START
        + """
fault = harm("motion", "absent") if away == "absent" else None
if fault:
    hear(5000)
for i in range(1024):
    gravity.buffer[3 * i] = 8192
    gravity.buffer[3 * i + 2] = 0
if fault:
    fault.set(False)
    pod.start()
else:
    time.sleep_ms(3000)
close()
hear(30000)
result = close().counts
""",
        away=away,
    )
    assert counts == 0


@EITHER
def test_an_overflow_begins_a_new_time_base(run_in, name, part):
    """The period stays as it was measured, and the time of the newest sample is right at once.

    What the pulse sensor's full FIFO kept is old, so there it is the block after that.
    """
    told, before_us, after_us, late_ms = run_in(
        START
        + """
hear(60000)
sense = pod.pulse if name == "pulse" else pod.motion
before_us = sense.clock.period_us
harm(name, "absent")
time.sleep_ms(6000)
table.connect(pins.POD_BUS, chips[name].ADDRESS, chips[name])
close()
hear(400, 200)
late_ms = clock.us // 1000 - sense.clock.time_ms
hear(5000)
result = [told, before_us, sense.clock.period_us, late_ms]
""",
        name=name,
    )
    assert [records.GAP, part] in told
    assert after_us == pytest.approx(before_us, rel=0.005)
    assert 0 <= late_ms <= 60


# A minute of 5 Hz along x, in place of the ten seconds that stand still.
SHAKING = """
import math
frames = 7000
gravity.buffer = array("h", (0, 0, 8192) * frames)
for i in range(frames):
    gravity.buffer[3 * i] = round(amplitude * math.sin(2 * math.pi * 5 * i / 100))
gravity.position_q16 = lambda us: us * 100 * 65536 // 1000000
hear(30000)
close()
hear(30000)
epoch = close()
result = [epoch.flags & records.MOVING, epoch.counts]
"""


@pytest.mark.parametrize(("amplitude", "moves"), [(0, False), (4000, True)])
def test_shaking_is_told_by_its_flag(run_in, amplitude, moves):
    flag, counts = run_in(START + SHAKING, amplitude=amplitude)
    assert flag == (records.MOVING if moves else 0)
    assert (counts >= 10) is moves


def test_light_that_swings_too_far_is_told_by_its_flag_in_its_epoch_only(run_in):
    flags = run_in(
        START
        + """
hear(30000)
flags = [close().flags]
for level in (450000, 30000, 450000):
    for i in range(1024):
        light.buffer[3 * i + 1] = level
    hear(1000)
flags.append(close().flags)
hear(20000)
close()
hear(20000)
result = [flag & records.CLIPPED for flag in flags + [close().flags]]
"""
    )
    assert flags == [0, records.CLIPPED, 0]


@pytest.mark.parametrize(("dark_s", "off"), [(12, 0), (18, records.OFF_BODY)])
def test_most_of_an_epoch_off_the_finger_is_off(run_in, dark_s, off):
    assert (
        run_in(
            START
            + """
hear(5000)
close()
kept = array("i", light.buffer)
for i in range(len(light.buffer)):
    light.buffer[i] //= 100
hear(dark_s * 1000)
for i in range(len(light.buffer)):
    light.buffer[i] = kept[i]
hear(30000 - dark_s * 1000)
result = close().flags & records.OFF_BODY
""",
            dark_s=dark_s,
        )
        == off
    )


@EITHER
def test_half_an_epoch_of_a_sensor_is_said_to_be_half(run_in, name, part):
    """Gone after 15 s: there is a gap; in the next epoch there is no sensor, and so no gap."""
    flags = run_in(
        START
        + """
hear(15000)
harm(name, "absent")
hear(15000)
flags = [close().flags]
hear(30000)
result = [flag & records.LOST_SAMPLES for flag in flags + [close().flags]]
""",
        name=name,
    )
    assert flags == [records.LOST_SAMPLES, 0]


def test_no_heartbeat_reaches_across_an_overflow(run_in):
    """The pulse hears of the gap once: after the samples that a full FIFO kept."""
    assert run_in(
        START
        + """
heard = []
gap, block = pod.pulse.gap, pod.pulse.block
def noted_gap(length=0):
    heard.append("gap")
    gap(length)
def noted_block(light, n):
    heard.append("block")
    block(light, n)
pod.pulse.gap, pod.pulse.block = noted_gap, noted_block
hear(1000)
time.sleep_ms(3000)
hear(1000)
result = heard
"""
    ) == ["block", "block", "block", "gap", "block"]


def test_gaps_are_told_once_an_epoch_and_part(run_in):
    """A puck that is late at every drain must not fill the journal."""
    assert (
        run_in(
            START
            + """
for epoch in range(2):
    for _ in range(10):
        clock.charge("flash", 900000)
        hear(500)
    close()
result = [kind for kind, part in told].count(records.GAP)
"""
        )
        == 4
    )


def test_lamps_that_flicker_on_a_table_are_no_fault(run_in):
    """120 Hz, seen at 50 Hz: it turns at nearly every sample, but nobody wears the pod."""
    told, flags = run_in(
        START
        + """
for i in range(0, len(light.buffer), 3):
    light.buffer[i] = light.buffer[i + 1] = 3000 + (900 if i // 3 % 4 < 2 else -900)
hear(30000)
close()
hear(30000)
result = [told, close().flags & (records.NO_PULSE_SENSOR | records.OFF_BODY)]
"""
    )
    assert (told, flags) == ([], 4)
