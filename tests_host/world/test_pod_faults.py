"""The pod with a fault in one sensor: told as what it is, never believed, and back when it is."""

import pytest
from faulty_pod import START
from sleepsync.paths import records

PULSE, MOTION = records.PULSE, records.MOTION
MISSING, BACK = records.PART_MISSING, records.PART_BACK
EITHER = pytest.mark.parametrize(("name", "part"), [("pulse", PULSE), ("motion", MOTION)])


@EITHER
@pytest.mark.parametrize(
    ("kind", "seen"),
    [
        ("absent", "no answer at 0x"),
        ("frozen", "what it measures never changes; unplug the pod and plug it in again"),
        ("noise", "it measures nothing but noise; unplug the pod and plug it in again"),
    ],
)
def test_a_fault_is_told_once_and_nothing_of_it_is_believed(run_in, name, part, kind, seen):
    """However often the sensor is started meanwhile: an epoch of it is an epoch without."""
    told, said, flags = run_in(
        START
        + """
harm(name, kind)
for _ in range(5):
    hear(20000)
    pod.start()
close()
hear(20000)
pod.start()
hear(10000)
result = [told, said, close().flags]
""",
        name=name,
        kind=kind,
    )
    assert [event for event in told if event[0] != records.GAP] == [[MISSING, part]]
    assert said[0].startswith(f"{records.PARTS[part]}: {seen}")
    silent = records.NO_PULSE_SENSOR if name == "pulse" else records.NO_MOTION_SENSOR
    other = records.NO_MOTION_SENSOR if name == "pulse" else records.NO_PULSE_SENSOR
    assert flags & silent
    assert not flags & other


@EITHER
@pytest.mark.parametrize("kind", ["absent", "frozen", "noise"])
def test_what_is_well_again_is_told_and_believed(run_in, name, part, kind):
    told, flags = run_in(
        START
        + """
fault = harm(name, kind)
hear(90000)
fault.set(False)
for _ in range(3):
    pod.start()
    hear(10000)
close()
hear(30000)
result = [told, close().flags]
""",
        name=name,
        kind=kind,
    )
    assert [event for event in told if event[0] != records.GAP] == [[MISSING, part], [BACK, part]]
    assert not flags & (records.NO_PULSE_SENSOR | records.NO_MOTION_SENSOR | records.LOST_SAMPLES)


@EITHER
def test_a_sensor_that_lost_its_power_is_started_anew(run_in, name, part):
    """It answers, but its settings are gone: no samples come."""
    told, said, seconds, n = run_in(
        START
        + """
chips[name].power_up()
began_us = clock.us
while not told:
    hear(200, 200)
seconds = (clock.us - began_us) // 1000000
pod.start()
hear(2000)
close()
hear(2000)
sense = pod.pulse if name == "pulse" else pod.motion
result = [told, said, seconds, sense.samples]
""",
        name=name,
    )
    assert told == [[MISSING, part], [BACK, part]]
    assert said[0].startswith(f"{records.PARTS[part]}: it answers, but gives no samples")
    assert seconds == 3
    assert n > 80


@EITHER
def test_a_sensor_that_was_long_away_has_time_to_fill_its_fifo(run_in, name, part):
    """The silence before its start is not held against it."""
    told = run_in(
        START
        + """
fault = harm(name, "absent")
hear(20000)
fault.set(False)
pod.start()
for _ in range(20):
    pod.drain(clock.us // 1000)
    time.sleep_ms(20)
hear(2000)
result = told
""",
        name=name,
    )
    assert told == [[MISSING, part], [BACK, part]]


@EITHER
def test_a_miss_is_asked_again_soon_and_a_missing_sensor_is_not(run_in, name, part):
    """An interrupt line stays as it is while nobody drains: no edge comes to ask again."""
    seen = run_in(
        START
        + """
seen = [pod.misses()]
fault = harm(name, "absent")
for _ in range(4):
    pod.drain(clock.us // 1000)
    seen.append(pod.misses())
fault.set(False)
result = seen
""",
        name=name,
    )
    assert seen == [False, True, True, False, False]


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_one_axis_that_moves_is_life(run_in, axis):
    """One step of 4 mg in 40 s will do; the others have no noise at all, as in a chip that
    rounds it away.
    """
    told = run_in(
        START
        + """
drain = board.motion_sensor.drain
def quiet():
    n = drain()
    for i in range(n):
        for k, axis_mg in enumerate((board.motion_sensor.x, board.motion_sensor.y,
                board.motion_sensor.z)):
            axis_mg[i] = (clock.us // 40000000 % 2) * 4 if k == axis else 0
    return n
pod._drain_motion = quiet
hear(130000)
result = told
""",
        axis=axis,
    )
    assert told == []
