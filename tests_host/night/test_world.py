"""The generated world against what it claims: waveforms, truth, proportions, determinism."""

import gzip
import json
from datetime import datetime
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import butter, find_peaks, sosfiltfilt
from sleepsync.data import DataDamaged, DataMissing, data_dir
from sleepsync.world import (
    UNSCORED,
    Movement,
    Sleeper,
    Turn,
    from_slpdb,
    generate,
    open_sleeper,
    write,
    write_world,
)
from sleepsync.world.accel import Acceleration
from sleepsync.world.heart import beats
from sleepsync.world.light import Light
from sleepsync.world.pulse import Pulse

RATE_HZ = 100
RED, INFRARED, AMBIENT = range(3)
BREATHS_PER_MIN = 15.0
FILES = ("light.bin", "accel.bin", "truth.npz", "world.json")
HOLE = (200.0, 230.0)
RECORDS = ["slp03", "slp16", "slp32", "slp37", "slp48", "slp59", "slp60", "slp61"]
RECORDS += ["slp02a", "slp02b", "slp67x"]


def sleeper(minutes=10, **changes):
    """Lies still, with heartbeats that no breathing moves."""
    epochs = minutes * 2
    interval_s = np.random.default_rng(1).uniform(0.75, 1.05, epochs * 45)
    beats_s = 0.5 + np.cumsum(interval_s)
    facts = {
        "name": "lies still",
        "seed": 5,
        "duration_s": epochs * 30.0,
        "start": datetime(2026, 1, 15, 22, 45),
        "beats_s": beats_s[beats_s < epochs * 30],
        "stages": ["2"] * epochs,
        "breaths_per_min": np.full(epochs, BREATHS_PER_MIN),
        "movements": [],
        "turns": [Turn(0.0, (0.0, 0.6, 0.8))],
        "off_body": [],
        "sources": {"pulse": "generated", "motion": "", "stages": "", "room": ""},
    }
    return Sleeper(**facts | changes)


class World:
    """What `write_world` left in a folder."""

    def __init__(self, someone, folder):
        write_world(someone, folder)
        self.light = np.fromfile(folder / "light.bin", "<i4").reshape(-1, 3)
        self.accel_g = np.fromfile(folder / "accel.bin", "<i2").reshape(-1, 3) / 8192
        self.truth = np.load(folder / "truth.npz")
        self.head = json.loads((folder / "world.json").read_text())


@pytest.fixture(scope="module")
def still(tmp_path_factory):
    return World(sleeper(), tmp_path_factory.mktemp("still"))


@pytest.fixture(scope="module")
def eventful(tmp_path_factory):
    beats_s = sleeper().beats_s
    lost = (beats_s > HOLE[0]) & (beats_s < HOLE[1])
    someone = sleeper(
        beats_s=beats_s[~lost],
        movements=[Movement(65.0, 4.0, 0.4)],
        turns=[Turn(0.0, (0.0, 0.6, 0.8)), Turn(130.0, (1.0, 0.0, 0.0))],
        off_body=[(400.0, 460.0)],
    )
    return World(someone, tmp_path_factory.mktemp("eventful"))


def slpdb(record):
    try:
        return data_dir() / "slpdb" / record
    except DataMissing as missing:
        pytest.skip(str(missing))


def falls_s(light):
    """Where a clean waveform falls most steeply, once for each pulse."""
    fall = -np.gradient(light.astype(float))
    at, _ = find_peaks(fall, height=0.2 * np.percentile(fall, 99), distance=40)
    before, peak, after = fall[at - 1], fall[at], fall[at + 1]
    return (at + 0.5 * (before - after) / (before - 2 * peak + after)) / RATE_HZ


def counted_band_g(accel_g):
    band = butter(5, [3, 11], "bandpass", fs=RATE_HZ, output="sos")
    return np.abs(sosfiltfilt(band, accel_g, axis=0)).max(axis=1)


