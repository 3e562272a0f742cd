"""The evening: what begins it, what it adapts to and why, what ends it, by scripted records."""

import pytest
from bed import BEDTIME, EVENING, PRESSED, slept

START_S = 822_000_000 // 86400 * 86400 + 22 * 3600  # 22:00 of some day
EMBERS, REST, STORY, LIT = 22, 23, 20, 5
BREATHE = {14: 13, 12: 14, 10: 15, 9: 16, 8: 17, 7: 18, 6: 19}
BUSY, NOT_ALLOWED, OUT_OF_SCOPE, DOSE_USED = 8, 2, 4, 7


def wants(log):
    """(s, reason, scene) of each that the evening asked."""
    return [(t // 1000, reason, scene) for t, rule, reason, scene, *_ in log if rule == EVENING]


def whys(log):
    return [why for _, rule, _, _, why, _ in log if rule == EVENING]


def scenes(log):
    return [scene for _, _, scene in wants(log)]


# -- what begins it


def test_the_button_beside_the_lamp_begins_the_usual_programme_at_once(worker):
    lines = "bed.epochs(2)\nbed.long_press()\nbed.until(65000)\nbed.long_press()\n"
    found, log = slept(worker, lines + "result = [evening_.programme, evening_.began]")
    assert found == [1, 1]
    assert wants(log) == [(65, PRESSED, EMBERS)]


def test_the_button_without_the_lamp_is_the_lamp_s(worker):
    assert slept(worker, "bed.epochs(2)\nbed.long_press()\nbed.epochs(3)")[1] == []
    gone = "bed.long_press()\nbed.short_press()\nbed.long_press()\n"
    assert slept(worker, gone)[1] == []


def test_the_button_begins_what_is_set_or_nothing(worker):
    lines = "bed.long_press()\nbed.long_press()\n"
    assert scenes(slept(worker, lines, settings=[(1, 2)])[1]) == [BREATHE[12]]
    assert slept(worker, lines, settings=[(1, 0)])[1] == []


def test_while_the_puck_wakes_the_button_begins_no_evening(worker):
    lines = "bed.ask(asking.WAKING, asking.DAWN, asking.SUNRISE)\nbed.end_uses(13)\n"
    assert not wants(slept(worker, lines + "bed.long_press()\nbed.long_press()")[1])


def test_a_word_begins_any_programme_and_stops_it(worker):
    found, log = slept(
        worker,
        "bed.epochs(1)\nbed.programme(3)\nbed.epochs(4)\nbed.programme(0)\nbed.minutes(9)\n"
        "result = [evening_.programme, evening_.began]",
    )
    assert wants(log) == [(30, BEDTIME, EMBERS)]
    assert found == [0, 0]
    for nonsense in (6, 99, -1, 2**31 - 1):
        assert slept(worker, f"bed.programme({nonsense})\nbed.epochs(2)")[1] == []


@pytest.mark.parametrize(
    ("bedtime", "at_s"),
    [(22 * 60 + 5, 300), (22 * 60, 0), (21 * 60 + 1, 0), (21 * 60, None), (23 * 60, 3600)],
)
def test_the_schedule_begins_it_when_bedtime_passes_and_once(worker, bedtime, at_s):
    """In a night that begins up to an hour later, too."""
    lines = "bed.minutes(130, counts=20)"
    log = slept(worker, lines, start_s=START_S, settings=[(2, bedtime)])[1]
    begun = [(t, reason) for t, reason, scene in wants(log) if scene != REST]
    assert begun == ([] if at_s is None else [(at_s, BEDTIME)])


def test_without_a_time_or_a_bedtime_nothing_begins(worker):
    lines = "bed.minutes(130)"
    assert slept(worker, lines, start_s=0, settings=[(2, 22 * 60 + 5)])[1] == []
    assert slept(worker, lines, start_s=START_S)[1] == []
    late = (
        "bed.minutes(2)\nbed.event(records.CLOCK_SET, " + str(START_S + 600) + ")\nbed.minutes(5)"
    )
    assert len(wants(slept(worker, late, settings=[(2, 22 * 60 + 5)])[1])) == 1


def test_the_schedule_waits_for_them_and_leaves_a_sleeper_alone(worker):
    given = {"start_s": START_S, "settings": [(2, 22 * 60 + 5)]}
    away = "bed.minutes(20, flags=records.OFF_BODY)\nbed.epochs(2)\n"
    assert wants(slept(worker, away, **given)[1]) == [(1230, BEDTIME, EMBERS)]
    asleep = "bed.scores_late = 1\nbed.minutes(80, records.LIGHT)\n"
    assert slept(worker, asleep, **given)[1] == []
    over = "bed.minutes(70, flags=records.OFF_BODY)\nbed.minutes(5)\n"
    assert slept(worker, over, **given)[1] == []


def test_after_any_evening_the_schedule_begins_none(worker):
    lines = "bed.programme(1)\nbed.until(10000)\nbed.short_press()\nbed.minutes(30)\n"
    given = {"start_s": START_S, "settings": [(2, 22 * 60 + 5)]}
    assert len(wants(slept(worker, lines, **given)[1])) == 1
    again = lines + "bed.long_press()\nbed.long_press()"
    assert len(wants(slept(worker, again, **given)[1])) == 2  # but a hand may


def test_after_ten_minutes_of_sleep_it_is_the_way_back(worker):
    for asleep, scene in ((19, EMBERS), (20, REST)):
        lines = f"bed.epochs({asleep}, records.LIGHT, counts=20)\n"
        lines += "bed.epochs(12, counts=20)\nbed.long_press()\nbed.long_press()\n"
        assert scenes(slept(worker, lines)[1]) == [scene]
        assert slept(worker, lines, settings=[(1, 0)])[1] == []


# -- what it adapts to


@pytest.mark.parametrize(
    ("room", "programme", "scene", "why"),
    [
        ("light_mlx=4999", 1, EMBERS, [2, EMBERS, 4999]),
        ("light_mlx=5000", 1, LIT, [1, LIT, 5000]),
        ("flags=records.NO_LIGHT", 1, EMBERS, [3, EMBERS]),
        ("light_mlx=9000, level_ddb=450", 1, LIT, [1, LIT, 9000]),
        ("light_mlx=9000, level_ddb=451", 1, EMBERS, [4, EMBERS, 451]),
        ("light_mlx=1, level_ddb=600", 1, EMBERS, [2, EMBERS, 1]),
        ("light_mlx=1, level_ddb=600", 5, REST, [2, REST, 1]),
    ],
)
def test_a_step_begins_by_the_room(worker, room, programme, scene, why):
    log = slept(worker, f"bed.epochs(1, {room})\nbed.programme({programme})\n")[1]
    assert scenes(log) == [scene]
    assert whys(log) == [why]


def test_each_step_looks_at_the_room_anew(worker):
    lines = "bed.epochs(1, light_mlx=9000)\nbed.programme(3)\nbed.minutes(5)\n"
    loud = "bed.minutes(1, level_ddb=520)\n"
    log = slept(worker, lines + loud)[1]
    assert wants(log) == [(30, BEDTIME, LIT), (330, BEDTIME, STORY)]
    log = slept(worker, lines.replace("bed.minutes(5)", "bed.minutes(5, level_ddb=520)"))[1]
    assert scenes(log) == [LIT, EMBERS]


@pytest.mark.parametrize(
    ("own", "pace"),
    [(0, 12), (158, 14), (140, 14), (121, 14), (120, 12), (118, 12), (99, 10), (61, 7), (60, 6)],
)
def test_the_pacer_begins_at_their_own_rate_or_the_nearest_not_slower(worker, own, pace):
    log = slept(worker, f"bed.epochs(4, breaths_dpm={own})\nbed.programme(2)")[1]
    assert scenes(log) == [BREATHE[pace]]
    assert whys(log) == [[6 if own else 7, BREATHE[pace], own, 0]]


def paced(worker, *breaths, minutes=14):
    """[(s after the start, pace, why)] of a sleeper who breathes so, minute by minute."""
    lines = "bed.epochs(4, breaths_dpm=120)\nbed.programme(2)\n"
    for i in range(minutes):
        lines += f"bed.minutes(1, breaths_dpm={breaths[min(i, len(breaths) - 1)]})\n"
    log = slept(worker, lines)[1]
    names = {scene: pace for pace, scene in BREATHE.items()}
    return [(t // 1000 - 120, names[scene], why[0]) for t, _, _, scene, why, _ in log]


def test_it_goes_a_rung_slower_every_two_minutes_as_they_follow(worker):
    found = paced(worker, 120, 120, 100, 100, 90, 90, 80, 80, 70, 70, 60)
    assert found[:6] == [
        *((0, 12, 6), (120, 10, 8), (240, 9, 8), (360, 8, 8), (480, 7, 8), (600, 6, 8))
    ]
    assert found[6:] == [(780, 6, 11)]  # the slowest goes on, begun anew


def test_it_holds_while_they_do_not_follow(worker):
    assert paced(worker, 131, minutes=7) == [(0, 12, 6), (180, 12, 11), (360, 12, 11)]
    assert paced(worker, 130, minutes=3) == [(0, 12, 6), (120, 10, 8)]
    late = paced(worker, 135, 135, 135, 125, minutes=5)
    assert late == [(0, 12, 6), (180, 12, 11), (270, 10, 8)]


def test_it_goes_on_slower_if_nobody_knows_how_they_breathe(worker):
    assert paced(worker, 0, minutes=5) == [(0, 12, 6), (120, 10, 9), (240, 9, 9)]


def test_it_goes_a_rung_back_if_they_breathe_much_faster(worker):
    assert paced(worker, 120, 120, 141, minutes=5) == [(0, 12, 6), (120, 10, 8), (240, 12, 10)]
    assert paced(worker, 120, 120, 140, minutes=4) == [(0, 12, 6), (120, 10, 8)]
    assert paced(worker, 200, minutes=5)[:3] == [(0, 12, 6), (120, 14, 10), (300, 14, 11)]


# -- what ends it


def test_it_ends_at_its_end_and_asks_for_no_scene_that_would_outlast_it(worker):
    for number, times in ((1, [0, 1200]), (3, [0, 300]), (4, [0, 300]), (5, [0])):
        found, log = slept(
            worker,
            f"bed.programme({number})\nbed.minutes(60, counts=20)\n"
            "result = [evening_.programme, bool(bed.held)]",
        )
        assert found == [0, False]
        assert [t for t, *_ in wants(log)] == times


def test_sleep_ends_it_and_nothing_is_asked_of_a_sleeper(worker):
    lines = "bed.programme(3)\nbed.minutes(3, counts=20)\nbed.minutes(6, records.LIGHT)\n"
    found, log = slept(worker, lines + "result = evening_.programme")
    assert found == 0
    assert [t for t, *_ in wants(log)] == [0, 300]
    log = slept(worker, lines + "bed.minutes(20, counts=20)")[1]
    assert len(wants(log)) == 2  # it does not begin again by itself


@pytest.mark.parametrize(
    "ends",
    [
        "bed.short_press()",
        "bed.end_uses(11)",
        "bed.end_uses(3)",
        "bed.end_uses(7)",
        "bed.event(records.GESTURE, 2)",
        "bed.event(records.BREAKER, records.OPENED)",
        "bed.event(records.START, 1)",
        "bed.ask(asking.WAKING, asking.DAWN, asking.SUNRISE)",
        "bed.programme(0)",
    ],
)
def test_what_ends_it_at_once(worker, ends):
    lines = f"bed.programme(3)\nbed.until(9000)\n{ends}\nbed.minutes(10, counts=20)\n"
    found, log = slept(worker, lines + "result = evening_.programme")
    assert found == 0
    assert len(wants(log)) == 1


def test_a_consent_by_hand_does_not_end_it(worker):
    lines = "bed.programme(3)\nbed.until(9000)\nbed.event(records.GESTURE, 4)\n"
    assert slept(worker, lines + "result = evening_.programme")[0] == 3


def test_what_is_not_allowed_is_over(worker):
    for why in (NOT_ALLOWED, OUT_OF_SCOPE, DOSE_USED, 1):
        lines = f"bed.refusals = [{why}]\nbed.programme(1)\nbed.minutes(10)\n"
        assert len(wants(slept(worker, lines)[1])) == 1


def test_what_matters_more_is_waited_for_five_times(worker):
    lines = f"bed.refusals = [{BUSY}] * %d\nbed.programme(1)\nbed.minutes(15, counts=20)\n"
    lines += "result = evening_.programme"
    found, log = slept(worker, lines % 9)
    assert ([t for t, *_ in wants(log)], found) == ([0, 60, 120, 180, 240, 300], 0)
    found, log = slept(worker, lines % 2)
    assert ([t for t, *_ in wants(log)], found) == ([0, 60, 120], 1)


def test_what_was_replaced_comes_back_after_a_minute(worker):
    lines = "bed.programme(5)\nbed.until(5000)\nbed.end_uses(13)\nbed.minutes(3, counts=20)"
    log = slept(worker, lines)[1]
    assert wants(log) == [(0, BEDTIME, REST), (65, BEDTIME, REST)]
    assert whys(log)[-1] == [5, REST]


def test_five_minutes_out_of_bed_end_it_and_less_do_not(worker):
    lines = "bed.epochs(1)\nbed.programme(1)\nbed.epochs(1, counts=20)\n"
    away = "bed.epochs(%d, flags=records.OFF_BODY)\nbed.epochs(1)\nresult = evening_.programme\n"
    assert slept(worker, lines + away % 10)[0] == 1
    assert slept(worker, lines + away % 11)[0] == 0
    never_in = "bed.programme(1)\n" + away % 20
    assert slept(worker, never_in.replace("bed.epochs(1)\nres", "res"))[0] == 1


def test_who_presses_in_the_night_is_not_put_off_by_a_score_of_before(worker):
    """The gate goes by a score that is five minutes old: what it refuses then is asked for again
    when that has caught up, unless they sleep again.
    """
    night = "bed.minutes(40, records.LIGHT)\nbed.long_press()\n"
    night += f"bed.refusals = [{OUT_OF_SCOPE}]\nbed.long_press()\n"
    log = slept(worker, night + "bed.minutes(8, counts=20)")[1]
    assert [(t - 2400, *rest) for t, *rest in wants(log)] == [
        (0, PRESSED, REST),
        (330, BEDTIME, REST),
    ]
    log = slept(worker, night + "bed.minutes(8, records.LIGHT)")[1]
    assert len(wants(log)) == 1
