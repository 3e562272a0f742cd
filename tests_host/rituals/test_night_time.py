"""How long a night has lasted, after a start in its midst: whatever zone or clock was set to."""

import pytest
from sleepsync.paths import records
from sleepsync.simulate import BOOT_US, run_puck
from whole_puck import read

BERLIN = "CET-1CEST,M3.5.0,M10.5.0/3"
RESET_US = 200_000_000
HOUR = 3600

LASTED = """
from firmware import records
from firmware.clock import NightTime
from firmware.zone import Zone
zone = Zone(zone)
time = NightTime(zone)
time.take(records.NIGHT, records.NIGHT.of(records.VERSION, 1, start_s, 0))
for t_ms, wall_s in told:
    time.take(records.EVENT, records.EVENT.of(t_ms, records.CLOCK_SET, 0, wall_s))
result = [time.lasted_ms(utc_s), zone.offset_s(utc_s)]
"""


def lasted_ms(run_in, start_s, told, utc_s, zone=BERLIN):
    return run_in(LASTED, zone=zone, start_s=start_s, told=told, utc_s=utc_s)[0]


@pytest.mark.parametrize(
    ("start_s", "told", "utc_s", "ms"),
    [
        (822_000_000, [], 822_000_000 - HOUR + 500, 500_000),
        (0, [], 822_000_000, 0),
        (822_000_000, [], 0, 0),
        (822_000_000, [[60_000, 0]], 822_000_000, 0),
        (0, [[60_000, 822_000_060]], 822_000_000 - HOUR + 500, 500_000),
        # The zone was set, or the clock: nothing passed by that.
        (822_000_000, [[60_000, 822_000_060 + HOUR]], 822_000_500, 500_000),
        (822_000_000, [[60_000, 822_000_060 + 7000]], 822_007_500 - HOUR, 500_000),
    ],
)
def test_nothing_passes_by_being_set(run_in, start_s, told, utc_s, ms):
    assert lasted_ms(run_in, start_s, told, utc_s) == ms


@pytest.mark.parametrize(
    ("begin_utc_s", "before_s", "after_s"),
    [
        (828_061_200, 1, 2),  # 2026-03-29 01:00 UTC, 02:00 becomes 03:00
        (846_205_200, 2, 1),  # 2026-10-25 01:00 UTC, 03:00 becomes 02:00
    ],
)
def test_an_hour_left_out_or_twice_is_no_time(run_in, begin_utc_s, before_s, after_s):
    start_s = begin_utc_s - 4 * HOUR + before_s * HOUR
    told = [[4 * HOUR * 1000 + 2000, begin_utc_s + 2 + after_s * HOUR]]
    assert lasted_ms(run_in, start_s, told, begin_utc_s + 500) == (4 * HOUR + 500) * 1000


def test_a_night_goes_on_where_it_was_though_the_zone_was_set(short):
    run_puck(short, reset_us=RESET_US, type=["5:import puck", f"60:puck.set('zone','{BERLIN}')"])
    run_puck(short, start_us=RESET_US + BOOT_US, cause=2)
    epochs, events = read(short)
    indices = [epoch.index for epoch in epochs]
    assert indices == list(range(len(indices)))
    assert len(indices) >= 16
    starts = [event for event in events if event.kind == records.START]
    assert 200_000 < starts[1].t_ms < 206_000