def loudest_hz(series, rate_hz, low_hz, high_hz):
    power = np.abs(np.fft.rfft((series - series.mean()) * np.hanning(len(series)))) ** 2
    f_hz = np.fft.rfftfreq(len(series), 1 / rate_hz)
    inside = (f_hz >= low_hz) & (f_hz <= high_hz)
    return f_hz[inside][np.argmax(power[inside])]


# The files


def test_one_seed_gives_the_same_bytes_and_another_seed_others(tmp_path):
    folders = [
        write_world(generate(seed, 0.2), tmp_path / str(i)) for i, seed in enumerate((7, 7, 8))
    ]
    once, again, other = ([(folder / name).read_bytes() for name in FILES] for folder in folders)
    assert once == again
    assert all(a != b for a, b in zip(once, other, strict=True))


@settings(max_examples=20, deadline=None)
@given(blocks=st.lists(st.integers(1, 2500), min_size=1, max_size=6))
def test_samples_do_not_depend_on_the_blocks_they_are_made_in(blocks):
    someone = sleeper(1, movements=[Movement(9.9, 20.5, 0.3)], off_body=[(40.0, 50.0)])
    for kind in (Light, Acceleration):
        whole = kind(someone, RATE_HZ).block(0, 6000)
        parts = kind(someone, RATE_HZ)
        edges = sorted({0, *np.minimum(np.cumsum(blocks), 6000).tolist(), 6000})
        made = [parts.block(first, last - first) for first, last in pairwise(edges)]
        assert np.array_equal(np.concatenate(made), whole)


def test_the_head_says_what_the_files_hold(still):
    head = still.head
    assert head["version"] == 2
    assert head["rate_hz"] == RATE_HZ
    assert head["samples"] == len(still.light) == len(still.accel_g) == 600 * RATE_HZ
    assert head["start_s"] == 821_832_300  # 2026-01-15 22:45, counted from 2000-01-01
    assert set(head["sources"]) == {"pulse", "motion", "stages", "room"}


def test_chips_run_at_rates_of_their_own(tmp_path):
    heads = [World(sleeper(1, seed=seed), tmp_path / str(seed)).head for seed in range(8)]
    off_by = {
        chip: [head["chips"][chip]["rate_ppm"] for head in heads]
        for chip in ("max30102", "lis3dh", "ds3231")
    }
    sensors = off_by["max30102"] + off_by["lis3dh"]
    assert len(set(sensors)) == 16
    assert 10_000 < np.max(np.abs(sensors)) <= 30_000
    assert 0 < np.max(np.abs(off_by["ds3231"])) <= 2


def test_each_loudspeaker_is_as_loud_as_its_seed_says(tmp_path):
    heads = [World(sleeper(1, seed=seed), tmp_path / str(seed)).head for seed in range(16)]
    levels_cdb = [head["chips"]["speaker"]["pillow_cdb"] for head in heads]
    assert len(set(levels_cdb)) == 16
    assert 8000 <= min(levels_cdb) < 8300 < 8900 < max(levels_cdb) <= 9200


def test_a_world_that_was_not_finished_is_not_a_world(tmp_path):
    write_world(sleeper(1), tmp_path)

    def full(share):
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        write_world(sleeper(1), tmp_path, full)
    assert not (tmp_path / "world.json").exists()


def test_progress_rises_to_one(tmp_path, monkeypatch):
    monkeypatch.setattr(write, "_BLOCK", 2500)
    shares = []
    write_world(sleeper(1), tmp_path, shares.append)
    assert shares == [2500 / 6000, 5000 / 6000, 1.0]


# The pulse


@pytest.mark.parametrize("channel", [RED, INFRARED])
def test_light_falls_most_steeply_where_truth_has_the_beats(still, channel):
    seen_s = falls_s(still.light[:, channel])
    true_s = still.truth["beats_s"]
    true_s = true_s[true_s < 599.5]
    assert len(seen_s) == len(true_s)
    assert np.max(np.abs(seen_s - true_s)) < 0.010


