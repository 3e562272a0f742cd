"""What breaks a limit is found, each kind by itself, when it was; what keeps them is not."""

import numpy as np
import pytest
from made_emitted import S, dawn, frame, judged, ramp, sine, write
from sleepsync.emitted import CEILINGS, FIELD, Allowed, EmittedDamaged, Lane, measure
from sleepsync.emitted import judged as rules

pytestmark = pytest.mark.governor
NIGHT = 60 * S
QUIET = {"light": [(0, frame())], "sound": [], "touch": [(0, 0)]}


def everything(light=300_000, sound=7500, touch=127, amber=False, until_us=NIGHT):
    return [
        Allowed(Lane.LIGHT, 0, until_us, light, amber),
        Allowed(Lane.SOUND, 0, until_us, sound),
        Allowed(Lane.TOUCH, 0, until_us, touch),
    ]


def found(night, allowed):
    return {(breach.lane, breach.rule) for breach in night.breaches(allowed)}


def only(night, allowed):
    """The one breach that there must be."""
    (breach,) = night.breaches(allowed)
    return breach


def faded(shown, ticks=100, begin_us=S):
    up = [np.uint8(np.rint(shown * (k / ticks))) for k in range(1, ticks + 1)]
    return ramp(begin_us, up)


# -- what keeps every limit


def good(tmp_path):
    """A white light that comes and is cut, a sound, bursts: all within."""
    light = [*dawn(frame(80, 80, 80, lights=8)), (50 * S, frame())]
    touch = [row for k in range(3) for row in (((2 + 10 * k) * S, 90), ((5 + 10 * k) * S, 0))]
    tone = np.int16(sine(500, -30, 4) * np.hanning(64_000))
    return judged(tmp_path, light, [(30 * S, tone)], touch)


def test_nothing_is_found_where_all_is_well(tmp_path):
    assert good(tmp_path).breaches(everything()) == []


def test_nor_in_a_night_without_any_emission(tmp_path):
    night = judged(tmp_path)
    assert night.breaches([]) == []
    assert [len(night.spans(lane)) for lane in Lane] == [0, 0, 0]
    assert not any(night.figures.values())


# -- outside, above


def test_the_same_is_a_breach_of_every_lane_where_nothing_is_allowed(tmp_path):
    night = good(tmp_path)
    assert found(night, []) == {(lane, rules.OUTSIDE) for lane in Lane}


def test_outside_is_told_to_the_tick(tmp_path):
    night = judged(tmp_path, [(2 * S, frame(red=5, lights=1)), (9 * S, frame())])
    allowed = [Allowed(Lane.LIGHT, S, 5 * S, 1000), Allowed(Lane.LIGHT, 6 * S, 8 * S, 1000)]
    spans = [
        (one.from_us, one.to_us) for one in night.breaches(allowed) if one.rule == rules.OUTSIDE
    ]
    assert spans == [(5 * S, 6 * S), (8 * S, 9 * S)]


def test_sound_outside_is_told_to_the_millisecond(tmp_path):
    night = judged(tmp_path, sound=[(S, sine(500, -40, 4))])
    breach = only(night, [Allowed(Lane.SOUND, 0, 3 * S, 7500)])
    assert (breach.rule, breach.from_us) == (rules.OUTSIDE, 3 * S)
    assert breach.to_us == pytest.approx(5 * S, abs=1000)


@pytest.mark.parametrize(
    ("shown", "count_mlx", "rule"),
    [
        (frame(red=10), 6.588, rules.ABOVE_PHOTOPIC),
        (frame(blue=10), 34.56, rules.ABOVE_MELANOPIC),
    ],
)
def test_light_above_its_ceiling_by_either_measure(shown, count_mlx, rule, tmp_path):
    """By the last of 240 counts, and by no less."""
    rows = dawn(shown)
    night = judged(tmp_path, [*rows, (50 * S, frame())])
    breach = only(night, everything(light=239.5 * count_mlx))
    assert (breach.lane, breach.rule) == (Lane.LIGHT, rule)
    assert (breach.from_us, breach.to_us) == (rows[-1][0], 50 * S)
    assert breach.figure == pytest.approx(240 * count_mlx, rel=0.001)
    assert found(night, everything(light=240.5 * count_mlx)) == set()


def test_a_moment_must_be_allowed_by_one_span_as_it_is(tmp_path):
    """White up to 0.1 lx and amber up to 5 lx are no leave for 2 lx of white."""
    night = judged(tmp_path, dawn(frame(4, 4, 4)))
    white, amber = everything(light=100), everything(light=5000, amber=True)
    assert found(night, amber) == {(Lane.LIGHT, rules.COLOUR)}
    above = {(Lane.LIGHT, rules.ABOVE_PHOTOPIC), (Lane.LIGHT, rules.ABOVE_MELANOPIC)}
    assert found(night, white + amber) == above
    assert found(night, everything(light=5000) + amber) == set()


