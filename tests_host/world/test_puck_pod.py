"""The whole puck with one thing wrong in its pod: what is well stays as it was."""

import pytest
from sleepsync.paths import records
from sleepsync.simulate import run_puck
from whole_puck import START, in_the_vm, lend, read


def test_a_pod_that_is_away_for_a_moment_costs_no_sample(run_in, short):
    """90 ms, at all phases of a block: the puck asks again before a FIFO is full."""
    events, misses = in_the_vm(
        run_in,
        short,
        START
        + """
pod = table.chips[pins.POD_BUS]
whole = dict(pod)
def leave():
    pod.clear()
    clock.at(clock.us + 90000, lambda: pod.update(whole))
for i in range(60):
    clock.at(10000000 + i * 977000, leave)
puck.open()
missed = []
misses = puck.pod.misses
def noted():
    missed.append(misses())
    return missed[-1]
puck.pod.misses = noted
go_on(90)
result = [told(records.PULSE) + told(records.MOTION), sum(missed)]
""",
    )
    assert events == []
    assert misses >= 5  # drains did meet an empty bus


@pytest.mark.parametrize("part", ["pulse", "motion", "light", "climate", "clock", "haptic"])
def test_a_held_bus_is_the_part_s_own(run_in, short, part):
    levels = in_the_vm(
        run_in,
        short,
        "from hw.board import Board\nBoard()\n"
        f"parts.harm({part!r}, 'stuck_for_ever')\n"
        "result = [table.net(gpio).level for gpio in (pins.POD_SDA, pins.BEDSIDE_SDA)]",
    )
    assert levels == ([0, 1] if part in ("pulse", "motion") else [1, 0])


def test_a_dead_interrupt_line_costs_samples_and_not_the_sensor(run_in, short):
    """Both are torn after 5 s: the pod is drained by the clock, and its gaps are marked."""
    flags, events = in_the_vm(
        run_in,
        short,
        START
        + """
def tear():
    for gpio in (pins.PULSE_INTERRUPT, pins.MOTION_INTERRUPT):
        table.net(gpio).listener = None
clock.at(5000000, tear)
puck.open()
go_on(95)
epochs = [kind.unpack(r) for kind, r in puck.journal.replay() if kind is records.EPOCH]
result = [[epoch.flags for epoch in epochs], told(records.PULSE)]
""",
    )
    assert len(flags) == 3
    for flag in flags:
        assert not flag & (records.NO_PULSE_SENSOR | records.NO_MOTION_SENSOR)
        assert flag & records.LOST_SAMPLES
    assert set(events) == {records.GAP}


@pytest.fixture(scope="module")
def healthy(short_world, tmp_path_factory):
    """The epochs of a night without a fault."""
    folder = lend(short_world, tmp_path_factory.mktemp("healthy"))
    run_puck(folder)
    return read(folder)[0]


@pytest.mark.parametrize("fault", ["absent:65:185", "nack:65", "noise:65:185"])
def test_a_fault_of_the_pulse_sensor_leaves_motion_as_it_was(short, healthy, fault):
    run_puck(short, fault=f"pulse:{fault}")
    epochs = read(short)[0]
    assert len(epochs) == len(healthy)
    assert max(epoch.counts for epoch in healthy) > 0
    for epoch, well in zip(epochs, healthy, strict=True):
        assert not epoch.flags & records.NO_MOTION_SENSOR
        assert epoch.counts == pytest.approx(well.counts, rel=0.1, abs=2)
        assert epoch.flags & records.MOVING == (records.MOVING if epoch.counts >= 10 else 0)


@pytest.mark.parametrize("fault", ["absent:65:185", "nack:65", "frozen:65:185"])
def test_a_fault_of_the_motion_sensor_leaves_the_pulse_as_it_was(short, healthy, fault):
    run_puck(short, fault=f"motion:{fault}")
    epochs = read(short)[0]
    assert len(epochs) == len(healthy)
    assert sum(epoch.rate_dbpm > 0 for epoch in healthy) > len(healthy) // 2
    for epoch, well in zip(epochs, healthy, strict=True):
        assert not epoch.flags & records.NO_PULSE_SENSOR
        assert heard(epoch) == pytest.approx(heard(well), abs=8)
        if well.rate_dbpm:  # who is not known to move needs less to be believed
            assert epoch.rate_dbpm == pytest.approx(well.rate_dbpm, abs=20)


def heard(epoch):
    """The quality before two thirds were taken for moving."""
    return epoch.quality * 1.5 if epoch.flags & records.MOVING else epoch.quality


def test_after_a_fault_the_sensor_s_own_epochs_are_as_they_would_have_been(short, healthy):
    """Gone from 65 s to 185 s: epochs 2 to 6 know it, the others do not."""
    run_puck(short, fault="pulse:absent:65:185,motion:absent:65:185")
    epochs = read(short)[0]
    flags = records.NO_PULSE_SENSOR | records.NO_MOTION_SENSOR | records.LOST_SAMPLES
    marked = [epoch.index for epoch in epochs if epoch.flags & flags]
    assert {2, 3, 4, 5, 6} <= set(marked) <= {2, 3, 4, 5, 6, 7}
    for epoch in (*epochs[:2], *epochs[8:]):
        well = healthy[epoch.index]
        assert heard(epoch) == pytest.approx(heard(well), abs=8)
        if not (epoch.flags | well.flags) & records.MOVING:
            assert epoch.rate_dbpm == pytest.approx(well.rate_dbpm, abs=20)
    counts = [sum(e.counts for e in night[8:]) for night in (epochs, healthy)]
    assert counts[0] == pytest.approx(counts[1], rel=0.1)  # windows of 15 s begin elsewhere now


ROOM = records.NO_LIGHT | records.NO_CLIMATE | records.NO_SOUND


def test_missing_is_asked_for_by_name_and_costs_only_that(short):
    said = []
    run_puck(short, say=said.append, missing="light,clock")
    found = next(line for line in said if line.startswith("found: "))
    assert found == (
        "found: pulse sensor, motion sensor, climate sensor, microphone, haptic driver"
    )
    epochs, events = read(short)
    assert {epoch.flags & ROOM for epoch in epochs} == {records.NO_LIGHT}
    missing = [event.part for event in events if event.kind == records.PART_MISSING]
    assert sorted(missing) == [records.LIGHT_SENSOR, records.CLOCK]
