"""The whole puck and the hour: set by the clock chip, known after a power cut, never a jump."""

import shutil

import numpy as np
import pytest
from sleepsync.paths import records
from sleepsync.simulate import journals, run_puck
from whole_puck import START, in_the_vm, lend, read

CUT_S = 400  # after the first batch
BACK_S = 452  # two seconds into an epoch: what is left of it looks whole


@pytest.fixture(scope="module")
def cut(short_world, tmp_path_factory):
    """A night that lost its power after `CUT_S`."""
    folder = lend(short_world, tmp_path_factory.mktemp("cut"))
    assert run_puck(folder, reset_us=CUT_S * 1_000_000)["ended"] == "reset"
    return folder


def written(cut):
    """How many epochs the file has, the first ones of the night."""
    epochs, _ = read(cut)
    assert 13 - 9 <= len(epochs) < 13
    return len(epochs)


def after_the_cut(cut, tmp_path, **options):
    """Power is back; (epochs, events of the puck) of the whole night."""
    shutil.copytree(cut, tmp_path, symlinks=True, dirs_exist_ok=True)
    run_puck(tmp_path, start_us=BACK_S * 1_000_000, lost_time=1, **options)
    assert len(journals(tmp_path)) == 1
    epochs, events = read(tmp_path)
    return epochs, [event for event in events if event.part == records.PUCK]


def test_after_a_power_cut_the_night_goes_on_at_the_clock_chip_s_hour(cut, tmp_path):
    epochs, events = after_the_cut(cut, tmp_path)
    assert [(e.kind, e.value) for e in events[:2]] == [(records.START, 0), (records.START, 1)]
    assert events[1].t_ms == pytest.approx(BACK_S * 1000, abs=2000)
    first = BACK_S // records.EPOCH_S
    n = written(cut)
    assert [epoch.index for epoch in epochs][: n + 2] == [*range(n), first, first + 1]
    assert epochs[n].flags & records.LOST_SAMPLES
    assert not epochs[n + 1].flags & records.LOST_SAMPLES


