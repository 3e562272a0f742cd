"""The library's people: what marks each of them in the world that is written."""

from dataclasses import replace
from datetime import datetime
from itertools import pairwise

import numpy as np
import pytest
from scipy.signal import butter, sosfiltfilt
from sleepsync.world import from_library, generate, write_world
from sleepsync.world.accel import Acceleration
from sleepsync.world.library import NAMES
from sleepsync.world.light import Light

RATE_HZ = 100
RED, INFRARED, AMBIENT = range(3)
SEEDS = range(3)


def light(sleeper, from_s, to_s):
    return Light(sleeper, RATE_HZ).block(int(from_s * RATE_HZ), int((to_s - from_s) * RATE_HZ))


def accel_mg(sleeper, hours):
    """From the night's start: blocks must be asked for in order."""
    return Acceleration(sleeper, RATE_HZ).block(0, int(hours * 3600 * RATE_HZ)) / 8.192


def band(samples, low_hz, high_hz):
    sos = butter(2, [low_hz, high_hz], "bandpass", fs=RATE_HZ, output="sos")
    return sosfiltfilt(sos, samples.astype(float), axis=0)


def rate_bpm(sleeper):
    """On a grid of 4 Hz."""
    grid_s = np.arange(10, sleeper.duration_s - 10, 0.25)
    return grid_s, np.interp(grid_s, sleeper.beats_s[1:], 60 / np.diff(sleeper.beats_s))


# Everybody


@pytest.mark.parametrize("name", NAMES)
def test_everybody_has_a_night_that_can_be_written(name, tmp_path):
    sleeper = from_library(name, 2, 0.2)
    assert sleeper.name == f"{name}, generated sleeper 2"
    assert len(sleeper.stages) == len(sleeper.breaths_per_min) == 24
    assert set(sleeper.sources) == {"pulse", "motion", "stages", "room"}
    assert all(source.startswith(("generated", "none")) for source in sleeper.sources.values())
    write_world(sleeper, tmp_path)
    assert (tmp_path / "light.bin").stat().st_size == 720 * RATE_HZ * 12
    assert (tmp_path / "room.bin").stat().st_size == 720 * 16


@pytest.mark.parametrize("name", NAMES)
def test_a_seed_gives_one_night_and_another_seed_another(name):
    once, again, other = (from_library(name, seed, 1.0) for seed in (4, 4, 5))
    assert str(once) == str(again)
    assert str(once) != str(other).replace("sleeper 5", "sleeper 4").replace("seed=5", "seed=4")


@pytest.mark.parametrize("name", NAMES)
def test_samples_do_not_depend_on_the_blocks_they_are_made_in(name):
    sleeper = from_library(name, 3, 0.2)
    for kind in (Light, Acceleration):
        whole, parts = kind(sleeper, RATE_HZ).block(0, 72_000), kind(sleeper, RATE_HZ)
        made = [parts.block(a, b - a) for a, b in pairwise((0, 7, 20_001, 65_000, 72_000))]
        assert np.array_equal(np.concatenate(made), whole)


def test_somebody_unknown_is_told_who_there_is():
    with pytest.raises(ValueError, match=r"'sleepy'.*restless.*cold-hands.*nobody"):
        from_library("sleepy", 1)
    with pytest.raises(ValueError, match="ask for"):
        from_library("restless", 1, 30)


# What marks each