def test_beats_reach_the_finger_a_fifth_of_a_second_after_the_heart(still):
    assert np.allclose(still.truth["beats_s"] - sleeper().beats_s, 0.2)


def test_the_pulse_is_a_dip(still):
    at = np.round(still.truth["beats_s"][2:-2] * RATE_HZ).astype(int)
    infrared = still.light[:, INFRARED].astype(float)
    assert np.all(infrared[at + 8] < infrared[at - 15])


@pytest.mark.parametrize("channel", [RED, INFRARED])
def test_swing_is_that_of_a_finger(still, channel):
    at = np.round(still.truth["beats_s"][2:-2] * RATE_HZ).astype(int)
    around = still.light[at[:, None] + np.arange(-20, 30), channel]
    swing = np.ptp(around, axis=1) / around.mean(axis=1)
    assert 0.003 < np.min(swing) < np.max(swing) < 0.03


def test_red_pulses_less_than_infrared_as_in_oxygenated_blood(still):
    steady = still.light[:, :2].mean(axis=0)
    beating = sosfiltfilt(butter(2, [0.8, 8], "bandpass", fs=RATE_HZ, output="sos"), still.light.T)
    red, infrared = beating[:2].std(axis=1) / steady
    assert 0.5 < red / infrared < 0.62  # 94-98 % by 110 - 25 R


def in_step_with_breath(series, t_s):
    """How far `series` swings with the breath's own sine, as a share of its mean."""
    angle = 2 * np.pi * t_s * BREATHS_PER_MIN / 60
    columns = np.stack((np.ones(len(t_s)), t_s, np.sin(angle), np.cos(angle)), axis=1)
    mean, _, sine, _ = np.linalg.lstsq(columns, series, rcond=None)[0]
    return sine / mean


@pytest.mark.parametrize("channel", [RED, INFRARED])
def test_breathing_moves_the_steady_light(still, channel):
    foot = np.round((still.truth["beats_s"][2:-2] - 0.15) * RATE_HZ).astype(int)
    moved = in_step_with_breath(still.light[foot, channel], foot / RATE_HZ)
    assert moved == pytest.approx(0.0025, abs=0.0008)


def test_breathing_moves_the_swing_of_the_pulse(still):
    at = np.round(still.truth["beats_s"][2:-2] * RATE_HZ).astype(int)
    pulse = still.light[:, INFRARED] / still.light[:, RED]  # what both share cancels
    moved = in_step_with_breath(pulse[at - 15] - pulse[at + 8], at / RATE_HZ)
    assert moved == pytest.approx(0.08, abs=0.025)


def test_steady_light_swings_at_the_breaths_frequency(still):
    slow = sosfiltfilt(butter(2, 0.5, fs=RATE_HZ, output="sos"), still.light[:, INFRARED])
    assert loudest_hz(slow, RATE_HZ, 0.1, 0.6) == pytest.approx(BREATHS_PER_MIN / 60, abs=0.01)


def test_breathing_moves_a_generated_heart():
    someone = generate(3, 1.5)
    epoch = someone.stages.index("3") + 4
    times_s = someone.beats_s
    deep = (times_s > epoch * 30) & (times_s < epoch * 30 + 120)
    grid_s = np.arange(epoch * 30 + 2, epoch * 30 + 118, 0.25)
    intervals_s = np.interp(grid_s, times_s[deep][1:], np.diff(times_s[deep]))
    expected_hz = someone.breaths_per_min[epoch : epoch + 4].mean() / 60
    assert loudest_hz(intervals_s, 4.0, 0.12, 0.5) == pytest.approx(expected_hz, abs=0.02)


def test_there_is_no_pulse_where_the_recording_lost_the_heart(eventful):
    infrared = eventful.light[:, INFRARED].astype(float)
    beating = sosfiltfilt(butter(2, [0.8, 8], "bandpass", fs=RATE_HZ, output="sos"), infrared)
    lost = beating[int(HOLE[0] + 5) * RATE_HZ : int(HOLE[1] - 5) * RATE_HZ]
    assert np.std(lost) < 0.05 * np.std(beating[300 * RATE_HZ : 380 * RATE_HZ])


