"""The pod's finer words of a body: why there is no pulse, what is left out, oxygen's trend."""

import numpy as np
import pytest
from lit_pod import LOOPED, dips_ppm

GIVEN = {"dips_ppm": dips_ppm()}
WEAK, SHAKEN, MOVING, OFF_BODY = 512, 1024, 16, 4

CLOSED = """
finger()
put_pod(light)
hear(10000)
close()
"""


def in_vm(run_in, source, **given):
    return run_in(LOOPED + CLOSED + source, **GIVEN, **given)


def test_an_epoch_tells_all_it_knows(run_in):
    """A pulse that never varies: its variability is none that a sleeper has, and is not said."""
    epoch = in_vm(run_in, "hear(30000)\nresult = list(close())")
    flags, quality, rate_dbpm = epoch[1:4]
    rmssd_dms, breaths_dpm, _, ratio_pct = epoch[7:11]
    assert flags & (WEAK | SHAKEN | OFF_BODY) == 0
    assert quality >= 90
    assert abs(rate_dbpm - 660) <= 10
    assert (rmssd_dms, breaths_dpm) == (0, 0)
    assert ratio_pct == pytest.approx(50, abs=8)  # the red light swings half as far


def test_a_pulse_that_is_too_faint_is_called_weak(run_in):
    flags, _, rate_dbpm = in_vm(
        run_in,
        """
finger(pulses=0)
hear(5000)
close()
hear(30000)
found = close()
result = [found.flags, found.quality, found.rate_dbpm]
""",
    )
    assert flags & (WEAK | MOVING | OFF_BODY) == WEAK
    assert rate_dbpm == 0


def test_nobody_there_is_not_called_weak(run_in):
    flags = in_vm(run_in, "desk()\nhear(5000)\nclose()\nhear(30000)\nresult = close().flags")
    assert flags & (WEAK | OFF_BODY) == OFF_BODY


SHAKE = """
felt, block = [], pod.motion.block
def feel(x, y, z, n):
    felt.append(clock.us // 1000)
    block(x, y, z, n)
pod.motion.block = feel
hear(10000, step_ms)
begin_ms = clock.us // 1000
pod.disturb(begin_ms, 10000)
hear(20000, step_ms)
shaken = close()
hear(30000, step_ms)
after = close()
result = [[[e.flags, e.quality, e.rate_dbpm] for e in (shaken, after)],
          [ms - begin_ms for ms in felt], intervals()]
"""
INTERVALS = """
def intervals():
    ring = pod.pulse.rhythm.ring
    return [ring[at] for at in range(1, len(ring), 5) if ring[at]]
"""
BEAT_Q8 = 12_800 * 10 / 11  # 66 /min in 1/256 samples


@pytest.mark.parametrize("step_ms", [330, 630])
def test_what_the_puck_shakes_is_left_out(run_in, step_ms):
    """Ten seconds of thirty: no interval is believed in them, the others are, and it is told.

    Blocks of 32 samples are longer than what the detector lags.
    """
    (shaken, after), felt_ms, intervals = in_vm(run_in, INTERVALS + SHAKE, step_ms=step_ms)
    assert not [ms for ms in felt_ms if 0 < ms <= 10_000]
    assert len([ms for ms in felt_ms if ms > 10_000]) > 30
    assert max(abs(q8 - BEAT_Q8) for q8 in intervals) < 0.05 * BEAT_Q8
    assert shaken[0] & SHAKEN
    assert shaken[1] == pytest.approx(64, abs=8)
    assert abs(shaken[2] - 660) <= 10
    assert not after[0] & SHAKEN
    assert after[1] >= 90


@pytest.mark.parametrize("late_ms", [700, 800, 940, 1100])
def test_no_interval_reaches_across_an_overflow(run_in, late_ms):
    """The FIFO keeps the oldest 32 samples: what is lost lies after the block that was drained."""
    intervals = in_vm(
        run_in,
        INTERVALS
        + """
for _ in range(12):
    hear(6000)
    clock.charge("flash", late_ms * 1000)
    hear(1000)
result = [intervals(), len([1 for kind, _ in told if kind == records.GAP])]
""",
        late_ms=late_ms,
    )
    assert intervals[1] >= 1
    assert len(intervals[0]) > 40
    assert max(abs(q8 - BEAT_Q8) for q8 in intervals[0]) < 0.05 * BEAT_Q8


def test_nothing_has_been_shaken_when_the_night_begins(run_in):
    """A fast sensor's first block comes before its time."""
    source = LOOPED + "finger()\nput_pod(light, 100000)\nhear(3000)\nresult = close().flags"
    assert not run_in(source, **GIVEN) & SHAKEN


def test_perfusion_is_of_the_finger_s_light_not_of_the_desk_s(run_in):
    worn, left = in_vm(
        run_in,
        """
hear(30000)
worn = close().perfusion_pm
hear(20000)
desk()
hear(10000)
result = [worn, close().perfusion_pm]
""",
    )
    assert worn == pytest.approx(10, abs=3)
    assert left == pytest.approx(worn, abs=3)


