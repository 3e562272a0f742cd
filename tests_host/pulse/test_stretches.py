"""Missing samples, other rates and what is no pulse, through the firmware in the VM."""

import made_waves
import numpy as np
import pytest
from sleepsync.pulse.hearing import hear
from sleepsync.pulse.light import STEADY_COUNTS, stretches, to_counts
from sleepsync.pulse.stretches import hear_stretches
from sleepsync.pulse.waveform import read_waveform

SECONDS = 60
BPM = 66
SETTLED_S = 30  # from there on a rate is of no start
KNOWN = ("rate_bpm", "rmssd_ms", "sdnn_ms", "breaths_per_min", "quality")


def read(tmp_path, wave, rate_hz, **options):
    path = tmp_path / "x.npz"
    np.savez(path, ppg=wave, fs_hz=rate_hz)
    return read_waveform(path, **options)


# -- gaps


@pytest.mark.parametrize("rate_hz", [25, 30, 50, 125])
def test_a_hole_of_a_tenth_of_a_second_is_bridged_and_a_longer_one_is_a_gap(rate_hz, tmp_path):
    wave = made_waves.rise(rate_hz, SECONDS)
    whole = read(tmp_path, wave, rate_hz).light
    few = int(0.1 * rate_hz)
    at = 20 * rate_hz
    wave[at : at + few] = np.nan
    bridged = read(tmp_path, wave, rate_hz)
    assert np.isfinite(bridged.light).all() and bridged.notes == []
    wave[at + few] = np.nan
    light = read(tmp_path, wave, rate_hz).light
    missing_s = np.flatnonzero(np.isnan(light)) / 50
    assert 20 - 1 / rate_hz < missing_s.min() and missing_s.max() < 20 + (few + 1) / rate_hz
    assert len(missing_s) >= 50 * few / rate_hz
    far = np.abs(np.arange(len(light)) / 50 - 20) > 1
    assert np.abs(light - whole)[far].max() < 30


def test_rows_that_stamps_leave_out_are_a_gap(tmp_path):
    at_s = np.arange(SECONDS * 30) / 30
    at_s = at_s[(at_s < 20) | (at_s >= 25)]
    stamps = [f"{1000 * s:.0f}" for s in at_s]
    wave = made_waves.rise_at(at_s)
    path = made_waves.write_csv(tmp_path / "x.csv", ["time", "R"], stamps, wave)
    found = read_waveform(path)
    ((_, end), (start, last)) = stretches(found.light)
    assert (end / 50, start / 50) == (pytest.approx(20, abs=0.06), pytest.approx(25, abs=0.06))
    assert last == len(found.light)
    assert found.notes == [f"{(start - end) / 50:.1f} s are missing, gaps: 1"]


def test_a_file_may_begin_and_end_with_nothing_and_time_is_still_its_own(tmp_path, worker):
    wave = made_waves.rise(125, SECONDS)
    wave[: 5 * 125] = np.nan
    wave[50 * 125 :] = np.nan
    light = read(tmp_path, wave, 125).light
    assert len(light) == SECONDS * 50
    ((first, end),) = stretches(light)
    assert (first / 50, end / 50) == (pytest.approx(5, abs=0.03), pytest.approx(50, abs=0.03))
    assert_beats_are_true(hear_stretches(light, worker), 8, 49)


def test_nothing_is_said_in_a_gap_and_no_interval_reaches_across(tmp_path, worker):
    wave = made_waves.rise(50, SECONDS)
    gap = slice(int(25.4 * 50), int(28.3 * 50))
    wave[gap] = np.nan
    light = read(tmp_path, wave, 50).light
    heard = hear_stretches(light, worker)
    for name in KNOWN:
        rows = getattr(heard, name)
        assert len(rows) == SECONDS
        assert np.isnan(rows[25:28]).all(), name
    assert np.isfinite(heard.quality[[24, 28]]).all()
    assert not ((heard.beats_s > 25.4) & (heard.beats_s < 28.3)).any()
    after = np.flatnonzero(heard.beats_s > 28)[0]
    assert np.isnan(heard.intervals_s[after])
    assert_beats_are_true(heard, 32, 58)


def assert_beats_are_true(heard, from_s, to_s):
    """Each true upstroke between is among the beats, to 20 ms, at the file's own time."""
    true_s = made_waves.beats_s(BPM, SECONDS + 2) + made_waves.TRANSIT_S
    true_s = true_s[(true_s > from_s) & (true_s < to_s)]
    assert len(true_s) > 20
    off_s = np.abs(heard.beats_s[:, None] - true_s).min(axis=0)
    assert off_s.max() < 0.02


def test_each_stretch_is_heard_as_if_it_were_alone(worker):
    """Of one that starts on a whole second the rows and beats are those of `hear`, moved."""
    light = to_counts(made_waves.rise(50, 50), "rise")
    gapped = light.copy()
    gapped[20 * 50 : 22 * 50] = np.nan
    heard = hear_stretches(gapped, worker)
    first, second = hear(light[: 20 * 50], worker), hear(light[22 * 50 :], worker)
    np.testing.assert_array_equal(heard.quality[:20], first.quality)
    np.testing.assert_array_equal(heard.rate_bpm[22:], second.rate_bpm)
    np.testing.assert_allclose(heard.beats_s, [*first.beats_s, *(second.beats_s + 22)])
    assert np.isnan(heard.quality[20:22]).all()