@pytest.mark.parametrize(("shortest_s", "longest_s"), [(0.36, 0.5), (0.5, 0.7), (1.2, 1.4)])
def test_the_wave_has_no_jumps_at_any_heart_rate(shortest_s, longest_s):
    intervals_s = np.random.default_rng(2).uniform(shortest_s, longest_s, 200)
    intervals_s[20] = 0.004  # a beat that the recording has twice
    absorbed = Pulse(np.cumsum(intervals_s)).absorbed(np.arange(2, 60, 0.001))
    assert np.max(np.abs(np.diff(absorbed))) < 0.025  # of a systole in 1 ms


def test_an_early_beat_swings_less_and_a_doubled_one_not_at_all():
    beats_s = np.sort(np.append(np.arange(1.0, 40), [10.55, 20.004]))
    usual, early, doubled = (
        np.ptp(Pulse(beats_s).absorbed(start_s + 0.2 + np.arange(-0.1, 0.15, 0.001)))
        for start_s in (15.0, 10.55, 20.0)
    )
    assert early < 0.6 * usual
    assert doubled == pytest.approx(usual, rel=0.05)


# Motion, posture, contact


def test_a_movement_shakes_the_counted_band_and_stillness_does_not(eventful):
    shaken_g = counted_band_g(eventful.accel_g)
    assert 0.25 < shaken_g[65 * RATE_HZ : 69 * RATE_HZ].max() < 0.5
    assert shaken_g[10 * RATE_HZ : 60 * RATE_HZ].max() < 0.015  # the counts begin at 0.039 g


@pytest.mark.parametrize(("low_hz", "high_hz"), [(0.1, 0.6), (3, 8)])
def test_a_movement_shakes_the_light_more_than_pulse_and_breath_do(eventful, low_hz, high_hz):
    band = butter(2, [low_hz, high_hz], "bandpass", fs=RATE_HZ, output="sos")
    infrared = sosfiltfilt(band, eventful.light[: 72 * RATE_HZ, INFRARED].astype(float))
    in_4_s = np.ptp(infrared.reshape(-1, 4 * RATE_HZ), axis=1)
    assert in_4_s[16:18].max() > 2 * in_4_s[1:14].max()


def test_gravity_is_one_g_and_a_turn_moves_it_within_two_seconds(eventful):
    length_g = np.linalg.norm(eventful.accel_g, axis=1)
    quiet = np.r_[0 : 60 * RATE_HZ, 75 * RATE_HZ : 129 * RATE_HZ, 135 * RATE_HZ : 390 * RATE_HZ]
    assert np.all(np.abs(length_g[quiet] - 1) < 0.02)
    before, after = eventful.accel_g[12_800:12_990], eventful.accel_g[13_200:13_400]
    assert before.mean(axis=0) == pytest.approx((0, 0.6, 0.8), abs=0.01)
    assert after.mean(axis=0) == pytest.approx((1, 0, 0), abs=0.01)


def test_off_the_finger_the_light_falls_and_the_room_is_seen(eventful):
    on, off = eventful.light[300 * RATE_HZ : 390 * RATE_HZ], eventful.light[40_200:45_800]
    assert np.all(on[:, :2] > 200_000)
    assert np.all(off[:, :2] < 6_000)
    assert off[:, AMBIENT].min() > 30 * on[:, AMBIENT].max()
    assert np.all(eventful.light[47_000:50_000, :2] > 200_000)


def test_a_pod_on_the_table_does_not_tremble(eventful):
    assert np.all(np.ptp(eventful.accel_g[40_500:45_500], axis=0) == 0)


def test_truth_marks_the_epochs_of_every_event(eventful):
    truth = eventful.truth
    assert np.flatnonzero(truth["moving"]).tolist() == [2, 4, 13, 15]  # moved, turned, off, on
    assert np.flatnonzero(truth["off_body"]).tolist() == [13, 14, 15]
    assert np.flatnonzero(np.isnan(truth["rate_bpm"])).tolist() == [6, 7]


