"""The area's figures, of hearers who are perfect, off by 6, or silent half the time; and of a few
real records."""

from dataclasses import replace

import numpy as np
import pytest
from made_pulses import FS_HZ, half_silent, listened, record, told, wave
from sleepsync.bench import AREAS, pulse, pulse_breaths, pulse_rates, pulse_trust
from sleepsync.bench.pulse_trust import Disturbed
from sleepsync.pulse import disturbed, truth
from sleepsync.pulse.disturbed import Burst
from sleepsync.pulse.judged import Judged
from sleepsync.pulse.listening import PUCK, RATES, listen
from sleepsync.pulse.peers import PEERS
from sleepsync.pulse.recordings import paths, read

SECONDS = 96
MARKS = (np.arange(1.0, SECONDS, 4), np.arange(1.5, SECONDS, 4))  # 15 a minute, by both
REAL = {"bidmc": 7, "welltory": 5, "uw_hypoxia": 3}  # chosen by chance, once


def by_name(found):
    figures = list(found)
    names = [figure.name for figure in figures]
    assert len(names) == len(set(names))
    return {figure.name: figure for figure in figures}


def of_saying(bpm, *, change=lambda said: said, **more):
    people = [record(name, SECONDS, breaths_s=MARKS) for name in ("ann", "bob")]
    said = change(told(SECONDS, bpm, **more))
    return by_name(pulse.of_set("bidmc", [listened(one, said) for one in people]))


def values(figures, *names):
    return [figures[f"pulse.{name}"].value for name in names]


def test_a_perfect_hearer_has_no_error():
    found = of_saying(72.0, breaths=15.0)
    whole = values(found, "hr_known.bidmc.own", "hr_mae.bidmc.own", "hr_p95.bidmc.own")
    assert whole == [100, 0, 0] and values(found, "hr_within_5bpm.bidmc.own") == [100]
    assert values(found, "breaths_known.bidmc.own", "breaths_mae.bidmc.own") == [100, 0]
    assert all(figure.reached for figure in found.values())


def test_a_hearer_off_by_six_is_never_within_five():
    found = of_saying(78.0)
    assert values(found, "hr_mae.bidmc.own", "hr_within_5bpm.bidmc.own") == [6, 0]
    assert values(found, "hr_wrong.bidmc.quality90", "hr_above_peers.bidmc") == [24, 0]
    assert not found["pulse.hr_within_5bpm.bidmc.own"].reached


def test_silence_half_of_the_time_halves_the_coverage_and_costs_no_error():
    found = of_saying(72.0, change=half_silent)
    assert values(found, "hr_known.bidmc.own", "hr_mae.bidmc.own") == [50, 0]
    assert not found["pulse.hr_known.bidmc.own"].reached


def test_a_hearer_who_says_nothing_reaches_no_goal():
    found = of_saying(np.nan)
    goals = [figure for figure in found.values() if figure.goal != "-"]
    assert len(goals) == 6 and not any(figure.reached for figure in goals)


def test_the_puck_is_held_against_the_moment_and_peers_against_what_suits_them():
    rising = replace(record(seconds=SECONDS), rate_bpm=60 + np.arange(SECONDS + 1) / 4)
    early = replace(told(SECONDS), rate_bpm=truth.rates(rising, lag_s=4))
    found = by_name(pulse_rates.figures("bidmc", [listened(rising, early)], [0.0]))
    assert values(found, "hr_mae.bidmc.own") == pytest.approx([11 / 12], abs=0.1)
    assert values(found, "hr_mae.bidmc.own.heartpy", "hr_lag.bidmc.own.heartpy") == [0, 4]
    assert values(found, "hr_lag.bidmc.own", "hr_equal_mae.bidmc.heartpy.puck") == [4, 0]


def test_the_worst_records_are_named():
    people = [record(name, SECONDS) for name in ("ann", "bob", "cid", "dee")]
    said = [told(SECONDS, 72.0 + off) for off in (0, 3, 9, np.nan)]
    heard = [listened(*of) for of in zip(people, said, strict=True)]
    found = by_name(pulse_rates.figures("bidmc", heard, [0.0] * 4))
    worst = [name for name in found if name.startswith("pulse.hr_mae_worst")]
    assert [name.rpartition(".")[2] for name in worst] == ["cid", "bob", "ann"]
    assert values(found, "hr_known_worst.bidmc.dee") == [0]


def test_a_strap_s_hearer_is_judged_by_beats_and_variation():
    rr_s = np.random.default_rng(2).normal(0.9, 0.05, 100)
    one = record("eve", 80, rr_s=rr_s, set_="welltory")
    said = told(80, beats_s=np.cumsum(rr_s)[np.cumsum(rr_s) < 80])
    found = by_name(pulse.of_set("welltory", [listened(one, said)]))
    assert values(found, "beats_false.welltory.own") == [0]
    believed = values(found, "ibi_known.welltory.own.believed")
    assert believed == pytest.approx(
        [100], abs=2
    )  # the strap's last interval ends after the signal
    assert values(found, "ibi_error.welltory.own.believed") == pytest.approx([0], abs=0.01)
    assert values(found, "rmssd_error.welltory.own") == pytest.approx([0], abs=0.05)
    unheard = by_name(pulse.of_set("welltory", [listened(one, told(80))]))
    assert values(unheard, "rmssd_error.welltory.own", "rmssd_known.welltory.own") == [np.inf, 0]


