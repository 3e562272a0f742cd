"""Relief at night: asked for only when every rule holds at once, and stepped back from."""

import itertools

import pytest
from bed import DISTRESS, NIGHT, slept

RELIEF = 8
# Forty minutes in REM with a heart rate of 60, then two epochs in distress.
REM = "bed.minutes({minutes}, records.REM)\n"
BAD = "bed.epochs({n}, records.REM, rate_dbpm={rate}, counts={counts})\n"


def night(minutes=40, n=2, rate=721, counts=10, then=""):
    return REM.format(minutes=minutes) + BAD.format(n=n, rate=rate, counts=counts) + then


def asked(worker, lines, **given):
    log = slept(worker, lines, **given)[1]
    assert {(rule, reason, scene) for _, rule, reason, scene, *_ in log} <= {
        (NIGHT, DISTRESS, RELIEF)
    }
    return [t // 1000 for t, *_ in log]


def test_it_is_asked_for_when_all_rules_hold(worker):
    log = slept(worker, night())[1]
    assert [row[:4] for row in log] == [[2_460_000, NIGHT, DISTRESS, RELIEF]]
    assert log[0][4] == [15, 721, 60, 72, 10]


@pytest.mark.parametrize(
    "but",
    [
        {"n": 1},
        {"rate": 720},
        {"rate": 0},
        {"counts": 2},
        {"counts": 51},
        {"minutes": 33},  # 58 epochs of a baseline
    ],
    ids=str,
)
def test_it_is_not_if_one_does_not(worker, but):
    assert asked(worker, night(**but)) == []


def test_its_limits_are_meant(worker):
    for but in ({"counts": 3}, {"counts": 50}, {"minutes": 34}):
        assert len(asked(worker, night(**but))) == 1, but


@pytest.mark.parametrize("stage", ["LIGHT", "DEEP", "ASLEEP"])
def test_it_is_for_rem_alone(worker, stage):
    assert asked(worker, night().replace("REM", stage)) == []


def test_a_hand_or_a_sitter_is_left_alone(worker):
    press = "bed.event(records.GESTURE, 1)\n"
    assert asked(worker, night(n=0, then=press) + night(minutes=0)) == []


def test_not_again_within_five_minutes_and_five_times_a_night(worker):
    found = asked(worker, night(n=40, counts=10, then="", rate=800))
    assert [b - a for a, b in itertools.pairwise(found)] == [300] * (len(found) - 1)
    assert len(found) == 4
    long = night(minutes=90, n=90, rate=800)
    assert len(asked(worker, long)) == 5


def test_a_touch_that_makes_them_stir_is_not_given_again_for_a_quarter_of_an_hour(worker):
    stirs = "bed.epochs({}, records.REM, rate_dbpm=800, counts=30)\n"
    calm = "bed.epochs(60, records.REM, rate_dbpm=800, counts=10)\n"
    first, second, *_ = asked(worker, night(minutes=90, then=stirs.format(1) + calm))
    assert second - first == 30 + 900
    later = "bed.epochs(2, records.REM, rate_dbpm=800, counts=29)\n" + stirs.format(1)
    first, second, *_ = asked(worker, night(minutes=90, then=later + calm))
    assert second - first == 300


def test_an_epoch_that_was_mostly_before_the_touch_says_nothing_of_it(worker):
    """A touch comes when an epoch has closed, some tenths of a second late."""
    late = "bed.r.night.rests_ms = bed.t + 60000 + {}\n"
    late += "bed.epochs(1, records.REM, rate_dbpm=800, counts=10)\n"
    stirs = "bed.epochs(1, records.REM, rate_dbpm=800, counts={})\n" * 4
    calm = "bed.epochs(60, records.REM, rate_dbpm=800, counts=10)\n"
    for late_ms, counts, rests_s in (
        *((300, (10, 40, 10, 10), 930 - 0.3), (300, (10, 10, 40, 10), 960 - 0.3)),
        *((300, (10, 10, 10, 40), 300), (20_000, (10, 40, 10, 10), 300)),
    ):
        lines = night(minutes=90, n=0, then=late.format(late_ms) + stirs.format(*counts) + calm)
        log = slept(worker, lines)[1]
        assert (log[1][0] - log[0][0]) / 1000 == pytest.approx(rests_s), (late_ms, counts)


def test_who_is_being_woken_is_left_alone(worker):
    dawn = "bed.ask(asking.WAKING, asking.DAWN, asking.SUNRISE)\nbed.minutes(20, records.REM)\n"
    bad = BAD.format(n=4, rate=800, counts=10)
    assert asked(worker, night(n=0, then=dawn + bad)) == []
    over = "bed.event(records.ALARM_SET, 0)\nbed.minutes(20, records.REM)\n"
    assert len(asked(worker, night(n=0, then=dawn + over + bad))) == 1


def test_who_woke_is_left_alone_for_a_quarter_of_an_hour(worker):
    wakes = (
        "bed.event(records.GESTURE, 4)\nbed.epochs(100, records.REM, rate_dbpm=800, counts=10)\n"
    )
    found = asked(worker, night(minutes=90, n=0, then=wakes))
    assert found[0] == 90 * 60 + 900


def test_without_consent_it_is_asked_once_and_again_when_it_is_given(worker):
    bad = BAD.format(n=30, rate=800, counts=10)
    no = "bed.refusals = [2]\n" + night(minutes=90, n=30, rate=800)
    assert len(asked(worker, no)) == 1
    given = "bed.take(records.CONSENT, records.CONSENT.of(bed.t, 6, 7, records.GRANTED, 0, 1))\n"
    assert len(asked(worker, no + given + "bed.epochs(1, records.REM)\n" + bad)) >= 2
    busy = "bed.refusals = [8]\n" + night(minutes=90, n=12, rate=800)
    first, second = asked(worker, busy)
    assert second - first == 300


def test_what_was_measured_a_minute_ago_is_not_now(worker):
    late = "bed.r.night.rests_ms = bed.t + {}\nbed.until(bed.t + 400000)\n"
    ready = night(n=0) + BAD.format(n=1, rate=800, counts=10) + "bed.r.night.rests_ms = 10**8\n"
    ready += BAD.format(n=1, rate=800, counts=10)
    assert len(asked(worker, ready + late.format(60_000))) == 1
    assert asked(worker, ready + late.format(60_001)) == []
