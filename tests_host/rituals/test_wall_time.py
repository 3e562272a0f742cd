"""Wall time: local by the zone, led to the clock chip's so slowly that nobody sees it jump."""

from itertools import pairwise

import pytest
from whole_puck import START, in_the_vm

BERLIN = "CET-1CEST,M3.5.0,M10.5.0/3"
FALL_BACK_S = 846205200  # 2026-10-25 01:00:00 UTC, when Berlin's 03:00 becomes 02:00

# Looks every 2 s, as [the puck's wall time, what the chip's oscillator says in ms, the night's ms].
LOOKS = (
    START
    + """
def truth_ms():
    return parts.clock._base_s * 1000 + parts.clock._elapsed_us() // 1000
seen = []
def look(_):
    seen.append([puck.clock.wall_s(), truth_ms(), puck.clock.now_ms()])
def again():
    clock.schedule_own(look, None)
    clock.at(clock.us + 2000000, again)
puck.open()
"""
)


def looked(run_in, folder, before, seconds, after="result = seen"):
    """What is seen in so many seconds, after lines that meddle with the puck."""
    lines = LOOKS + before + f"\nclock.at(clock.us + 100000, again)\ngo_on({seconds})\n" + after
    return in_the_vm(run_in, folder, lines)


@pytest.mark.parametrize("ppm", [-300, 80, 300])
def test_a_crystal_that_is_off_is_led_within_a_second_for_an_hour(run_in, short, ppm):
    seen = looked(run_in, short, f"time.crystal_ppm = {ppm}", 3600)
    steps = [b[0] - a[0] for a, b in pairwise(seen)]
    assert len(seen) >= 1799 and set(steps) <= {1, 2, 3}
    off_ms = [wall_s * 1000 - true_ms for wall_s, true_ms, _ in seen]  # it is floored: -500 is 0
    assert max(abs(ms + 500) for ms in off_ms) < 1000
    nights_ms = seen[-1][2] - seen[0][2]  # the night counts the crystal's ms, and nothing else
    true_ms = seen[-1][1] - seen[0][1]
    assert nights_ms == pytest.approx(true_ms * (1 + ppm / 1e6), abs=30)
    if abs(ppm) == 300:  # the test can fail: unled, it would have gone by more
        assert abs(nights_ms - true_ms) > 1000


@pytest.mark.parametrize("ahead_s", [-2, 2])
def test_two_seconds_are_slewed_at_500_ppm_and_never_jumped(run_in, short, ahead_s):
    """And the puck's own clock, which survives a reset, follows."""
    seen, rtc_off_s = looked(
        run_in,
        short,
        f"parts.clock._set(parts.clock.now_s() - {ahead_s}, clock.us)\npuck.chip_watch.forget()",
        4800,
        "result = [seen, time.time() - puck.clock.utc_s()]",
    )
    steps = [b[0] - a[0] for a, b in pairwise(seen)]
    assert set(steps) <= {1, 2, 3}
    off_ms = [wall_s * 1000 - true_ms + 500 for wall_s, true_ms, _ in seen]
    assert abs(off_ms[0]) > 1400 and abs(off_ms[-1]) < 800
    for at in range(300, len(seen) - 300, 100):  # over ten minutes either side of each moment
        moved = (seen[at + 300][0] - seen[at - 300][0]) * 1000
        assert abs(moved - (seen[at + 300][1] - seen[at - 300][1])) <= 1200 * 0.5 + 1000
    assert abs(rtc_off_s) <= 2


def test_a_chip_that_is_minutes_off_leads_nobody(run_in, short):
    """It was set so, or is wrong: that is for people to say."""
    seen = looked(
        run_in,
        short,
        "parts.clock._set(parts.clock.now_s() + 200, clock.us)\npuck.chip_watch.forget()",
        600,
    )
    off_s = [wall_s - true_ms // 1000 for wall_s, true_ms, _ in seen]
    assert all(abs(s + 200) <= 1 for s in off_s)


def test_the_drift_is_known_after_an_hour_or_two(run_in, short):
    least, most, true = looked(
        run_in,
        short,
        "time.crystal_ppm = 80",
        5400,
        "result = [puck.chip_watch.least_ppm, puck.chip_watch.most_ppm, 80 - parts.clock.rate_ppm]",
    )
    assert least <= true <= most
    assert most - least <= 50


# A night that begins a minute before the clocks are put back.
PUT_BACK = f"""
time.wall_start_s = {FALL_BACK_S} - 60
parts.clock._set({FALL_BACK_S} - 60, clock.us)
{START}
puck.settings.set("zone", "{BERLIN}")
puck = Puck(boot.start)
puck.open()
begun = [kind.unpack(r).start_s for kind, r in puck.journal.replay() if kind is records.NIGHT]
def events(of_kind):
    found = [kind.unpack(r) for kind, r in puck.journal.replay() if kind is records.EVENT]
    return [[event.t_ms, event.value] for event in found if event.kind == of_kind]
"""


def test_where_clocks_are_put_back_the_night_goes_on_and_says_so(run_in, short):
    begun, told, wall_s, ms = in_the_vm(
        run_in,
        short,
        PUT_BACK
        + "go_on(180)\n"
        + "result = [begun, events(records.CLOCK_SET), puck.clock.wall_s(), puck.clock.now_ms()]",
    )
    assert begun == [pytest.approx(FALL_BACK_S + 7200 - 60, abs=1)]
    assert ms == pytest.approx(180_000, abs=500)
    assert wall_s == pytest.approx(FALL_BACK_S + 3600 + 120, abs=2)
    ((at_ms, said_s),) = told
    assert 59_000 <= at_ms <= 95_000
    assert said_s - (FALL_BACK_S + 3600) == pytest.approx((at_ms - 60_000) / 1000, abs=2)


def test_a_restart_after_clocks_were_put_back_costs_the_night_no_hour(run_in, short):
    (_, (at_ms, goes_on)), zone = in_the_vm(
        run_in,
        short,
        PUT_BACK
        + """
go_on(50)
time.sleep(100)
puck = Puck(boot.start)
puck.open()
result = [events(records.START), puck.clock.zone.text]
""",
    )
    assert zone == BERLIN
    assert goes_on == 1
    assert at_ms == pytest.approx(150_000, abs=2000)