def test_after_a_power_cut_the_world_has_gone_on(cut, tmp_path):
    """The epochs after it are those of the truth at their time, in the pod and in the room."""
    epochs, _ = after_the_cut(cut, tmp_path)
    truth = np.load(tmp_path / "truth.npz")
    whole = [epoch for epoch in epochs if epoch.index > BACK_S // records.EPOCH_S]
    assert len(whole) >= 2
    for epoch in whole:
        assert epoch.temperature_cdeg / 100 == pytest.approx(
            truth["temperature_c"][epoch.index], abs=0.04
        )
        assert epoch.level_ddb / 10 == pytest.approx(truth["level_dba"][epoch.index], abs=4)
    said = np.mean([epoch.rate_dbpm / 10 for epoch in whole])
    true = np.mean([truth["rate_bpm"][epoch.index] for epoch in whole])
    assert said == pytest.approx(true, abs=1)


@pytest.mark.parametrize("option", [{"missing": "clock"}, {"fault": "clock:absent"}])
def test_without_clock_chip_the_night_goes_on_where_it_stopped(cut, tmp_path, option):
    epochs, events = after_the_cut(cut, tmp_path, **option)
    assert [(e.kind, e.value) for e in events[:2]] == [(records.START, 0), (records.START, 2)]
    n = written(cut)
    assert events[1].t_ms == n * records.EPOCH_S * 1000
    assert [epoch.index for epoch in epochs][: n + 2] == [*range(n + 2)]


def test_a_night_that_began_without_the_hour_goes_on_when_it_is_known(short):
    """Nobody knows how long the restart took: it goes on where it stopped."""
    run_puck(short, reset_us=200_000_000, lost_time=1, missing="clock")
    run_puck(short, start_us=220_000_000)
    assert len(journals(short)) == 1
    epochs, events = read(short)
    starts = [(e.value, e.t_ms) for e in events if e.kind == records.START]
    assert starts == [(0, 0), (2, 180_000)]
    assert [epoch.index for epoch in epochs] == list(range(len(epochs)))


def test_a_night_begins_at_nothing_however_long_its_parts_take(run_in, short):
    """A clock chip that is looked for takes its time before the night begins."""
    assert in_the_vm(
        run_in,
        short,
        START
        + """
parts.harm("clock", "stuck_for_ever")
puck.open()
first = [kind.unpack(r).t_ms for kind, r in puck.journal.replay() if kind is records.EVENT][0]
result = [first, clock.us > 500]
""",
    ) == [0, True]


def test_a_puck_without_the_hour_takes_it_from_its_clock_chip(run_in, short):
    start_s, chip_s, wall_s = in_the_vm(
        run_in,
        short,
        START
        + """
puck.open()
nights = [kind.unpack(r).start_s for kind, r in puck.journal.replay() if kind is records.NIGHT]
result = [nights, parts.clock.now_s(), puck.clock.wall_s()]
""",
        lost_time=True,
    )
    assert start_s == [pytest.approx(chip_s, abs=2)]
    assert wall_s == pytest.approx(chip_s, abs=1)


def test_the_chip_s_hour_is_taken_before_the_puck_s_own(run_in, short):
    """The puck's own clock is a crystal that nobody has compared."""
    assert (
        in_the_vm(
            run_in,
            short,
            "time.wall_start_s -= 3000\n"
            + START
            + "puck.open()\nresult = abs(puck.clock.wall_s() - parts.clock.now_s()) <= 1",
        )
        is True
    )


def test_an_hour_that_survived_a_reset_is_not_given_up_for_another(run_in, short):
    """A chip without checksum that is more than an hour off may be the one that is wrong."""
    assert (
        in_the_vm(
            run_in,
            short,
            "time.wall_start_s -= 5000\n"
            + START
            + "puck.open()\nresult = parts.clock.now_s() - puck.clock.wall_s()",
        )
        == 5000
    )


def test_a_chip_that_says_two_things_at_once_is_not_believed(run_in, short):
    """Its seconds' low digit is noise: a valid time, but another one each time."""
    assert (
        in_the_vm(
            run_in,
            short,
            "time.wall_start_s = 0\n"
            + START
            + """
read, said = parts.clock.read, [0]
def garbled(reg, buf):
    read(reg, buf)
    said[0] += 3
    if reg == 0:
        buf[1] = said[0] % 10
parts.clock.read = garbled
from firmware.clock import take_time
take_time(puck.clock, puck.board)
result = puck.clock.wall_s()
""",
        )
        == 0
    )


def test_a_clock_chip_that_stopped_sets_no_clock(run_in, short):
    """It tells a plausible hour, and says itself that it is worth nothing."""
    wall_s, events, present = in_the_vm(
        run_in,
        short,
        START
        + """
parts.clock._regs[0x0F] |= 0x80
puck.open()
go_on(40)
result = [puck.clock.wall_s(), told(records.CLOCK), puck.clock_chip.present]
""",
        lost_time=True,
    )
    assert (wall_s, events, present) == (0, [records.PART_MISSING], False)


def test_a_clock_chip_that_comes_back_tells_the_hour_then(run_in, short):
    """The hour is known from then on, the night's own time does not jump."""
    before, after, off_s, now_ms, events = in_the_vm(
        run_in,
        short,
        START
        + """
puck.open()
go_on(40)
before = [puck.clock.wall_s(), puck.clock_chip.present]
table.connect(pins.BEDSIDE_BUS, parts.clock.ADDRESS, parts.clock)
go_on(40)
after = [puck.clock.wall_s() > 0, puck.clock_chip.present]
off_s = puck.clock.wall_s() - parts.clock.now_s()
result = [before, after, off_s, puck.clock.now_ms(), told(records.CLOCK)]
""",
        missing=["clock"],
        lost_time=True,
    )
    assert before == [0, False]
    assert after == [True, True]
    assert abs(off_s) <= 1
    assert now_ms == pytest.approx(80_000, abs=500)
    assert events == [records.PART_MISSING, records.PART_BACK]


def test_the_chip_does_not_undo_an_hour_that_was_set_since(run_in, short):
    off_s = in_the_vm(
        run_in,
        short,
        START
        + """
puck.open()
puck.board.set_clock(parts.clock.now_s() + 3600)
go_on(70)
result = puck.clock.wall_s() - parts.clock.now_s()
""",
    )
    assert off_s == pytest.approx(3600, abs=1)


@pytest.mark.parametrize(("rate_ppm", "believed"), [(40_000, False), (2, True)])
def test_a_clock_chip_that_runs_wrong_is_not_believed(run_in, short, rate_ppm, believed):
    present, events = in_the_vm(
        run_in,
        short,
        START
        + f"""
parts.clock.rate_ppm = {rate_ppm}
puck.open()
go_on(200)
result = [puck.clock_chip.present, told(records.CLOCK)]
""",
    )
    assert present is believed
    assert events[:1] == ([] if believed else [records.PART_MISSING])
    assert records.PART_BACK not in events
