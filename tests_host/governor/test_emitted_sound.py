"""The judge of the speaker: levels at the pillow and currents that are known beforehand."""

import numpy as np
import pytest
from made_emitted import RATE_HZ, SPEAKER_CDB, S, frame, judged, sine
from sleepsync.emitted import heard
from sleepsync.emitted.lanes import Lane
from sleepsync.emitted.weighting import Weighting, gain

pytestmark = pytest.mark.governor


def settled_cdb(tmp_path, samples):
    """(FAST, Leq) once the meter has settled, 0.01 dBA."""
    sound = judged(tmp_path, sound=[(S, samples)]).sound
    ms = len(samples) * 1000 // RATE_HZ
    return sound.fast_cdb[ms - 50], sound.leq_cdb[ms // 96 - 2]


def test_a_sine_of_1_khz_is_as_loud_as_the_speaker_says(tmp_path):
    for level in settled_cdb(tmp_path, sine(1000, -20, 2)):
        assert level == pytest.approx(SPEAKER_CDB - 2000, abs=5)


@pytest.mark.parametrize(("hz", "db"), [(31.62, -39.4), (100, -19.1), (501.2, -3.2), (3981, 1.0)])
def test_the_ear_s_weights_are_the_standard_s(hz, db, tmp_path):
    """IEC 61672-1, table 3."""
    for level in settled_cdb(tmp_path, sine(hz, -6, 2)):
        assert level == pytest.approx(SPEAKER_CDB - 600 + 100 * db, abs=10)


@pytest.mark.parametrize("hz", [10, 20.5, 63, 250, 738, 2000, 5000, 7000, 7900])
def test_the_filter_follows_the_formula(hz):
    t_s = np.arange(4 * RATE_HZ) / RATE_HZ
    weighted = Weighting()(np.sin(2 * np.pi * hz * t_s))[2 * RATE_HZ :]
    measured = np.sqrt(2 * np.mean(weighted**2))
    assert 20 * np.log10(measured / gain(hz)) == pytest.approx(0, abs=0.1 if hz > 7000 else 0.02)


def test_fast_takes_an_eighth_of_a_second(tmp_path):
    """A burst of 125 ms reaches 1 - 1/e of its power, and falls by 4.34 dB each further 125."""
    sound = judged(tmp_path, sound=[(S, sine(1000, -20, 0.125))]).sound
    steady = SPEAKER_CDB - 2000
    top = int(sound.fast_cdb.argmax())
    assert sound.fast_cdb[top] - steady == pytest.approx(1000 * np.log10(1 - np.exp(-1)), abs=10)
    assert sound.fast_cdb[top] - sound.fast_cdb[top + 125] == pytest.approx(434, abs=5)


def test_blocks_begin_where_sound_begins(tmp_path):
    """One block of two is loud: the blocks say so, whatever FAST makes of it."""
    samples = np.concatenate((sine(1000, -20, 0.096), np.zeros(1536, np.int16))).astype(np.int16)
    sound = judged(tmp_path, sound=[(S + 12_345, samples)]).sound
    loud, quiet = sound.leq_cdb
    assert loud == pytest.approx(SPEAKER_CDB - 2000, abs=10)
    assert quiet < loud - 2000


def test_runs_that_go_on_from_each_other_are_one_sound(tmp_path):
    whole = sine(440, -12, 3)
    parts = [(S + k * 100_000 + k % 2, whole[k * 1600 : (k + 1) * 1600]) for k in range(30)]
    one = judged(tmp_path / "one", sound=[(S, whole)]).sound
    many = judged(tmp_path / "many", sound=parts).sound
    assert many.fast_cdb == pytest.approx(one.fast_cdb)
    assert many.leq_cdb == pytest.approx(one.leq_cdb)


def test_samples_are_taken_by_pieces_of_any_size(tmp_path, monkeypatch):
    tone = sine(440, -12, 1)
    runs = [(S, tone), (3 * S + 500_000, tone[::-1]), (9 * S, tone[5000:9999])]
    whole = judged(tmp_path, sound=runs).sound.heard
    monkeypatch.setattr(heard, "_AT_ONCE", 7 * heard.MS)
    parts = judged(tmp_path, sound=runs).sound.heard
    for one, other in ((whole.weighted, parts.weighted), (whole.bend, parts.bend)):
        assert one == pytest.approx(other, rel=1e-4, abs=1e-9)


def test_every_run_is_of_its_own_samples(tmp_path):
    quiet, loud = sine(1000, -40, 0.5), sine(1000, -20, 0.5)
    sound = judged(tmp_path, sound=[(S, quiet), (10 * S, loud)]).sound
    first = sound.heard.us < 5 * S
    assert sound.fast_cdb[~first].max() - sound.fast_cdb[first].max() == pytest.approx(2000, abs=5)


def test_a_gap_is_as_long_as_it_was(tmp_path):
    """Two bursts 0.25 s apart: the meter remembers the first by 1/e^2 when the second comes."""
    burst = sine(1000, -20, 0.125)
    night = judged(tmp_path, sound=[(S, burst), (S + 375_000, burst)])
    share = (1 - np.exp(-1)) * (1 + np.exp(-3))
    expected = SPEAKER_CDB - 2000 + 1000 * np.log10(share)
    assert 100 * night.figures["sound_fast_dba"] == pytest.approx(expected, abs=10)
    spans = night.spans(Lane.SOUND)
    assert spans == pytest.approx(np.array([[S, S + 125_000], [S + 375_000, S + S // 2]]), abs=1000)


def test_a_long_silence_is_cut_but_its_time_is_not(tmp_path):
    burst = sine(1000, -20, 0.125)
    sound = judged(tmp_path, sound=[(S, burst), (40 * S, burst)]).sound
    assert len(sound.heard.us) == 2 * 1125
    second = sound.heard.us >= 40 * S
    assert sound.fast_cdb[second].max() == pytest.approx(sound.fast_cdb.max(), abs=1)


def test_silent_samples_are_no_emission(tmp_path):
    samples = np.zeros(RATE_HZ, np.int16)
    samples[8000:8080] = 1
    night = judged(tmp_path, sound=[(S, samples)])
    assert night.spans(Lane.SOUND).tolist() == [[S + 500_000, S + 505_000]]


def test_a_click_bends_the_wave(tmp_path):
    smooth = sine(100, -20, 1)
    figures = judged(tmp_path / "smooth", sound=[(S, smooth)]).figures
    own = 0.1 * (2 * np.pi * 100 / RATE_HZ) ** 2  # of the sine, and of its first step
    assert figures["sound_bend"] == pytest.approx(0.1 * 2 * np.pi * 100 / RATE_HZ, rel=0.01)
    clicked = smooth.copy()
    clicked[8000:] = 0
    clicked[4000] += 3277
    night = judged(tmp_path / "clicked", sound=[(S, clicked)])
    assert night.figures["sound_bend"] == pytest.approx(0.2, abs=2 * own)
    assert night.sound.heard.us[night.sound.heard.bend.argmax()] == S + 250_000


def test_a_gain_that_jumps_rises_at_once(tmp_path):
    slow = sine(1000, 0, 2) * np.linspace(0, 1, 2 * RATE_HZ)
    rise = judged(tmp_path / "slow", sound=[(S, slow.astype(np.int16))]).figures
    assert rise["sound_rise_per_s"] == pytest.approx(0.5, rel=0.1)
    rise = judged(tmp_path / "jump", sound=[(S, sine(1000, -6.02, 1))]).figures
    assert rise["sound_rise_per_s"] == pytest.approx(0.5 / 0.096, rel=0.01)


# -- current


def test_a_full_scale_sine_takes_what_the_amplifier_s_efficiency_leaves(tmp_path):
    figures = judged(tmp_path, sound=[(S, sine(1000, 0, 1))]).figures
    assert figures["sound_amplifier_ma"] == pytest.approx(
        2.4 + 1000 * 1.8**2 / 8 / 0.9 / 5, rel=0.01
    )


@pytest.mark.parametrize(("begin", "end", "ma"), [(800, 816, 180), (808, 824, 180), (808, 816, 90)])
def test_a_millisecond_counts_wherever_it_begins(begin, end, ma, tmp_path):
    """A square burst has twice a sine's power; for half of a millisecond, as much."""
    samples = np.zeros(1600, np.int16)
    samples[begin:end] = 32767
    figures = judged(tmp_path, sound=[(S, samples)]).figures
    assert figures["sound_amplifier_ma"] == pytest.approx(2.4 + ma, rel=0.01)


def test_ring_and_amplifier_are_summed_at_the_same_moment(tmp_path):
    light = [(S, frame(100, 100, 100)), (10 * S, frame())]
    ring_ma, amplifier_ma = 24 + 20 * 72 * 100 / 255, 2.4 + 90
    apart = judged(tmp_path / "apart", light, [(20 * S, sine(1000, 0, 1))]).figures
    assert apart["together_ma"] == pytest.approx(ring_ma)
    before = judged(tmp_path / "before", [(9 * S, light[0][1])], [(S, sine(1000, 0, 1))]).figures
    assert before["together_ma"] == pytest.approx(ring_ma)
    both = judged(tmp_path / "both", light, [(9 * S + 500_000, sine(1000, 0, 2))]).figures
    assert both["together_ma"] == pytest.approx(ring_ma + amplifier_ma, rel=0.01)


def test_a_flash_within_a_millisecond_is_summed_as_well(tmp_path):
    light = [(S + 100_300, frame(100, 100, 100)), (S + 100_700, frame())]
    both = judged(tmp_path, light, [(S, sine(1000, 0, 1))]).figures
    assert both["together_ma"] == pytest.approx(24 + 20 * 72 * 100 / 255 + 2.4 + 90, rel=0.01)
