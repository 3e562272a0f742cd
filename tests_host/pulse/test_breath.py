"""Breathing out of beats, in the VM: made beats that breathe at a known rate."""

import numpy as np
import pytest

BREATHE = """
from firmware.senses.breath import Breath
from firmware.senses.rhythm import Rhythm
class Clock:
    period_us = period
clock = Clock()
rhythm, breath = Rhythm(clock), Breath(clock)
at = 0
for end, interval, swing, light in beats:
    rhythm.wait((end >> 8) - at)
    at = end >> 8
    rhythm.beat(0, interval, 250, swing, light)
breath.look(rhythm)
result = [breath.rate_dpm, breath.regularity]
"""
Q8_PER_S = 12_800
HEART_S = 0.9


def beats(
    breaths_per_min, interval=0.04, swing=0.1, light=0.002, seed=0, noise=0.0, span_s=60, depth=1.0
):
    """Beats whose interval, swing and light go with breaths, by such shares of themselves.

    The rate may be one for all, or three.
    """
    rng = np.random.default_rng(seed)
    rates = np.broadcast_to(breaths_per_min, 3) / 60
    rows, t_s = [], 0.0
    while t_s < span_s:
        waves = depth * np.sin(2 * np.pi * rates * t_s) + noise * rng.standard_normal(3)
        step_s = HEART_S * (1 + interval * waves[0])
        t_s += step_s
        rows.append(
            [
                round(t_s * Q8_PER_S),
                round(step_s * Q8_PER_S),
                round(1000 * (1 + swing * waves[1])),
                round(130_000 * (1 + light * waves[2])),
            ]
        )
    return rows


def breathing(worker, rows, period=20_000):
    """(breaths a minute, regularity in per cent)."""
    rate_dpm, regularity = worker.call("snippet:run", BREATHE, {"beats": rows, "period": period})
    return rate_dpm / 10, regularity


RATES = (6.3, 8, 11, 14.5, 17, 20, 21.8)
WORDS = ("interval", "swing", "light")


@pytest.mark.parametrize("rate", RATES)
def test_breaths_are_counted_where_three_modulations_agree(worker, rate):
    found, regularity = breathing(worker, beats(rate))
    assert found == pytest.approx(rate, abs=0.4)
    assert regularity >= 80


@pytest.mark.parametrize("only", WORDS)
def test_one_modulation_will_do_beside_two_that_know_nothing(worker, only):
    """At six of seven rates at least, and within two thirds of a breath a minute."""
    found = [breathing(worker, only_in(only, beats(rate)))[0] for rate in RATES]
    off = [abs(said - rate) for said, rate in zip(found, RATES, strict=True) if said]
    assert len(off) >= 6
    assert max(off) < 0.67


def only_in(word, rows):
    """The other words of the beats are noise."""
    rng = np.random.default_rng(1)
    columns = np.array(rows, dtype=float)
    for at, name in enumerate(WORDS, start=1):
        if name != word:
            noise = 1 + 0.001 * rng.standard_normal(len(rows))
            columns[:, at] = columns[:, at].mean() * noise
    return np.rint(columns).astype(int).tolist()


def test_noise_hardly_matters_where_three_agree(worker):
    found = [breathing(worker, beats(13, noise=1.0, seed=seed))[0] for seed in range(12)]
    known = [rate for rate in found if rate]
    assert len(known) >= 9
    assert np.abs(np.array(known) - 13).max() < 1.2


def test_the_less_they_agree_the_less_regular(worker):
    even = breathing(worker, beats(13))[1]
    noisy = np.mean([breathing(worker, beats(13, noise=1.5, seed=s))[1] for s in range(8)])
    three = breathing(worker, beats((9, 14, 20)))[1]
    assert even > 80
    assert 15 < noisy < 60
    assert three < 50


def test_no_modulation_is_no_breath(worker):
    """Beats of one pace, swing and light."""
    assert breathing(worker, beats(13, depth=0)) == (0, 0)


def test_modulations_in_no_order_are_told_to_be_irregular(worker):
    """32 s cannot tell all noise from breath: a rate may be said, but not that it is even."""
    found = [breathing(worker, beats(13, depth=0, noise=0.7, seed=seed))[1] for seed in range(30)]
    assert np.mean(found) < 30
    assert np.mean([regularity > 40 for regularity in found]) <= 0.1


@pytest.mark.parametrize("rate", [4, 26, 29])
def test_no_rate_is_said_that_no_sleeper_has(worker, rate):
    """Nor is a harmonic of it, or what is left of it in the range."""
    assert breathing(worker, beats(rate))[0] == 0


def test_a_slow_drift_outweighs_no_breath(worker):
    """The finger warms: its light rises by ten times what a breath does."""
    rows = beats(15)
    for row in rows:
        row[3] += round(2600 * row[0] / Q8_PER_S / 60)
    assert breathing(worker, rows)[0] == pytest.approx(15, abs=0.4)


def test_unbelieved_beats_leave_holes_and_no_error(worker):
    rng = np.random.default_rng(7)
    rows = beats(12)
    for at in rng.choice(len(rows), len(rows) // 4, replace=False):
        rows[at][1] = 0
    assert breathing(worker, rows)[0] == pytest.approx(12, abs=0.6)


def test_twelve_beats_and_24_s_are_needed(worker):
    sparse = beats(12)
    for at, row in enumerate(sparse):
        row[1] *= at % 4 == 0
    assert breathing(worker, sparse) == (0, 0)
    assert breathing(worker, beats(12, span_s=23)) == (0, 0)
    assert breathing(worker, beats(12, span_s=27))[0] == pytest.approx(12, abs=0.6)


def test_breaths_are_told_by_the_measured_clock(worker):
    assert breathing(worker, beats(15), period=20_600)[0] == pytest.approx(15 / 1.03, abs=0.3)
