"""The generated bedroom against what it claims: light, warmth, damp, noise, and their files."""

import json
from dataclasses import replace

import numpy as np
import pytest
from sleepsync.world import Lamp, Room, Sound, from_library, generate, write_world
from sleepsync.world import room as rooms
from sleepsync.world import sound as sounds

HOUR_S = 3600
QUIET = Room(cars_per_h=0.0)
FILES = ("room.bin", "sound.bin")


def series(room=QUIET, seed=1, duration_s=HOUR_S):
    return rooms.series(room, seed, duration_s)


def level_dba(*heard, duration_s=120):
    """What one second after another sounds like, in a room that is otherwise all but silent."""
    silent = replace(QUIET, quiet_dba=-40.0, sounds=heard)
    return series(silent, duration_s=duration_s)[:, rooms.LEVEL_DBA]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A world of six minutes with something of everything in its room."""
    room = Room(lamps=(Lamp(0.0, 95.0, 10.0),), sounds=(Sound(200.0, 60.0, 50.0, "snore"),))
    return write_world(replace(generate(3, 0.1), room=room), tmp_path_factory.mktemp("room"))


@pytest.fixture(scope="module")
def head(folder):
    return json.loads((folder / "world.json").read_text())


@pytest.fixture(scope="module")
def truth(folder):
    return np.load(folder / "truth.npz")


@pytest.fixture(scope="module")
def written(folder):
    """Light in lx, degrees C, %, dB for each second."""
    seconds = np.fromfile(folder / "room.bin", "<i4").reshape(-1, 4)
    return seconds / (1000, 1000, 1000, 100)


# The files


def test_there_is_one_row_for_each_second(written):
    assert len(written) == 360
    assert np.allclose(written[:, rooms.LIGHT_LX][:95], 10.02, atol=0.01)
    assert np.all(written[95:, rooms.LIGHT_LX] < 0.05)
    assert np.all(abs(written[:, rooms.TEMPERATURE_C] - 18.9) < 0.3)
    assert np.all(abs(written[:, rooms.HUMIDITY_PCT] - 46) < 3)
    assert 20 < written[:, rooms.LEVEL_DBA].min() < 30 < 48 < written[:, rooms.LEVEL_DBA].max() < 58


def test_truth_is_the_mean_of_each_epoch_and_the_energy_of_its_sound(written, truth):
    epochs = written.reshape(12, 30, 4)
    for column, name in enumerate(("light_lx", "temperature_c", "humidity_pct")):
        assert np.allclose(truth[name], epochs[:, :, column].mean(axis=1), atol=0.0006)
    energy = 10 ** (epochs[:, :, rooms.LEVEL_DBA] / 10)
    assert np.allclose(truth["level_dba"], 10 * np.log10(energy.mean(axis=1)), atol=0.01)
    assert np.allclose(truth["loudest_dba"], epochs[:, :, rooms.LEVEL_DBA].max(axis=1), atol=0.006)
    assert np.all(truth["loudest_dba"] > truth["level_dba"])


def test_the_head_tells_of_the_clock_chip_and_of_the_loop_s_own_level(folder, head):
    noise = np.fromfile(folder / "sound.bin", "<i2")
    assert head["version"] == 2
    assert abs(head["chips"]["ds3231"]["rate_ppm"]) <= 2
    assert head["sound_loop_cdb"] == round(100 * sounds.a_weighted_db(noise, 16_000))
    assert head["sources"]["room"].startswith("generated")


def test_clock_chips_differ_and_the_other_chips_are_as_ever(tmp_path):
    heads = []
    for seed in range(12):
        write_world(generate(seed, 0.01), tmp_path)
        heads.append(json.loads((tmp_path / "world.json").read_text())["chips"])
    assert {chips["ds3231"]["rate_ppm"] for chips in heads} <= set(range(-2, 3))
    assert len({chips["ds3231"]["rate_ppm"] for chips in heads}) > 2
    assert len({chips["lis3dh"]["rate_ppm"] for chips in heads}) == 12


def test_one_seed_gives_the_same_room_and_another_seed_another(tmp_path):
    folders = [
        write_world(generate(seed, 0.05), tmp_path / str(i)) for i, seed in enumerate((7, 7, 8))
    ]
    once, again, other = ([(folder / name).read_bytes() for name in FILES] for folder in folders)
    assert once == again
    assert all(a != b for a, b in zip(once, other, strict=True))


def test_a_room_moves_nothing_that_the_pod_feels(tmp_path):
    dark = write_world(generate(5, 0.05), tmp_path / "dark")
    lit = Room(lamps=(Lamp(0.0, 90.0, 50.0),), sounds=(Sound(9.0, 9.0, 70.0, "knock"),))
    bright = write_world(replace(generate(5, 0.05), room=lit), tmp_path / "bright")
    for name in ("light.bin", "accel.bin"):
        assert (dark / name).read_bytes() == (bright / name).read_bytes()
    assert (dark / "room.bin").read_bytes() != (bright / "room.bin").read_bytes()


# Light


@pytest.mark.parametrize("seed", range(4))
def test_every_sleeper_s_room_is_dark_unless_told(seed):
    sleeper = generate(seed)
    assert sleeper.room == Room()
    light_lx = series(sleeper.room, seed, sleeper.duration_s)[:, rooms.LIGHT_LX]
    assert 0.01 < light_lx.min() < light_lx.max() < 0.05
    assert sleeper.sources["room"] == "generated: a dark room"


def test_a_lamp_burns_for_its_time_and_lamps_add_up():
    light_lx = series(replace(QUIET, lamps=(Lamp(60.0, 180.0, 12.0), Lamp(120.0, 240.0, 30.0))))[
        :, 0
    ]
    assert np.allclose(
        light_lx[[59, 60, 119, 120, 179, 180, 239, 240]],
        [0.02, 12.02, 12.02, 42.02, 42.02, 30.02, 30.02, 0.02],
        atol=0.02,
    )


def test_a_dawn_grows_tenfold_in_a_quarter_of_an_hour_up_to_its_day():
    light_lx = series(replace(QUIET, night_lx=0.0, dawn_s=600.0, day_lx=50.0), duration_s=6000)[
        :, 0
    ]
    assert np.all(light_lx[:600] == 0)
    assert light_lx[600] == pytest.approx(0.01, rel=0.5)
    growth = light_lx[1000 + 930] / light_lx[1000]
    assert growth == pytest.approx(10, rel=0.3)
    assert light_lx[4500:].mean() == pytest.approx(50, rel=0.2)
    assert np.ptp(np.log10(light_lx[4500:])) < 0.3


# Warmth and damp


def test_the_room_cools_until_the_heating_comes_on():
    cooling = series(duration_s=8 * HOUR_S)[:, rooms.TEMPERATURE_C]
    assert cooling[0] == pytest.approx(19.0, abs=0.2)
    assert cooling[3 * HOUR_S] == pytest.approx(16 + 3 / np.e, abs=0.2)
    assert cooling[-1] == pytest.approx(16.2, abs=0.2)
    heated = series(replace(QUIET, heating_s=6.0 * HOUR_S), duration_s=8 * HOUR_S)
    warm = heated[:, rooms.TEMPERATURE_C]
    assert np.array_equal(warm[: 6 * HOUR_S], cooling[: 6 * HOUR_S])
    assert abs(warm[6 * HOUR_S] - warm[6 * HOUR_S - 1]) < 0.01
    assert warm[7 * HOUR_S] == pytest.approx(20 - (20 - 16.4) / np.e, abs=0.25)


def test_air_that_cools_grows_damper_as_its_vapour_stays():
    """Saturated vapour has 12.27 hPa at 10 degrees C, and 23.37 hPa at 20."""
    cooled = Room(evening_c=20.0, night_c=10.0, sleepers=0, humidity_pct=40.0)
    last = series(cooled, duration_s=24 * HOUR_S)[-1]
    assert last[rooms.TEMPERATURE_C] == pytest.approx(10, abs=0.2)
    assert last[rooms.HUMIDITY_PCT] == pytest.approx(40 * 23.37 / 12.27, abs=2)


def test_breath_damps_the_air_and_two_damp_it_twice():
    steady = [Room(evening_c=18.0, night_c=18.0, sleepers=n) for n in range(3)]
    last_pct = [series(room, duration_s=8 * HOUR_S)[-1, rooms.HUMIDITY_PCT] for room in steady]
    assert np.diff(last_pct) == pytest.approx(45 * 0.06 * (1 - np.exp(-4)), abs=0.05)


def test_humidity_never_passes_what_air_can_hold():
    swamp = Room(evening_c=25.0, night_c=5.0, humidity_pct=90.0)
    assert series(swamp, duration_s=8 * HOUR_S)[:, rooms.HUMIDITY_PCT].max() == 100


# Noise


def test_a_quiet_room_is_quiet():
    level = series(duration_s=8 * HOUR_S)[:, rooms.LEVEL_DBA]
    assert level.mean() == pytest.approx(27, abs=0.1)
    assert 0.5 < level.std() < 1.2


def test_cars_pass_about_as_often_as_told_and_no_louder_than_a_bedroom_hears():
    busy = series(replace(QUIET, cars_per_h=6.0), duration_s=8 * HOUR_S)[:, rooms.LEVEL_DBA]
    loud = busy > 33
    passed = np.sum(loud[1:] & ~loud[:-1])
    assert 20 <= passed <= 60
    assert 40 < busy.max() < 45


def test_a_passing_car_swells_and_fades():
    level = level_dba(Sound(50.0, 16.0, 44.0, "car"))
    assert np.argmax(level) == 58
    assert level[58] == pytest.approx(44, abs=0.1)
    assert np.all(np.diff(level[50:59]) > 0)
    assert np.all(np.diff(level[58:66]) < 0)
    for later_s, distance in ((60, np.sqrt(2)), (62, np.sqrt(5))):  # against the nearest
        assert level[later_s] == pytest.approx(44 - 20 * np.log10(distance), abs=0.1)
    assert np.all(level[:50] < -30)


def test_a_knock_is_over_in_a_moment():
    level = level_dba(Sound(30.0, 3.0, 60.0, "knock"))
    assert level[29:33] == pytest.approx([-40, 60, 42, 24], abs=3)


def test_a_snore_comes_with_every_breath():
    level = level_dba(Sound(20.0, 80.0, 50.0, "snore"))[20:100].reshape(20, 4)
    assert np.all(level[:, :2] > 42)
    assert np.all(level[:, 2:] < -30)
    assert 0.8 < level[:, 0].std() < 4
    assert level[:, :2].mean() == pytest.approx(50, abs=1.5)


def test_a_sound_across_an_end_of_the_night_is_heard_inside_it():
    level = level_dba(Sound(-10.0, 30.0, 50.0, "snore"), Sound(110.0, 30.0, 40.0, "car"))
    assert np.max(level[:20]) > 40
    assert np.max(level[110:]) > 30


def test_what_is_heard_moves_neither_warmth_nor_light():
    noisy = series(replace(QUIET, sounds=(Sound(10.0, 60.0, 70.0, "snore"),)))
    assert np.array_equal(noisy[:, : rooms.LEVEL_DBA], series()[:, : rooms.LEVEL_DBA])


def test_levels_are_averaged_by_their_energy():
    assert rooms.mean_dba(np.array([60.0] + [0.0] * 9)) == pytest.approx(50, abs=1e-4)
    assert rooms.mean_dba(np.array([[30.0, 30.0], [30.0, 40.0]])) == pytest.approx(
        [30, 37.404], abs=1e-3
    )


def test_a_snorer_is_heard_in_their_room_and_nobody_is_not():
    snored, still = (from_library(name, 1, 2.5) for name in ("partner", "nobody"))
    loud, quiet = (
        rooms.series(sleeper.room, 1, sleeper.duration_s)[:, rooms.LEVEL_DBA]
        for sleeper in (snored, still)
    )
    assert 0.05 < np.mean(loud > 45) < 0.5
    assert not np.any(quiet > 45)
    assert still.room == Room(sleepers=0)


# The loop of noise


@pytest.mark.parametrize(
    ("third_octave", "gain_db"),
    [(-15, -39.4), (-12, -26.2), (-9, -16.1), (-6, -8.6), (-3, -3.2), (0, 0.0), (3, 1.2), (6, 1.0)],
)
def test_the_weighting_is_that_of_the_standard_s_table(third_octave, gain_db):
    """Table 3 of IEC 61672-1, at its exact frequencies from 32 Hz to 4 kHz."""
    f_hz = np.array([1000 * 10 ** (third_octave / 10)])
    assert 20 * np.log10(sounds.a_weighting(f_hz)[0]) == pytest.approx(gain_db, abs=0.06)


@pytest.mark.parametrize(("f_hz", "level_db"), [(1000, 120.0), (63, 93.8), (4000, 121.0)])
def test_a_full_scale_sine_has_the_level_of_the_definition(f_hz, level_db):
    sine = np.rint(32_767 * np.sin(2 * np.pi * f_hz * np.arange(16_000) / 16_000)).astype("<i2")
    assert sounds.a_weighted_db(sine, 16_000) == pytest.approx(level_db, abs=0.06)
    half = np.rint(sine / 2).astype("<i2")
    assert sounds.a_weighted_db(half, 16_000) == pytest.approx(level_db - 6.02, abs=0.06)


def test_two_tones_add_their_energies():
    t_s = np.arange(16_000) / 16_000
    both = sum(8_000 * np.sin(2 * np.pi * f_hz * t_s) for f_hz in (1000, 2000))
    one_db = 120 + 20 * np.log10(8_000 / 32_767)
    expected = 10 * np.log10(10 ** (one_db / 10) + 10 ** ((one_db + 1.2) / 10))
    assert sounds.a_weighted_db(np.rint(both).astype("<i2"), 16_000) == pytest.approx(
        expected, abs=0.05
    )


def test_the_loop_is_long_full_and_without_a_seam():
    noise = sounds.loop(1)
    assert noise.dtype == np.dtype("<i2")
    assert len(noise) == 8 * 16_000
    assert np.abs(noise.astype(int)).max() == 32_767
    steps = np.abs(np.diff(np.append(noise, noise[0]).astype(int)))
    assert steps[-1] < np.percentile(steps, 99.9)
    assert abs(noise.mean()) < 1


@pytest.mark.parametrize("seed", [1, 2])
def test_the_loop_has_the_same_power_in_each_octave(seed):
    power = np.abs(np.fft.rfft(sounds.loop(seed).astype(float))) ** 2
    f_hz = np.fft.rfftfreq(8 * 16_000, 1 / 16_000)
    octaves_db = [
        10 * np.log10(power[(f_hz >= low) & (f_hz < 2 * low)].sum())
        for low in 50 * 2.0 ** np.arange(7)
    ]
    assert np.ptp(octaves_db) < 1.5
    assert power[f_hz > 7_100].sum() < 1e-4 * power.sum()
