"""What is known of the sleeper: each rule of the states, and each figure, from scripted records."""

import pytest
from bed import slept

UNKNOWN, AWAKE, SETTLING, ASLEEP, OUT_OF_BED, WAKING = range(6)
OFF = "flags=records.OFF_BODY"


def states(worker, *lines):
    """The state after each of the lines."""
    steps = "".join(f"{line}\nresult.append(it.state)\n" for line in lines)
    return slept(worker, "result = []\n" + steps)[0]


def test_nothing_is_known_before_the_first_epoch_nor_without_sensors(worker):
    blind = "bed.epochs(1, flags=records.NO_PULSE_SENSOR | records.NO_MOTION_SENSOR)"
    assert states(worker, "bed.until(1000)", blind, "bed.epochs(1)", blind) == [0, 0, 1, 0]
    assert states(worker, "bed.epochs(1, flags=records.NO_PULSE_SENSOR)") == [AWAKE]


def test_after_two_minutes_without_an_epoch_nothing_is_known(worker):
    late = "bed.until(bed.t + 1000)\nbed.event(records.PRESSED)"
    later = "bed.until(bed.t + 119000)\nbed.event(records.PRESSED)"
    still_later = "bed.until(bed.t + 1)\nbed.event(records.PRESSED)"
    assert states(worker, "bed.epochs(1)", late, later, still_later) == [AWAKE, AWAKE, AWAKE, 0]


def test_five_still_minutes_are_settling_and_one_motion_ends_it(worker):
    assert states(
        worker,
        "bed.epochs(9, counts=9)",
        "bed.epochs(1, counts=9)",
        "bed.epochs(1, counts=10)",
        "bed.epochs(10)",
    ) == [AWAKE, SETTLING, AWAKE, SETTLING]


def test_stillness_is_counted_in_minutes_and_a_hole_is_not_still(worker):
    steps = "bed.epochs(7)\nresult = [it.stillness_min]\nbed.i += 1\nbed.epochs(1)\n"
    found, _ = slept(worker, steps + "result.append(it.stillness_min)\nresult.append(it.state)")
    assert found == [3, 0, AWAKE]


def test_off_for_a_minute_is_out_of_bed(worker):
    off = f"bed.epochs(1, {OFF})"
    found = states(worker, off, "bed.epochs(1)", off, off, "bed.epochs(1)")
    assert found == [OUT_OF_BED, AWAKE, AWAKE, OUT_OF_BED, AWAKE]
    broken = "bed.epochs(3, flags=records.OFF_BODY | records.NO_PULSE_SENSOR)"
    assert states(worker, broken) == [AWAKE]


def test_asleep_is_what_the_score_says_until_something_newer_says_otherwise(worker):
    asleep = "bed.epochs(12, records.LIGHT)"
    assert states(worker, "bed.epochs(10, records.LIGHT)", "bed.epochs(1)")[-1] == ASLEEP
    for stirs in (
        "bed.event(records.GESTURE, 1)",
        "bed.epochs(2, records.LIGHT, counts=60)",
        f"bed.epochs(2, records.LIGHT, {OFF})\nbed.epochs(1, records.LIGHT, counts=20)",
    ):
        found = states(worker, asleep, stirs, "bed.epochs(7, records.LIGHT, counts=10)")
        assert found == [ASLEEP, AWAKE, AWAKE], stirs
        later = states(worker, asleep, stirs, "bed.epochs(14, records.LIGHT)")
        assert later[-1] == ASLEEP
    for turns in ("bed.epochs(1, records.LIGHT, counts=200)", "bed.epochs(5, counts=59)"):
        assert states(worker, asleep, turns)[-1] == ASLEEP


@pytest.mark.parametrize("stage", ["WAKE", "NOT_WORN"])
def test_a_score_awake_ends_sleep_and_one_unknown_does_not(worker, stage):
    first = ("bed.epochs(11, records.REM)", f"bed.epochs(10, records.{stage}, counts=10)")
    assert states(worker, *first, "bed.epochs(2)") == [ASLEEP, ASLEEP, AWAKE]
    unknown = "bed.epochs(12, records.UNKNOWN)\nbed.epochs(2, records.UNKNOWN)"
    assert states(worker, first[0], unknown)[-1] == ASLEEP


def test_waking_lasts_from_the_first_act_of_its_rule_until_the_alarm_is_over(worker):
    ask = "bed.ask(asking.WAKING, asking.DUE, asking.CALL)"
    over = "bed.event(records.ALARM_SET, 0)"
    refused = "bed.refusals = [2]\n" + ask
    assert states(worker, "bed.epochs(1)", refused, ask, "bed.epochs(20)", over) == [
        *(AWAKE, AWAKE, WAKING, WAKING, SETTLING)
    ]
    assert states(worker, ask, "bed.epochs(358)", "bed.epochs(4)")[1:] == [WAKING, SETTLING]


def test_breathing_is_the_median_of_two_minutes_and_uneven_breaths_do_not_count(worker):
    lines = """
result = []
for breaths, even in ((120, 60), (130, 60), (200, 39), (140, 40), (0, 60), (0, 60), (0, 60)):
    bed.epochs(1, breaths_dpm=breaths, breath_regularity=even)
    result.append(it.breaths_dpm)
"""
    assert slept(worker, lines)[0] == [0, 130, 130, 130, 140, 0, 0]


def test_the_baseline_is_the_median_rate_of_what_is_scored_asleep(worker):
    lines = """
bed.epochs(5, rate_dbpm=900)
for rate in (500, 520, 540, 0, 700):
    bed.epochs(1, records.LIGHT, rate_dbpm=rate)
result = [it.baseline_bpm(), it.baseline_epochs]
bed.epochs(10, rate_dbpm=900)
result += [it.baseline_bpm(), it.baseline_epochs, it.slept_epochs]
"""
    assert slept(worker, lines)[0] == [0, 0, 52, 4, 5]


def test_a_rate_of_before_a_hole_is_not_taken_for_another_epoch_s(worker):
    lines = """
bed.epochs(5, records.LIGHT, rate_dbpm=500)
bed.i += 40
bed.stages += [records.LIGHT] * 40
bed.epochs(4, records.LIGHT, rate_dbpm=600)
result = [it.baseline_epochs, it.slept_epochs]
"""
    assert slept(worker, lines)[0] == [0, 4]


def test_the_room_s_light_is_without_the_puck_s_own(worker):
    lines = """
bed.epochs(1, light_mlx=3000)
bed.until(35000)
bed.ask(asking.HAND, asking.PRESSED, asking.LAMP)
result = []
for light in (4000, 2000, 9000):
    bed.epochs(1, light_mlx=light)
    result.append(it.light_mlx)
bed.short_press()
for light in (8000, 7000):
    bed.epochs(1, light_mlx=light)
    result.append(it.light_mlx)
bed.epochs(1, flags=records.NO_LIGHT, light_mlx=0)
result.append(it.light_mlx)
"""
    assert slept(worker, lines)[0] == [3000, 2000, 2000, 2000, 7000, None]


def test_what_no_sensor_tells_of_the_room_is_unknown(worker):
    lines = """
bed.epochs(1)
result = [[it.temperature_cdeg, it.humidity_pct, it.level_ddb]]
own = records.NO_SOUND | records.OWN_SOUND
for flags in (records.NO_CLIMATE, own, records.NO_SOUND):
    bed.epochs(1, flags=flags)
    result.append([it.temperature_cdeg, it.humidity_pct, it.level_ddb])
"""
    assert slept(worker, lines)[0] == [
        *([1900, 45, 320], [None, None, 320], [1900, 45, 320], [1900, 45, None])
    ]