def test_amber_is_held_to_its_colour(tmp_path):
    warm, white = dawn(frame(6, 12, 0)), dawn(frame(7, 12, 0))
    assert found(judged(tmp_path / "warm", warm), everything(light=5000, amber=True)) == set()
    night = judged(tmp_path / "white", white)
    assert found(night, everything(light=5000, amber=True)) == {(Lane.LIGHT, rules.COLOUR)}


def test_no_span_allows_more_than_is_ever_allowed(tmp_path):
    tone = np.int16(sine(1000, -14, 4) * np.hanning(64_000))
    night = judged(tmp_path, sound=[(S, tone)])
    assert found(night, everything(sound=9000)) == {
        (Lane.SOUND, rules.ABOVE_FAST),
        (Lane.SOUND, rules.ABOVE_LEQ),
    }


def test_loud_on_average_and_loud_in_a_block_are_two_rules(tmp_path):
    """One block of 96 ms is 2.7 dB louder than FAST makes of it."""
    night = judged(tmp_path, sound=[(S, sine(1000, -40, 0.096))])
    assert found(night, everything(sound=5210)) == set()
    breach = only(night, everything(sound=5100))
    assert (breach.rule, breach.figure) == (rules.ABOVE_LEQ, pytest.approx(52, abs=0.1))
    assert (Lane.SOUND, rules.ABOVE_FAST) in found(night, everything(sound=4900))


def test_a_ceiling_that_sinks_does_not_blame_what_was_before(tmp_path):
    loud, soft = sine(1000, -20, 1.92), sine(1000, -60, 1.92)
    night = judged(tmp_path, sound=[(S, np.concatenate((loud, soft)))])
    change = S + 1_920_000
    sinking = [
        Allowed(Lane.SOUND, 0, change + 2000, 7210),
        Allowed(Lane.SOUND, change + 2000, NIGHT, 3210),
    ]
    assert found(night, sinking) == set()
    assert found(night, [Allowed(Lane.SOUND, 0, change - 1000, 7210), *sinking[1:]]) != set()


def test_a_meter_that_still_falls_is_no_emission(tmp_path):
    night = judged(tmp_path, sound=[(S, sine(1000, -20, 2))])
    told = night.breaches(everything(sound=5000, until_us=3 * S))
    assert {one.rule for one in told} == {rules.ABOVE_FAST, rules.ABOVE_LEQ}
    assert max(one.to_us for one in told if one.rule == rules.ABOVE_FAST) <= 3 * S + 1000


def test_what_is_allowed_after_the_night_is_no_matter(tmp_path):
    night = judged(tmp_path, dawn(frame(red=10)))
    later = Allowed(Lane.LIGHT, 2 * NIGHT, 3 * NIGHT, 1000)
    assert night.breaches([*everything(), later]) == []


def test_touch_above_its_ceiling(tmp_path):
    night = judged(tmp_path, touch=[(S, 60), (2 * S, 61), (3 * S, 0)])
    breach = only(night, everything(touch=60))
    assert (breach.rule, breach.from_us, breach.to_us) == (rules.ABOVE, 2 * S, 3 * S)


# -- what is never exceeded


@pytest.mark.parametrize(("counts", "expected"), [(15, set()), (16, {rules.SLEW_AHEAD})])
def test_a_step_that_is_too_large(counts, expected, tmp_path):
    """Of one light of 24, so that it is no flicker."""
    stepped = frame(red=100)
    stepped[5, 1] -= counts
    night = judged(tmp_path, [*dawn(frame(red=100)), (50 * S, stepped)])
    assert {rule for _, rule in found(night, everything())} == expected