@pytest.mark.parametrize("seed", SEEDS)
def test_the_restless_lie_awake_and_move_a_lot(seed):
    restless, usual = from_library("restless", seed), generate(seed)
    awake = np.array(restless.stages) == "W"
    first_asleep = np.argmin(awake)
    assert 30 <= first_asleep / 2 <= 52
    assert awake[first_asleep:].sum() / 2 > 45  # minutes
    assert len(restless.movements) > 2.5 * len(usual.movements)
    assert len(restless.turns) > 2 * len(usual.turns)
    for lamp in restless.room.lamps:
        lit = awake[int(lamp.from_s // 30) : int(lamp.to_s // 30)]
        assert lit.size and lit.all()


@pytest.mark.parametrize("seed", SEEDS)
def test_apnoeas_come_every_half_minute_to_minute_in_light_sleep_and_rem(seed):
    sleeper = from_library("apnoeic", seed)
    from_s, to_s = np.array(sleeper.pauses).T
    assert 20 < len(from_s) / 8 < 60  # an hour: severe is 30 or more
    assert 10 < (to_s - from_s).min() < (to_s - from_s).max() < 30
    spacing_s = np.diff(from_s)
    assert spacing_s.min() > 30
    assert 35 < np.median(spacing_s) < 58
    for edge_s in (from_s, to_s):
        assert {sleeper.stages[int(at_s // 30)] for at_s in edge_s} <= set("12R")
    gasps_s = [m.start_s for m in sleeper.movements if m.start_s in set(to_s)]
    assert 0.45 < len(gasps_s) / len(to_s) < 0.75


@pytest.mark.parametrize("seed", SEEDS)
def test_the_heart_slows_while_breath_is_held_and_leaps_when_it_comes_back(seed):
    sleeper = from_library("apnoeic", seed)
    grid_s, rate = rate_bpm(sleeper)
    moved_s = {m.start_s for m in sleeper.movements}
    unmoved = [pause for pause in sleeper.pauses[:-1] if pause[1] not in moved_s]
    from_s, to_s = np.array(unmoved).T

    def mean_bpm(at_s):
        return np.interp(at_s, grid_s, rate).mean()

    assert mean_bpm(to_s - 0.5) < mean_bpm(from_s) - 3
    assert mean_bpm(to_s + 4) > mean_bpm(from_s) + 3.5


def cyclic_share(sleeper):
    """Of the power of the heart's rate below 0.1 Hz, the part with periods of 30-60 s."""
    _, rate = rate_bpm(sleeper)
    power = np.abs(np.fft.rfft(rate - rate.mean())) ** 2
    f_hz = np.fft.rfftfreq(len(rate), 0.25)
    cyclic = (f_hz > 1 / 60) & (f_hz < 1 / 30)
    return power[cyclic].sum() / power[(f_hz > 0.001) & (f_hz < 0.1)].sum()


@pytest.mark.parametrize("seed", SEEDS)
def test_an_apnoeic_heart_swings_in_periods_of_half_a_minute_to_a_minute(seed):
    apnoeic, usual = from_library("apnoeic", seed), generate(seed)
    assert cyclic_share(apnoeic) > 0.35
    assert cyclic_share(apnoeic) > 2 * cyclic_share(usual)


def test_breath_rests_in_a_pause_and_goes_on_after():
    sleeper = replace(from_library("apnoeic", 1, 1.0), movements=[])
    sleeper.turns = sleeper.turns[:1]
    tilt_mg = band(accel_mg(sleeper, 1.0), 0.15, 0.5)

    def swing_mg(from_s, to_s):
        return np.ptp(tilt_mg[int(from_s) * RATE_HZ : int(to_s) * RATE_HZ], axis=0).sum()

    around = list(pairwise(sleeper.pauses))
    held = [swing_mg(from_s + 4, to_s - 4) for (from_s, to_s), _ in around]
    drawn = [swing_mg(to_s + 3, next_s) for (_, to_s), (next_s, _) in around]
    assert np.median(held) < 0.35 * np.median(drawn)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_partner_shakes_the_bed_and_leaves_heart_sleep_and_pulse_alone(seed):
    sleeper = from_library("partner", seed)
    alone = from_library("slips-off", seed)  # the same night but for what slips
    assert sleeper.stages == alone.stages
    assert np.array_equal(sleeper.beats_s, alone.beats_s)
    felt = [m for m in sleeper.movements if m.light_share < 1]
    assert len(felt) > 40
    assert 0.02 < max(m.strength_g for m in felt) <= 0.15
    others_s = {m.start_s for m in felt}
    assert not others_s & {m.start_s for m in sleeper.movements if m.light_share == 1}


def test_a_bed_that_shakes_moves_the_pod_more_than_the_light():
    sleeper = from_library("partner", 1, 2.5)
    own = [m for m in sleeper.movements if m.light_share == 1]
    strongest = max((m for m in sleeper.movements if m not in own), key=lambda m: m.strength_g)
    felt = replace(sleeper, movements=[strongest], turns=sleeper.turns[:1])
    still = replace(felt, movements=[])
    span = strongest.start_s, strongest.start_s + strongest.length_s
    shaken = light(felt, *span)[:, INFRARED] - light(still, *span)[:, INFRARED].astype(float)
    pulse = np.ptp(band(light(still, *span)[:, INFRARED], 0.5, 8))
    assert 0 < np.abs(shaken).max() < 0.4 * pulse
    until = int(span[1] * RATE_HZ) + 100
    hours = until / RATE_HZ / 3600
    moved = np.abs(accel_mg(felt, hours) - accel_mg(still, hours)).max()
    assert 0.5 * strongest.strength_g < moved / 1000 < 1.5 * strongest.strength_g


@pytest.mark.parametrize("seed", SEEDS)
def test_cold_hands_have_a_small_and_quick_pulse(seed):
    sleeper = from_library("cold-hands", seed, 1.0)
    assert np.percentile(60 / np.diff(sleeper.beats_s), 2) > 68
    assert np.percentile(60 / np.diff(sleeper.beats_s), 98) < 97
    still = replace(sleeper, movements=[], turns=sleeper.turns[:1])
    infrared = light(still, 0, 600)[:, INFRARED]
    at = np.round((sleeper.beats_s[2:600] + 0.2) * RATE_HZ).astype(int)
    around = band(infrared, 0.5, 12)[at[:, None] + np.arange(-20, 30)]
    swing_pct = 100 * np.ptp(around, axis=1) / infrared.mean()
    assert np.min(swing_pct) > 0.08
    assert 0.1 < np.median(swing_pct) < 0.3
    assert np.max(swing_pct) < 0.4


@pytest.mark.parametrize(("name", "share"), [("dark-skin", 0.3), ("pale-skin", 3.0)])
def test_skin_swallows_the_leds_light_and_nothing_else(name, share):
    sleeper = from_library(name, 1, 0.2)
    seen, usual = light(sleeper, 0, 600), light(replace(sleeper, skin=1.0), 0, 600)
    assert np.allclose(seen[:, :AMBIENT], share * usual[:, :AMBIENT], atol=2)
    assert np.array_equal(seen[:, AMBIENT], usual[:, AMBIENT])


@pytest.mark.parametrize("seed", SEEDS)
def test_a_tremor_shakes_the_waking_hand_and_leaves_the_sleeping_one(seed):
    sleeper = from_library("tremor", seed, 1.0)
    sleeper = replace(sleeper, movements=[], turns=sleeper.turns[:1])
    assert 4 <= sleeper.tremor.rate_hz <= 9
    assert 15 <= sleeper.tremor.strength_mg <= 40
    shaken_mg = np.linalg.norm(band(accel_mg(sleeper, 1.0), 3, 13), axis=1).reshape(120, -1)
    awake = np.array(sleeper.stages) == "W"
    most_mg = np.percentile(shaken_mg, 99, axis=1)
    assert 0.75 * sleeper.tremor.strength_mg < most_mg[awake][1:].max()
    assert most_mg[awake].max() < 1.3 * sleeper.tremor.strength_mg + 3
    assert most_mg[~awake].max() < 7


def test_a_tremor_has_its_own_rhythm_and_shakes_the_light_with_it():
    sleeper = replace(from_library("tremor", 1, 0.3), movements=[])
    sleeper.turns = sleeper.turns[:1]
    felt = accel_mg(sleeper, 0.3)[1000:50_000]
    seen = light(sleeper, 0, 600)[1000:50_000, INFRARED].astype(float)
    calm = light(replace(sleeper, tremor=None), 0, 600)[1000:50_000, INFRARED]
    f_hz = np.fft.rfftfreq(len(seen), 1 / RATE_HZ)
    for trembling in (felt[:, np.argmax(felt.std(axis=0))], seen - calm):
        power = np.abs(np.fft.rfft(trembling - trembling.mean()))
        loudest_hz = f_hz[(f_hz > 3)][np.argmax(power[f_hz > 3])]
        assert loudest_hz == pytest.approx(sleeper.tremor.rate_hz, abs=0.3)
    pulse = np.ptp(band(calm[:2000], 0.5, 8))
    assert 0.02 * pulse < np.abs(seen - calm).max() < pulse


@pytest.mark.parametrize("hours", [2.5, 8.0])
@pytest.mark.parametrize("seed", SEEDS)
def test_the_pod_slips_off_at_three_and_stays_off(seed, hours):
    sleeper = from_library("slips-off", seed, hours)
    ((off_s, on_s),) = sleeper.off_body
    seconds = (sleeper.start - datetime(2026, 1, 16, 3)).total_seconds()
    assert off_s == -seconds
    assert 1800 < off_s < sleeper.duration_s - 900
    assert on_s > sleeper.duration_s
    assert sleeper.turns[-1].at_s == off_s
    loose = [m for m in sleeper.movements if m.start_s > off_s]
    assert loose
    assert max(m.strength_g for m in loose) <= 0.15
    assert loose == [m for m in sleeper.movements if m.light_share < 1]
    end = light(sleeper, sleeper.duration_s - 60, sleeper.duration_s)
    assert np.all(end[:, :2] < 6_000)
    assert np.all(light(sleeper, off_s - 60, off_s - 3)[:, :2] > 100_000)


def test_nobody_s_bed_is_empty_from_the_first_sample_to_the_last(tmp_path):
    sleeper = from_library("nobody", 1, 0.5)
    assert np.ptp(accel_mg(sleeper, 0.5), axis=0).max() == 0
    seen = light(sleeper, 0, 1800)
    assert np.all(seen[:, :2] == 4_000)
    assert seen[:, AMBIENT].min() > 10_000
    truth = np.load(write_world(sleeper, tmp_path) / "truth.npz")
    assert set(truth["stages"]) == {"?"}
    assert truth["beats_s"].size == 0
    assert np.isnan(truth["rate_bpm"]).all()
    assert truth["off_body"].all()
    assert not truth["moving"].any()