def test_truth_gives_the_mean_rate_of_each_epoch(still):
    beats_s = still.truth["beats_s"]
    inside = beats_s[(beats_s >= 90) & (beats_s < 120)]
    mean_s = (inside[-1] - inside[0]) / (len(inside) - 1)
    assert still.truth["rate_bpm"][3] == pytest.approx(60 / mean_s)
    assert still.truth["stages"].tolist() == ["2"] * 20


# The generated night


@pytest.mark.parametrize("seed", range(5))
def test_a_generated_night_is_a_healthy_adults(seed):
    stages = np.array(generate(seed).stages)
    asleep = stages != "W"
    tst_min = asleep.sum() / 2
    assert len(stages) == 960
    assert 380 <= tst_min <= 465
    assert 5 <= np.argmax(asleep) / 2 <= 25
    assert 0.17 <= (stages == "R").sum() / asleep.sum() <= 0.28
    assert 0.12 <= np.isin(stages, ("3", "4")).sum() / asleep.sum() <= 0.24
    assert 0.03 <= (stages == "1").sum() / asleep.sum() <= 0.10
    assert np.isin(stages[:480], ("3", "4")).sum() > 2 * np.isin(stages[480:], ("3", "4")).sum()
    assert (stages[480:] == "R").sum() > 1.5 * (stages[:480] == "R").sum()


