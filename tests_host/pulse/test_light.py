"""Any unit into counts: which way a beat goes, how large it is, and what is left as it is."""

import made_waves
import numpy as np
import pytest
from sleepsync.pulse.light import MOST_COUNTS, STEADY_COUNTS, SWING_COUNTS, beat_is, to_counts
from sleepsync.pulse.table import WaveformDamaged
from sleepsync.pulse.waveform import read_waveform

WAVE = made_waves.rise(50, 40)


@pytest.mark.parametrize("bpm", [40, 66, 100, 140])
@pytest.mark.parametrize("scale", [1e-6, 1, 1e5])
def test_the_shape_tells_which_way_a_beat_goes(bpm, scale):
    wave = made_waves.rise(50, 40, bpm)
    wave = wave + made_waves.SWING * 0.02 * np.random.default_rng(3).standard_normal(len(wave))
    assert beat_is(wave * scale) == "rise"
    assert beat_is(-wave * scale) == "dip"


def test_a_shape_that_does_not_tell_is_not_guessed_in_silence(tmp_path):
    rng = np.random.default_rng(5)
    even = np.sin(np.arange(2000) / 8)
    for wave in (np.full(2000, 3.0), even, rng.standard_normal(2000), rng.integers(0, 2, 2000)):
        assert beat_is(np.asarray(wave, dtype=float)) == ""
        path = made_waves.write_csv(tmp_path / "x.csv", None, np.asarray(wave, dtype=float))
        found = read_waveform(path, rate_hz=50)
        assert found.polarity == "rise"
        assert any("--polarity" in note for note in found.notes)


def test_gaps_and_spikes_do_not_turn_a_beat_round():
    wave = WAVE.copy()
    wave[300:420] = np.nan
    wave[1000] += 1e6
    assert beat_is(wave) == "rise"


def test_a_polarity_that_is_given_is_taken(tmp_path):
    path = made_waves.write_csv(tmp_path / "x.csv", None, WAVE)
    by_shape = read_waveform(path, rate_hz=50).light
    np.testing.assert_array_equal(read_waveform(path, None, 50, "rise").light, by_shape)
    turned = read_waveform(path, None, 50, "dip")
    assert turned.polarity == "dip"
    np.testing.assert_allclose(turned.light - STEADY_COUNTS, STEADY_COUNTS - by_shape)


def test_every_recording_s_polarity_is_found(data):
    """A dip in the camera's red and in all three colours of the other; a rise in the oximeter's.

    But for subject_20, whose red is saturated and has no pulse at all.
    """
    cameras = [(p, "R") for p in sorted((data / "welltory").glob("*_PPG.csv"))]
    lights = [
        (p, f"rgb:{k}") for p in sorted((data / "uw_hypoxia").glob("*.npz")) for k in (0, 1, 2)
    ]
    fingers = [(p, None) for p in sorted((data / "bidmc").glob("*.npz"))]
    assert cameras and lights and fingers
    wrong = []
    for files, wanted in ((fingers, "rise"), (cameras + lights, "dip")):
        for path, column in files:
            found = read_waveform(path, column)
            if found.polarity != wanted or any("shape" in note for note in found.notes):
                wrong.append(path.name)
    assert wrong == ["subject_20_PPG.csv"]


# -- scale


@pytest.mark.parametrize("scale", [1e-9, 1, 1e12])
def test_a_beat_is_a_dip_of_some_three_thousand_counts_in_any_unit(scale):
    counts = to_counts(WAVE * scale, "rise")
    assert np.median(counts) == pytest.approx(STEADY_COUNTS)
    assert np.ptp(np.percentile(counts, [2, 98])) == pytest.approx(SWING_COUNTS, rel=0.15)
    np.testing.assert_allclose(np.corrcoef(counts, WAVE)[0, 1], -1)
    np.testing.assert_allclose(np.corrcoef(to_counts(WAVE * scale, "dip"), WAVE)[0, 1], 1)


def test_light_that_wanders_leaves_beats_their_size():
    """Ten times a beat, as in the recordings by phone: by the whole file's spread they would be
    ten times as faint."""
    at_s = np.arange(len(WAVE)) / 50
    wandering = WAVE + np.where(at_s > 20, 10 * made_waves.SWING, 0)
    counts = to_counts(wandering, "rise")
    for part in (counts[:900], counts[1100:]):
        assert np.ptp(np.percentile(part, [2, 98])) == pytest.approx(SWING_COUNTS, rel=0.15)


def test_counts_stay_within_what_the_sensor_has():
    spiked = WAVE.copy()
    spiked[500], spiked[900] = 1e9, -1e9
    counts = to_counts(spiked, "rise")
    assert (counts[500], counts[900]) == (0, MOST_COUNTS)
    assert counts.min() >= 0 and counts.max() <= MOST_COUNTS
    assert np.ptp(np.percentile(counts, [2, 98])) > SWING_COUNTS / 2


@pytest.mark.parametrize("value", [0, 7.5, -1e300, 1e-300])
def test_a_constant_is_flat_light(value):
    wave = np.full(1000, float(value))
    wave[200:300] = np.nan
    counts = to_counts(wave, "dip")
    assert np.isnan(counts[200:300]).all()
    assert set(counts[np.isfinite(counts)]) == {STEADY_COUNTS}


def test_the_rounding_of_a_constant_is_no_wave():
    wave = 0.1 + np.random.default_rng(1).integers(-1, 2, 1000) * np.spacing(0.1)
    assert set(to_counts(wave, "rise")) == {STEADY_COUNTS}


@pytest.mark.parametrize("rate_hz", [30, 50, 125, 240])
def test_what_is_clipped_stays_clipped(rate_hz, tmp_path):
    wave = np.minimum(made_waves.rise(rate_hz, 20), made_waves.STEADY + 0.6 * made_waves.SWING)
    path = made_waves.write_csv(tmp_path / "x.csv", None, wave)
    light = read_waveform(path, None, rate_hz, "rise").light
    bottom = light.min()
    share = (wave == wave.max()).mean()
    assert (light < bottom + 0.02 * SWING_COUNTS).mean() > share / 2
    assert light.max() <= to_counts_of_least(wave, light)


def to_counts_of_least(wave, light):
    """No filter's ringing goes further than the wave did: one straight line joins the two."""
    per_unit = (np.median(light) - light.min()) / (wave.max() - np.median(wave))
    return light.min() + (wave.max() - wave.min()) * per_unit * 1.1


def test_counts_of_the_sensor_are_taken_as_they_are(tmp_path):
    light = np.rint(to_counts(WAVE, "rise")) + 20_000
    path = tmp_path / "x.npz"
    np.savez(path, infrared=light, fs_hz=50)
    found = read_waveform(path, is_counts=True)
    np.testing.assert_array_equal(found.light, light)
    np.savez(path, infrared=light * 2, fs_hz=50)
    with pytest.raises(WaveformDamaged, match=r"with --counts; wanted 0 to 262143; without"):
        read_waveform(path, is_counts=True)