def test_breaths_are_counted_between_the_first_and_the_last_mark():
    one = record(seconds=SECONDS, breaths_s=([1.0, 6.0, 11.0, 40.0], [2.0, 30.0, 41.0, 51.0]))
    np.testing.assert_allclose(truth.breaths(one)[:, 0], [12, 60 / 28])
    assert np.isnan(truth.breaths(one)[0, 1]) and truth.breaths(one)[1, 1] == pytest.approx(6)
    found = by_name(pulse_breaths.figures("bidmc", [listened(one, told(SECONDS, breaths=12.0))]))
    assert values(found, "breaths_windows.bidmc") == [1]


def test_wrong_answers_are_counted_above_a_quality():
    true = np.full(4, 60.0)
    part = Judged(np.array([60.0, 70, 80, np.nan]), np.array([99.0, 88.5, 95.2, 99]), true)
    found = by_name(
        pulse_trust.disturbed_figures(
            [
                Disturbed(Burst(kind, severity), part, np.array([60.0, 60, 81, np.nan]))
                for kind, severities in disturbed.SEVERITIES.items()
                for severity in severities
            ]
        )
    )
    one = found["pulse.disturbed_wrong.white1.quality90"]
    assert (one.value, one.unit) == (1, "of_2")
    assert found["pulse.disturbed_wrong.all.quality90"].value == 12
    assert found["pulse.disturbed_holds_above"].value == 96
    made = values(found, "disturbed_made_wrong.all.quality0", "disturbed_made_wrong.all.quality90")
    assert made == [12, 0]
    assert not found["pulse.disturbed_wrong.all.quality90"].reached


@pytest.mark.parametrize("kind", disturbed.KINDS)
def test_disturbances_touch_what_they_say_and_come_from_seeds(kind):
    light = np.full(150 * 50, 150_000) + (1500 * np.sin(np.arange(7500) / 8)).astype(int)
    burst = Burst(kind, disturbed.SEVERITIES[kind][-1])
    made, touched = disturbed.disturbed(light, burst, seed=3)
    changed = np.flatnonzero(made != light) // 50
    assert changed.min() == 30 and changed.max() in (108, 109)
    assert np.flatnonzero(touched).tolist() == [*range(30, 62), *range(90, 122)]
    np.testing.assert_array_equal(made, disturbed.disturbed(light, burst, seed=3)[0])
    assert made.min() >= 0 and made.max() < 1 << 18


@pytest.mark.parametrize("kind, slope", [("white", 0), ("pink", -1), ("walking", -2)])
def test_noise_has_its_colour(kind, slope):
    made = disturbed.noise(kind, 30_000, 600, seed=1).astype(float)
    power = np.abs(np.fft.rfft((made - made.mean()) * np.hanning(len(made)))) ** 2
    hz = np.fft.rfftfreq(len(made), 0.02)
    low, high = (power[(hz > f / 1.3) & (hz < f * 1.3)].mean() for f in (0.2, 6))
    assert np.log10(high / low) / np.log10(30) == pytest.approx(slope, abs=0.35)


def test_a_pulled_pod_ends_on_the_desk():
    made = disturbed.pulled_off(np.full(100, 150_000), 2000, 60, seed=1)
    assert len(made) == 100 + 3000 and made[100] > 150_000
    assert abs(made[120:].mean() - 2000) < 3
    shown = np.array([60, 60, np.nan, 60, np.nan])
    assert pulse_trust.shown_s(shown, event_s=2).tolist() == [2]


@pytest.mark.parametrize("peer", PEERS)
def test_a_peer_hears_a_made_pulse_and_is_silent_of_none(peer):
    jitter_s = np.random.default_rng(1).normal(0, 0.004, 87)  # HeartPy refuses an even rhythm
    beats_s = np.arange(0.3, 69.5, 0.8) + jitter_s
    said = PEERS[peer](wave(beats_s, 70, 100.0), 100.0)
    assert len(said.rate_bpm) == 8 and len(said.breaths_per_min) == 2
    np.testing.assert_allclose(said.rate_bpm, 75, atol=1.5)
    assert len(said.rmssd_ms) == 70 and said.rmssd_ms[-1] < 15
    nothing = PEERS[peer](np.zeros(7000), 100.0)
    assert len(nothing.rate_bpm) == 8 and not np.isfinite(nothing.rate_bpm).any()


def test_the_puck_hears_a_made_pulse_at_both_rates(worker):
    one = record(seconds=64, bpm=72.0)
    for rate in RATES[PUCK]:
        light = one.counts(rate)
        assert len(light) == 64 * FS_HZ
    said = listen(one, worker).told
    assert set(said) == {(who, rate) for who in RATES for rate in RATES[who]}
    assert said[PUCK, "own"].rate_bpm[-1] == pytest.approx(72, abs=1)


@pytest.mark.parametrize("set_", REAL)
def test_real_records_are_heard_and_judged(data, worker, set_):
    heard = [listen(read(set_, paths(set_, data)[REAL[set_]]), worker)]
    found = by_name(pulse.of_set(set_, heard))
    assert found[f"pulse.hr_records.{set_}"].value == 1
    assert np.isfinite(found[f"pulse.hr_mae.{set_}.own.neurokit2"].value)


def test_the_area_is_the_bench_s():
    assert AREAS["pulse"] is pulse.figures