@pytest.mark.parametrize("seed", range(5))
def test_a_generated_heart_follows_the_stages(seed):
    someone = generate(seed)
    beats_s = someone.beats_s
    assert np.all(np.diff(beats_s) > 0.4)
    epoch = np.minimum(beats_s[1:] // 30, 959).astype(int)
    stage, rate_bpm = np.array(someone.stages)[epoch], 60 / np.diff(beats_s)
    assert 58 < rate_bpm[stage == "W"].mean() < 76
    assert rate_bpm[stage == "W"].mean() > rate_bpm[np.isin(stage, ("3", "4"))].mean() + 4
    assert rate_bpm[epoch > 480].mean() < rate_bpm[epoch < 240].mean() - 1


def test_a_movement_lifts_a_generated_heart():
    stirs_s = np.arange(100.0, 28_000, 200)
    beats_s = beats(1, ["2"] * 960, np.full(960, BREATHS_PER_MIN), stirs_s)
    phase_s, rate_bpm = (beats_s[1:] - 100) % 200, 60 / np.diff(beats_s)
    lifted, usual = (phase_s > 2) & (phase_s < 10), (phase_s > 100) & (phase_s < 195)
    assert 2.5 < rate_bpm[lifted].mean() - rate_bpm[usual].mean() < 8


@pytest.mark.parametrize("seed", range(5))
def test_a_generated_sleeper_moves_when_awake_and_turns_a_few_times_an_hour(seed):
    someone = generate(seed)
    stages = np.array(someone.stages)
    moved = stages[[int(m.start_s // 30) for m in someone.movements]]
    awake = (moved == "W").sum() / (stages == "W").sum()
    assert awake > 3 * (moved != "W").sum() / (stages != "W").sum()
    assert 0.8 <= len(someone.turns) / 8 <= 5
    assert np.allclose(np.linalg.norm([turn.gravity for turn in someone.turns], axis=1), 1)


def test_a_pod_laid_down_for_an_outing_lies_still_while_the_sleeper_is_awake():
    outings = [someone for someone in map(generate, range(12)) if someone.off_body]
    assert 1 <= len(outings) <= 10
    for someone in outings:
        ((off_s, on_s),) = someone.off_body
        assert set(someone.stages[int(off_s // 30) : int(on_s // 30) + 1]) == {"W"}
        assert not [m for m in someone.movements if off_s < m.start_s < on_s]
        postures = {turn.at_s: turn.gravity for turn in someone.turns if off_s <= turn.at_s <= on_s}
        assert list(postures) == [off_s, on_s]
        assert postures[off_s] == (0.0, 0.0, 1.0)


@pytest.mark.parametrize("hours", [0, -1, 25])
def test_a_night_of_no_length_is_refused(hours):
    with pytest.raises(ValueError, match="ask for"):
        generate(1, hours)


# The recorded night


@pytest.mark.parametrize("record", RECORDS)
def test_every_slpdb_record_loads(record):
    path = slpdb(record)
    someone = from_slpdb(path, 1)
    assert someone.duration_s == len(someone.stages) * 30
    assert set(someone.stages) <= {"W", "1", "2", "3", "4", "R", "MT"}
    assert len(someone.breaths_per_min) == len(someone.stages)
    assert 40 < 60 / np.median(np.diff(someone.beats_s)) < 110
    assert someone.sources["pulse"].startswith("measured")
    assert someone.sources["motion"].startswith("generated")


def test_recorded_beats_are_not_altered():
    path = slpdb("slp16")  # scored from 780 s on
    with gzip.open(path.with_name("slp16_beats.txt.gz"), "rt") as text:
        recorded_s = np.array([float(line) for line in text])
    kept_s = recorded_s[(recorded_s >= 780) & (recorded_s < 21_600)]
    assert np.allclose(from_slpdb(path, 1).beats_s + 780, kept_s, atol=1e-9)


def test_recorded_beats_do_not_depend_on_the_seed_and_motion_does():
    one, other = (open_sleeper(str(slpdb("slp67x")), seed) for seed in (1, 2))
    assert np.array_equal(one.beats_s, other.beats_s)
    assert one.movements != other.movements


def record(folder, beats="0.5\n1.5\n", stages="time_s,stage,events\n0.004,W,\n60.000,2,\n"):
    (folder / "x_stages.csv").write_text(stages)
    (folder / "x_beats.txt.gz").write_bytes(gzip.compress(beats.encode()))
    return folder / "x"


def test_an_epoch_left_out_by_the_scorers_is_unscored(tmp_path):
    assert from_slpdb(record(tmp_path), 1).stages == ["W", UNSCORED, "2"]


@pytest.mark.parametrize(
    ("damage", "complaint"),
    [
        ({"beats": "0.5\nfive\n"}, "one time in s a line"),
        ({"beats": "1.5\n0.5\n"}, "order of time"),
        ({"stages": "time_s,stage,events\n0,N9,\n"}, "not PSG stages"),
        ({"stages": "time_s,stage,events\n"}, "not PSG stages"),
        ({"stages": "when,what\n0,W\n"}, "no time_s and stage"),
    ],
)
def test_a_damaged_record_is_named(tmp_path, damage, complaint):
    with pytest.raises(DataDamaged, match=complaint) as damaged:
        from_slpdb(record(tmp_path, **damage), 1)
    assert str(tmp_path) in str(damaged.value)


def test_a_torn_record_is_named(tmp_path):
    path = record(tmp_path, "".join(f"{t / 7}\n" for t in range(3000)))
    torn = tmp_path / "x_beats.txt.gz"
    torn.write_bytes(torn.read_bytes()[:-900])
    with pytest.raises(DataDamaged, match="fetch it again"):
        from_slpdb(path, 1)


def test_a_missing_record_says_what_was_looked_for(tmp_path):
    with pytest.raises(DataMissing, match=r"slp99_stages\.csv.*SLEEPSYNC_DATA"):
        open_sleeper(str(tmp_path / "slp99"), 1)


def test_a_missing_data_folder_says_where_and_how(tmp_path, monkeypatch):
    monkeypatch.setenv("SLEEPSYNC_DATA", str(tmp_path / "nowhere"))
    with pytest.raises(DataMissing, match=r"nowhere.*SLEEPSYNC_DATA"):
        data_dir()


def test_the_data_folder_is_the_one_that_was_named(tmp_path, monkeypatch):
    monkeypatch.setenv("SLEEPSYNC_DATA", str(tmp_path))
    assert data_dir() == tmp_path