@pytest.mark.parametrize(("every_us", "expected"), [(20_500, set()), (19_700, {rules.SLEW_IN_1S})])
def test_much_within_a_second_though_little_at_once(every_us, expected, tmp_path):
    """One light goes up by 15 counts, then 5 down and up again, often."""
    low = frame(red=100)
    high, middle = low.copy(), low.copy()
    high[5, 0], middle[5, 0] = 15, 10
    by_turns = ramp(50 * S, [high, middle] * 60, every_us // 2)
    night = judged(tmp_path, [*dawn(low), *by_turns])
    assert {rule for _, rule in found(night, everything())} == expected


@pytest.mark.parametrize(("more", "expected"), [(6, set()), (7, {rules.FLICKER})])
def test_flicker_of_the_whole_ring(more, expected, tmp_path):
    """200 counts and some more by turns at 5 Hz: the first component is 4 / pi of half of it."""
    by_turns = ramp(40 * S, [frame(red=200 + more * (k % 2)) for k in range(100)], 100_000)
    night = judged(tmp_path, [*dawn(frame(red=200)), *by_turns])
    assert {rule for _, rule in found(night, everything())} == expected
    mean_lx, half_lx = (24 * 1.68 * counts / 255 for counts in (200 + more / 2, more / 2))
    known = half_lx * 4 / np.pi / (0.02 * mean_lx + 0.02)
    assert night.figures["light_flicker"] == pytest.approx(known, rel=0.03)
    starts = [breach.from_us for breach in night.breaches(everything())]
    assert starts == [pytest.approx(40 * S, abs=S)] * len(expected)


def test_bursts_and_duty(tmp_path):
    night = judged(tmp_path / "long", touch=[(S, 60), (4 * S + 50_000, 0)])
    assert only(night, everything()).rule == rules.BURST
    touch = [row for k in range(10) for row in (((1 + 5 * k) * S, 60), ((3 + 5 * k) * S, 0))]
    breach = only(judged(tmp_path / "often", touch=touch), everything())
    assert (breach.rule, breach.figure) == (rules.DUTY, pytest.approx(40))
    half_s = S // 2
    touch = [row for k in range(10) for row in ((10 * k * half_s, 60), ((10 * k + 3) * half_s, 0))]
    assert found(judged(tmp_path / "seldom", touch=touch), everything()) == set()


def test_ring_and_amplifier_past_what_the_supply_is_kept_for(tmp_path):
    """970 mA of light, and a tone that needs 30 of them."""
    light = [*faded(frame(168, 168, 167), 255), (30 * S, frame())]
    tone = np.int16(sine(1000, -3, 4) * np.hanning(64_000))
    night = judged(tmp_path / "both", light, [(15 * S, tone)])
    breach = [one for one in night.breaches(everything(sound=9000)) if one.lane is None]
    assert [(one.rule, one.figure > 1000) for one in breach] == [(rules.CURRENT, True)]
    assert 15 * S < breach[0].from_us < breach[0].to_us < 19 * S
    apart = judged(tmp_path / "apart", light, [(35 * S, tone)])
    assert (None, rules.CURRENT) not in found(apart, everything())


def test_a_breach_in_words(tmp_path):
    night = judged(tmp_path, touch=[(3_723_400_000, 61), (3_724_400_000, 0)], until_us=4000 * S)
    breach = only(night, [Allowed(Lane.TOUCH, 0, 4000 * S, 60)])
    assert (
        str(breach) == "touch at 1:02:03.400 for 1.000 s: above its ceiling: 61 of 127, at most 60"
    )


def test_the_table_is_the_plan_s():
    asleep, cue, alarm = (CEILINGS[use] for use in ("asleep", "cue", "alarm"))
    assert (asleep.light_mlx, asleep.amber, asleep.sound_cdb) == (1000, True, 3500)
    assert (cue.sound_cdb, CEILINGS["wind-down"].sound_cdb, alarm.sound_cdb) == (4500, 5000, 7500)
    assert CEILINGS["sunrise"].light_mlx == FIELD.light_mlx == 300_000
    assert (FIELD.sound_cdb, FIELD.slew_counts, FIELD.together_ma) == (7500, 255, 1000)
    assert (FIELD.burst_us, FIELD.duty) == (3 * S, 0.3)


# -- logs that are none


def test_a_log_that_is_missing_is_no_silent_lane(tmp_path):
    for name in ("light.bin", "sound.bin", "sound.raw", "touch.bin"):
        folder = write(tmp_path / name)
        (folder / name).unlink()
        with pytest.raises(EmittedDamaged, match=name):
            measure(folder, 9200)


@pytest.mark.parametrize("name", ["light.bin", "sound.bin", "sound.raw", "touch.bin"])
def test_a_torn_log_is_refused(name, tmp_path):
    folder = write(tmp_path, [(S, frame())], [(S, sine(500, -20, 1))], [(S, 0)])
    whole = (folder / name).read_bytes()
    (folder / name).write_bytes(whole[:-1])
    with pytest.raises(EmittedDamaged, match=name):
        measure(folder, 9200)


def test_time_that_goes_back_is_refused(tmp_path):
    for log, rows in (
        ("light", [(2 * S, frame()), (S, frame())]),
        ("touch", [(2 * S, 0), (S, 1)]),
        ("sound", [(2 * S, sine(500, -20, 1)), (2 * S + 500_000, sine(500, -20, 1))]),
    ):
        with pytest.raises(EmittedDamaged, match=log):
            measure(write(tmp_path / log, **{log: rows}), 9200)
