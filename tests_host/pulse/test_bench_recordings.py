"""Recordings of three sets, from tiny files; and light as the puck would have counted it."""

import numpy as np
import pytest
from sleepsync.data import DataDamaged
from sleepsync.pulse import recordings
from sleepsync.pulse.light import to_counts
from sleepsync.pulse.recordings import SETS, agreed_bpm, camera_channel, read

NAN = np.nan


def bidmc(folder, **changed):
    values = {
        "fs_hz": np.int64(125),
        "pleth_u16": (25000 + 5000 * np.sin(np.arange(1251) / 20)).astype(np.uint16),
        "hr_bpm": np.full(11, 75, np.float32),
        "pulse_bpm": np.full(11, 74, np.float32),
        "breaths_a": np.array([125, 500]),
        "breaths_b": np.array([130, 505]),
    }
    path = folder / "bidmc_01.npz"
    np.savez(path, **{name: v for name, v in (values | changed).items() if v is not None})
    return path


def welltory(folder, times_ms, red, green):
    path = folder / "subject_01_PPG.csv"
    rows = [f"{t},{r},{g},0" for t, r, g in zip(times_ms, red, green, strict=True)]
    path.write_text("time,R,G,B\n" + "\n".join(rows))
    (folder / "subject_01_RR.txt").write_text("800 810 790")
    return path


def test_bidmc_keeps_its_rate_and_references(tmp_path):
    one = read("bidmc", bidmc(tmp_path))
    assert one.name == "bidmc_01" and one.fs_hz == 125 and one.seconds == 10
    assert one.rate_bpm.tolist() == [75] * 11 and one.oximeter_bpm[0] == 74
    assert [marks.tolist() for marks in one.breaths_s] == [[1, 4], [1.04, 4.04]]


@pytest.mark.parametrize("rate, samples", [("own", 1250), ("50", 500), ("25", 250)])
def test_a_record_is_its_whole_seconds_at_every_rate(tmp_path, rate, samples):
    wave, fs_hz = read("bidmc", bidmc(tmp_path)).at(rate)
    assert len(wave) == samples == 10 * fs_hz


def test_a_sensor_at_25_hz_has_lost_what_is_faster(tmp_path):
    times_s = np.arange(1251) / 125
    fast = 25000 + 5000 * np.sin(2 * np.pi * times_s) + 4000 * np.sin(2 * np.pi * 20 * times_s)
    one = read("bidmc", bidmc(tmp_path, pleth_u16=fast.astype(np.uint16)))

    def at_20_hz(light):
        """Amplitude, away from the ends, over that at 1 Hz."""
        middle = light[100:400] - light[100:400].mean()
        slow, quick = (abs(np.fft.rfft(middle * np.hanning(300)))[k] for k in (6, 120))
        return quick / slow

    assert at_20_hz(one.counts("own")) > 0.5
    assert at_20_hz(one.counts("25")) < 0.02


def test_a_phone_s_light_falls_with_a_beat_and_is_laid_on_its_own_times(tmp_path):
    times_ms = np.cumsum([0, *([30, 40] * 60)])
    red = 200 - 5 * np.sin(2 * np.pi * times_ms / 1000)
    one = read("welltory", welltory(tmp_path, times_ms, red, red * 0))
    wave, fs_hz = one.at("50")
    assert fs_hz == 50 and one.seconds == 4 and one.at("own")[1] == 29
    np.testing.assert_allclose(wave, -200 + 5 * np.sin(2 * np.pi * np.arange(200) / 50), atol=0.03)
    assert one.rr_s.tolist() == [0.8, 0.81, 0.79]


def test_green_stands_in_where_red_is_full_or_flat():
    swing = np.sin(2 * np.pi * np.arange(300) / 30)
    green = 100 + swing
    assert camera_channel(np.stack((200 + swing, green)), 30)[0] == 200
    for red in (200 + swing / 100, np.full(300, 255.0), np.minimum(254.9 + 60 * swing, 255)):
        np.testing.assert_array_equal(camera_channel(np.stack((red, green)), 30), green)


def test_oximeters_must_agree():
    rates = np.array([[60, 62, 61, 90], [60, 70, 80, 90], [NAN, NAN, 60, 62], [NAN, 60, NAN, NAN]])
    np.testing.assert_array_equal(agreed_bpm(rates), [61, NAN, 61, NAN])
    assert np.isnan(agreed_bpm(np.full((1, 4), NAN))).all() and np.isnan(
        agreed_bpm(np.zeros((1, 4)))
    )


def test_counts_have_dips_of_the_usual_swing_for_rises():
    counts = to_counts(np.sin(np.arange(5000) / 10), "rise")
    low, high = np.percentile(counts, (2, 98))
    assert high - low == pytest.approx(3000, abs=3) and abs(np.median(counts) - 150_000) < 60
    assert np.argmin(counts[:60]) == 16  # where the sine is highest


@pytest.mark.parametrize("wave", [np.zeros(100), np.r_[np.zeros(99), 1.0]])
def test_counts_of_a_flat_wave_are_numbers(wave):
    counts = to_counts(wave, "rise")
    assert counts.min() >= 150_000 - 3000 and counts.max() <= 150_000


@pytest.mark.parametrize("changed", [{"pleth_u16": None}, {"fs_hz": np.array([1, 2])}])
def test_a_damaged_file_is_named(tmp_path, changed):
    with pytest.raises(DataDamaged, match="bidmc_01"):
        read("bidmc", bidmc(tmp_path, **changed))


def test_an_empty_set_is_said(tmp_path):
    for name in SETS:
        with pytest.raises(DataDamaged, match=name):
            recordings.paths(name, tmp_path)