def test_a_jolt_is_no_oxygen(run_in):
    """Two thirds of a second at 0.4 of the light: the ratio stays that of the beats."""
    still, jolted = in_vm(
        run_in,
        """
hear(30000)
still = close().oxygen_ratio_pct
hear(14100)
time.sleep_ms(130)
finger(0.4)
hear(500)
finger()
hear(15400)
result = [still, close().oxygen_ratio_pct]
""",
    )
    assert jolted == pytest.approx(still, abs=6)


MOTION = """
from firmware.senses.motion import Motion
from firmware.senses.sampling import SampleClock
from array import array
motion = Motion(SampleClock(20000))
x, still = array("i", [0] * 25), array("i", [0] * 25)
result = []
for skip in (False, True):
    motion.begin_epoch()
    for block in range(60):
        for i in range(25):
            x[i] = 700 if i % 6 < 3 else -700
        if skip:
            motion.skip(25)
        else:
            motion.block(x, still, still, 25)
    result.append([motion.counts(), motion.samples])
"""


def test_skipped_motion_counts_nothing_and_is_no_missing_sensor(run_in):
    shaken, skipped = run_in(MOTION)
    assert shaken[0] > 50
    assert shaken[1] == skipped[1] == 1500
    assert skipped[0] == 0


MOVES = """
result = []
for counts in (0, 50):
    pod.motion.counts = lambda: counts
    hear(30000)
    found = close()
    result.append([found.flags, found.quality, found.rate_dbpm])
"""


def test_of_a_moving_sleeper_two_thirds_of_the_quality_count(run_in):
    still, moving = in_vm(run_in, MOVES)
    assert not still[0] & MOVING
    assert moving[0] & MOVING
    assert moving[1] == pytest.approx(still[1] * 2 / 3, abs=2)
    assert moving[2] > 0


TAKEN_OFF = """
hear(20000)
pod.pulse.rhythm.look_now()
before = pod.pulse.rhythm.rate_dbpm
hear(phase_ms, step_ms=100)
desk()
since, rates = 0, []
while since < 30000:
    hear(500, step_ms=100)
    since += 500
    pod.pulse.rhythm.look_now()
    rates.append(pod.pulse.rhythm.rate_dbpm)
result = [before, rates]
"""


@pytest.mark.parametrize("phase_ms", [0, 300, 600, 900])
def test_a_pod_pulled_off_in_mid_beat_has_no_rate_ten_seconds_later(run_in, phase_ms):
    """The LEDs' look finds nobody in two seconds, and what was before is forgotten then."""
    before, rates = in_vm(run_in, TAKEN_OFF, phase_ms=phase_ms)
    assert abs(before - 660) <= 10
    assert [i for i, rate in enumerate(rates) if rate] in ([], [0], [0, 1], [0, 1, 2])


LIVE = """
import puck_lines
hear(20000)
worn = puck_lines._pulse(pod)
desk()
hear(12000)
left = puck_lines._pulse(pod)
finger()
hear(11000)
result = [worn, left, puck_lines._pulse(pod)]
"""


def test_the_live_word_knows_who_is_there_now(run_in):
    """Most of the epoch so far nobody was, and yet a finger that is back has its rate."""
    worn, left, back = in_vm(run_in, LIVE)
    assert left == "unknown: nothing in front of the sensor"
    assert worn.startswith("66") or worn.startswith("65.9")
    assert back.startswith("66") or back.startswith("65.9")


@pytest.mark.parametrize("ambient", [0, 300, 40_000, 300_000])
def test_a_desk_has_no_rate(run_in, ambient):
    source = (
        LOOPED + "desk(ambient)\nput_pod(light)\n" + TAKEN_OFF.replace("desk()", "desk(ambient)")
    )
    before, rates = run_in(source, **GIVEN, phase_ms=0, ambient=ambient)
    assert (before, max(rates)) == (0, 0)


OXYGEN = """
from array import array
from firmware.senses.pulse import Oxygen
oxygen = Oxygen()
for at in range(0, len(red) - 16, 17):
    oxygen.block(array("i", red[at:at + 17]), array("i", infrared[at:at + 17]), 17)
result = oxygen.ratio_pct()
"""


def of_ratio(ratio, red=90_000, infrared=130_000, swing=0.02):
    t_s = np.arange(1500) / 50
    wave = np.sin(2 * np.pi * 1.1 * t_s) + 0.4 * np.sin(4.4 * np.pi * t_s)
    lights = red * (1 + ratio * swing * wave), infrared * (1 + swing * wave)
    return {
        name: np.rint(light).astype(int).tolist()
        for name, light in zip(("red", "infrared"), lights, strict=True)
    }


@pytest.mark.parametrize("ratio", [0.3, 0.5, 0.8, 1.2, 2.0])
def test_the_ratio_of_ratios_is_found_whatever_the_lights(run_in, ratio):
    """Within 3 %: it does not depend on how bright either light is."""
    for lights in ({}, {"red": 40_000}, {"infrared": 250_000, "swing": 0.005}):
        assert run_in(OXYGEN, **of_ratio(ratio, **lights)) == pytest.approx(
            100 * ratio, rel=0.03, abs=1
        )


def test_no_light_has_no_ratio(run_in):
    assert run_in(OXYGEN, red=[0] * 1500, infrared=[0] * 1500) == 0
    assert run_in(OXYGEN, red=[90_000] * 1500, infrared=[130_000] * 1500) == 0
