"""Somebody sets the time: the puck's own clock, the chip, the night; and what is refused."""

import pytest
from whole_puck import START, in_the_vm

SET_S = 849_132_900  # 2026-11-27 22:15:00
SAID = """
import builtins, puck as words, puck_time
said = []
words.print = said.append
"""
RUNS = START + SAID + "from firmware import app\napp.latest = app.running = puck\npuck.open()\n"
TIMES = "[parts.clock.now_s(), time.time(), puck.clock.utc_s()]"


def test_the_time_is_set_in_all_clocks_at_once_and_the_night_goes_on(run_in, short):
    before_ms, after_ms, times, events, wrong = in_the_vm(
        run_in,
        short,
        RUNS
        + f"""
go_on(70)
before_ms = puck.clock.now_ms()
list(puck_time.set(app, "zone", "CET-1CEST,M3.5.0,M10.5.0/3"))
list(puck_time.set_time(app, "2026-11-27 23:15:00"))
after_ms, times = puck.clock.now_ms(), {TIMES}
go_on(70)
found = [kind.unpack(r) for kind, r in puck.journal.replay() if kind is records.EVENT]
events = [event.value for event in found if event.kind == records.CLOCK_SET]
result = [before_ms, after_ms, times, events, puck.clock_chip.error]
""",
    )
    assert after_ms - before_ms < 50
    assert all(0 <= s - SET_S <= 1 for s in times)
    assert len(events) == 2 and events[1] == SET_S + 3600
    assert wrong == ""  # the chip was set: that is no fault of it


def test_a_chip_that_had_stopped_is_well_again_when_it_is_set(run_in, short):
    before, after = in_the_vm(
        run_in,
        short,
        "parts.clock._regs[0x0F] |= 0x80\n"
        + RUNS
        + """
go_on(40)
before = [puck.clock.wall_s(), puck.clock_chip.present]
list(puck_time.set_time(app, "2026-11-27 22:15"))
go_on(100)
result = [before, [puck.clock.wall_s(), puck.clock_chip.present]]
""",
        lost_time=True,
    )
    assert before == [0, False]
    assert after == [pytest.approx(SET_S + 100, abs=2), True]


def test_without_the_chip_the_puck_has_it_and_says_for_how_long(run_in, short):
    said, wall_s = in_the_vm(
        run_in,
        short,
        RUNS + "said = list(puck_time.set_time(app, '2026-11-27 22:15:00'))\n"
        "result = [said, puck.clock.wall_s()]",
        missing=["clock"],
        lost_time=True,
    )
    assert said[0].startswith("the puck has it, but only until its power is cut: clock chip: no")
    assert wall_s == SET_S


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "now",
            "2026-11-27",
            "22:15",
            "2026-11-27T22:15:00",
            "2026-11-27 22",
            "26-11-27 22:15",
        ),
        *("2026-02-29 22:15:00", "2026-13-01 22:15:00", "2026-11-27 24:00:00"),
        *(
            "2026-11-27 22:60:00",
            "2026-11-27 22:15:60",
            "2026-11-27 22:15:00:00",
            "2100-01-01 0:00",
        ),
        *("99999999999-11-27 22:15:00", "2026-11-27  22:15:00", "2024-12-30 22:15:00", 5),
    ],
)
def test_a_time_that_is_none_sets_nothing(run_in, short, text):
    said, moved_s = in_the_vm(
        run_in,
        short,
        RUNS + f"before_s = puck.clock.utc_s()\nsaid = list(puck_time.set_time(app, {text!r}))\n"
        "result = [said, puck.clock.utc_s() - before_s]",
    )
    assert len(said) == 1
    assert said[0] == "the puck knows the years 2025 to 2099 only" or said[0].startswith("no such")
    assert moved_s <= 1


def test_where_no_night_runs_time_and_settings_are_set_for_the_next(run_in, short):
    said, times, zone, early = in_the_vm(
        run_in,
        short,
        SAID
        + f"""
words.set("zone", "IST-5:30")
words.set("early", 5)
words.set_time("2026-11-28 03:45:00")
words.time()
{START}
puck.open()
result = [said, {TIMES}, puck.clock.zone.text, puck.settings.get("early")]
""",
        lost_time=True,
    )
    assert said[:3] == [
        "zone is IST-5:30 from now on",
        "early is 5 from now on",
        "time         2026-11-28 03:45:00, IST-5:30",
    ]
    assert said[3:] == [
        "time         2026-11-28 03:45:00",
        "zone         IST-5:30",
        "ahead of UTC 5 h 30 min",
        "next change  none",
    ]
    assert all(0 <= s - SET_S <= 2 for s in times)
    assert (zone, early) == ("IST-5:30", 5)


def test_a_setting_that_will_not_do_is_told_and_changes_nothing(run_in, short):
    said = in_the_vm(
        run_in,
        short,
        RUNS
        + """
for name, value in (("early", 99), ("nap", 1), ("zone", "CET")):
    said += list(puck_time.set(app, name, value))
result = said + [puck.settings.get("early"), puck.clock.zone.text]
""",
    )
    assert said[0] == "early: 99 will not do; it takes 0 to 45 (min)"
    assert said[1].startswith("no such setting; there are: evening")
    assert said[2].startswith("no zone: 'CET'")
    assert said[3:] == [30, "UTC0"]