@pytest.mark.parametrize("first", [1001, 1025, 1049])
def test_a_stretch_that_starts_within_a_second_starts_as_well_as_any(first, worker):
    light = to_counts(made_waves.rise(50, 40), "rise")
    light[:first] = np.nan
    heard, alone = hear_stretches(light, worker), hear(light[first:], worker)
    np.testing.assert_allclose(heard.beats_s, alone.beats_s + first / 50, atol=0.002)
    assert np.isnan(heard.quality[:20]).all() and np.isfinite(heard.quality[20:]).all()
    assert np.abs(heard.quality[-10:] - alone.quality[-10:]).max() <= 10  # they end apart


def test_without_gaps_it_is_hear_itself(worker):
    light = to_counts(made_waves.rise(50, 25.5), "rise")
    plain, joined = hear(light, worker), hear_stretches(light, worker)
    for name in (*KNOWN, "beats_s", "intervals_s"):
        np.testing.assert_array_equal(getattr(joined, name), getattr(plain, name))
    assert len(joined.quality) == 25


def test_all_of_it_missing_says_nothing(worker):
    heard = hear_stretches(np.full(1000, np.nan), worker)
    assert len(heard.beats_s) == 0
    assert np.isnan(heard.quality).all() and len(heard.quality) == 20


# -- rates of sampling


def test_the_same_wave_at_other_rates_has_the_same_heart_rate(tmp_path, worker):
    found = {}
    for rate_hz in (25, 50, 125, 29.97, 1000):
        light = read(tmp_path, made_waves.rise(rate_hz, SECONDS), rate_hz).light
        found[rate_hz] = hear_stretches(light, worker)
    for rate_hz, heard in found.items():
        rate, wanted = heard.rate_bpm[SETTLED_S:59], found[50].rate_bpm[SETTLED_S:59]
        assert np.isfinite(rate).all(), rate_hz
        assert np.abs(rate - wanted).max() < 1, rate_hz
        assert np.abs(rate - BPM).max() < 2, rate_hz
        assert_beats_are_true(heard, 5, 55)


def test_a_wrong_rate_shows_in_the_heart_rate(tmp_path, worker):
    """Or else the test above would hold for a command that ignores it."""
    path = tmp_path / "x.npz"
    np.savez(path, made_waves.rise(50, SECONDS))
    heard = hear_stretches(read_waveform(path, rate_hz=40).light, worker)
    assert np.nanmedian(heard.rate_bpm[SETTLED_S:]) == pytest.approx(BPM * 0.8, abs=2)


def test_the_wrong_polarity_moves_the_beats(tmp_path, worker):
    wave = made_waves.rise(50, SECONDS)
    right = hear_stretches(read(tmp_path, -wave, 50).light, worker)
    assert_beats_are_true(right, 5, 55)
    wrong = hear_stretches(read(tmp_path, -wave, 50, polarity="rise").light, worker)
    with pytest.raises(AssertionError):
        assert_beats_are_true(wrong, 5, 55)


# -- no pulse, no number


def nothing(kind, seed):
    rng = np.random.default_rng(seed)
    if kind == "constant":
        return np.full(SECONDS * 50, 3.3)
    if kind == "white":
        return rng.standard_normal(SECONDS * 50)
    if kind == "walk":
        return np.cumsum(rng.standard_normal(SECONDS * 50))
    return rng.integers(0, 2, SECONDS * 50).astype(float)


@pytest.mark.parametrize("kind", ["constant", "white", "walk", "bits"])
def test_what_is_no_pulse_has_no_number(kind, tmp_path, worker):
    for seed in range(5):
        heard = hear_stretches(read(tmp_path, nothing(kind, seed), 50).light, worker)
        for name in ("rate_bpm", "rmssd_ms", "sdnn_ms", "breaths_per_min"):
            assert np.isnan(getattr(heard, name)).all(), (name, seed)
    if kind == "constant":
        assert len(heard.beats_s) == 0 and heard.quality.max() == 0


def test_flat_light_is_held_at_the_level_of_a_finger(tmp_path):
    assert set(read(tmp_path, nothing("constant", 0), 50).light) == {STEADY_COUNTS}


# -- real people


@pytest.mark.parametrize(
    ("name", "column"), [("uw_hypoxia/100001.npz", "rgb:0"), ("bidmc/bidmc_08.npz", None)]
)
def test_a_real_person_s_rate_is_that_of_the_monitor(data, name, column, worker):
    path = data / name
    heard = hear_stretches(read_waveform(path, column).light, worker)
    with np.load(path) as archive:
        known = archive["hr_bpm"] if "hr_bpm" in archive else archive["reference"][:, 4:].mean(1)
    assert np.isfinite(heard.rate_bpm).mean() > 0.9
    assert np.nanmedian(heard.rate_bpm) == pytest.approx(np.nanmedian(known), abs=3)
