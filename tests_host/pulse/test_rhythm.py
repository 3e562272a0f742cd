"""Rate and variability out of beats, in the VM, against the same told by numpy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

SAMPLE_Q8 = 256
MS_Q8 = 12.8  # 1/256 samples in a millisecond at 50 Hz
EPOCH_Q8 = 30 * 50 * SAMPLE_Q8

BEATS = """
from firmware.senses.rhythm import Rhythm
class Clock:
    period_us = period
rhythm = Rhythm(Clock())
rhythm.now_q8 = start
at_q8, waited = 0, 0
for gap_q8, interval_q8, alike_q8 in beats:
    at_q8 += gap_q8
    rhythm.wait((at_q8 >> 8) + 1 - waited)
    waited = (at_q8 >> 8) + 1
    rhythm.beat((waited << 8) - at_q8, interval_q8, alike_q8, 500, 100000)
rhythm.wait(late)
for _ in range(1 if forget else 0):
    rhythm.forget()
(rhythm.look(span) if span else rhythm.look_now())
result = [rhythm.rate_dbpm, rhythm.quality, rhythm.rmssd_dms, rhythm.sdnn_dms]
"""


def told(worker, intervals_ms, alike=1.0, believed=None, **changes):
    """(rate /min, quality, RMSSD ms, SDNN ms) of beats so far apart, in whole samples."""
    gaps = np.rint(np.asarray(intervals_ms, dtype=float) * MS_Q8).astype(int)
    believed = np.ones(len(gaps), dtype=bool) if believed is None else np.asarray(believed)
    beats = [
        [int(gap), int(gap) if ok else 0, round(256 * alike)]
        for gap, ok in zip(gaps, believed, strict=True)
    ]
    given = {"beats": beats, "period": 20000, "span": EPOCH_Q8, "start": 0, "late": 0}
    found = worker.call("snippet:run", BEATS, given | {"forget": False} | changes)
    return found[0] / 10, found[1], found[2] / 10, found[3] / 10


def wandering(seed, usual_ms, spread, n=80):
    """Intervals that wander; a twelfth of their spread from beat to beat is new."""
    rng = np.random.default_rng(seed)
    return usual_ms * (1 + spread * np.clip(rng.standard_normal(n), -2, 2))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 1 << 32), st.floats(400, 1500), st.floats(0.01, 0.04))
def test_rate_and_variability_are_their_formulas(worker, seed, usual_ms, spread):
    intervals_ms = wandering(seed, usual_ms, spread)
    ends_ms = np.cumsum(np.rint(intervals_ms * MS_Q8)) / MS_Q8
    kept = intervals_ms[ends_ms > ends_ms[-1] - 30_000]
    rate, quality, rmssd, sdnn = told(worker, intervals_ms)
    edges = kept, kept[1:]  # the oldest may end just at the span's edge
    assert min(abs(rate - 60_000 / edge.mean()) for edge in edges) < 0.15
    assert quality >= 92
    wanted = [np.sqrt(np.mean(np.diff(edge) ** 2)) for edge in edges]
    if min(wanted) > 8.5 and max(wanted) < 290:
        assert min(abs(rmssd - w) / w for w in wanted) < 0.03
        assert min(abs(sdnn - edge.std(ddof=1)) / sdnn for edge in edges) < 0.03


def test_quality_is_what_is_covered_times_how_alike(worker):
    thousand = [1000] * 40
    assert told(worker, thousand)[1] in (99, 100)
    assert told(worker, thousand, alike=0.75)[1] == pytest.approx(75, abs=1)
    assert told(worker, thousand, believed=np.arange(40) % 2 == 0)[1] == pytest.approx(50, abs=2)


@pytest.mark.parametrize(("share", "is_known"), [(0.5, True), (0.3, False)])
def test_with_less_than_two_fifths_covered_no_rate_is_said(worker, share, is_known):
    believed = np.arange(60) % 10 < 10 * share
    rate, quality, *_ = told(worker, [1000] * 60, believed=believed)
    assert quality == pytest.approx(100 * share, abs=6)
    assert (rate > 0) == is_known


def test_fewer_than_four_intervals_are_no_rhythm(worker):
    span = 6 * 50 * SAMPLE_Q8
    assert told(worker, [1500] * 3, span=span)[0] == 0
    assert told(worker, [1500] * 4, span=span)[0] == pytest.approx(40, abs=0.2)


def test_a_lost_beat_moves_nothing(worker):
    """Its two intervals come as one, twice as long."""
    rate, _, rmssd, _ = told(worker, wandering(1, 800, 0.02).tolist()[:30] + [1600] + [800] * 8)
    whole, _, usual, _ = told(worker, wandering(1, 800, 0.02).tolist()[:30] + [800] * 8)
    assert rate == pytest.approx(whole, abs=0.4)
    assert rmssd == pytest.approx(usual, rel=0.25)


def test_a_pause_counts_where_the_rhythm_is_steady_only(worker):
    """1.75 times the median, as after an apnoea; among beats in no order it hides a lost one."""
    steady = [650] * 12 + [1137] + [800] * 4 + [650] * 24
    assert told(worker, steady)[0] == pytest.approx(60_000 / np.mean(steady[-39:]), abs=1.2)
    wild = np.random.default_rng(3).choice([480, 650, 900], 45)
    lost = [15, 24, 33, 42]
    wild[lost] = 1137
    others = np.delete(wild, lost)[-35:]
    assert told(worker, wild)[0] == pytest.approx(60_000 / others.mean(), abs=2)


def test_what_an_early_beat_does_is_no_variability(worker):
    """The mean keeps both; RMSSD would rise from 16 ms to some 140 ms."""
    calm = wandering(5, 1000, 0.012, n=40)
    early = calm.copy()
    early[30:32] = 600, 1400
    rate, _, rmssd, sdnn = told(worker, early)
    assert rate == pytest.approx(60, abs=1)
    assert rmssd == pytest.approx(told(worker, calm)[2], rel=0.2)
    assert sdnn == pytest.approx(told(worker, calm)[3], rel=0.2)


@pytest.mark.parametrize("swing_ms", [3, 190])
def test_a_variability_that_no_sleeper_has_is_not_said(worker, swing_ms):
    """Below 8 ms and above 300: every second interval longer by twice that."""
    intervals = [1800 - swing_ms, 1800 + swing_ms] * 12
    rate, quality, rmssd, sdnn = told(worker, intervals)
    assert rate > 0
    assert quality > 90
    assert (rmssd, sdnn) == (0, 0)


def test_ten_neighbours_are_needed_for_variability(worker):
    """Of 30 intervals every third has no beat that is alike: the pairs that are left are ten."""
    intervals = wandering(2, 900, 0.03, n=33)
    believed = np.arange(33) % 3 > 0
    assert told(worker, intervals, believed=believed)[2] > 0
    assert told(worker, intervals[:24], believed=believed[:24])[2] == 0


def test_time_is_the_measured_clock_s(worker):
    """A sensor that samples 3 % slow: the same samples are 3 % longer."""
    usual = told(worker, wandering(4, 1000, 0.03))
    slow = told(worker, wandering(4, 1000, 0.03), period=20600)
    assert slow[0] == pytest.approx(usual[0] / 1.03, abs=0.15)
    assert slow[2] == pytest.approx(usual[2] * 1.03, rel=0.02)


def test_the_count_of_time_wraps_unnoticed(worker):
    """After 11 hours it starts anew, in the middle of a span."""
    plain = told(worker, wandering(6, 900, 0.03))
    assert told(worker, wandering(6, 900, 0.03), start=(1 << 29) - 30 * 50 * SAMPLE_Q8) == plain


def test_a_rate_is_said_six_seconds_after_the_pod_was_put_on(worker):
    """Now is the last 12 s, or less if nobody was there before."""
    assert told(worker, [800] * 6, span=0)[0] == pytest.approx(75, abs=0.2)
    assert told(worker, [800] * 2, span=0)[0] == 0


def test_a_rate_lasts_no_longer_than_ten_seconds_after_the_last_beat(worker):
    late = [told(worker, [800] * 40, span=0, late=50 * s)[0] for s in (0, 4, 9)]
    assert [rate > 0 for rate in late] == [True, True, False]


def test_what_was_before_nobody_was_there_is_forgotten(worker):
    assert told(worker, [800] * 40, span=0, forget=True) == (0, 0, 0, 0)


def test_no_beat_is_no_rhythm(worker):
    assert told(worker, []) == (0, 0, 0, 0)


SINCE = """
import gc
from array import array
from firmware.senses.rhythm import Rhythm
class Clock:
    period_us = period
rhythm, intervals_ms = Rhythm(Clock()), array("H", [0] * room)
def hear(beats):
    for interval_q8 in beats:
        rhythm.wait(50)
        rhythm.beat(25600, interval_q8, 256, 500, 100000)
hear(before)
mark = rhythm.at
hear(since)
for _ in range(1 if forget else 0):
    rhythm.forget()
gc.collect()
in_use = gc.mem_alloc()
n = rhythm.intervals_since(mark, intervals_ms)
result = [gc.mem_alloc() - in_use, list(intervals_ms[:n])]
"""
INTERVALS_Q8 = st.just(0) | st.integers(4267, 25599)


def since(worker, beats, before=(), room=128, period=20000, forget=False):
    """The intervals in ms that are told since a mark, of beats (1/256 samples, 0 not believed)."""
    given = {"since": list(beats), "before": list(before), "room": room, "period": period}
    allocated, intervals_ms = worker.call("snippet:run", SINCE, given | {"forget": forget})
    assert allocated <= 64  # the call itself; on the chip these are small integers
    return intervals_ms


@settings(max_examples=100, deadline=None)
@given(
    st.lists(INTERVALS_Q8, max_size=127),
    st.lists(INTERVALS_Q8, max_size=300),
    st.integers(19400, 20600),
)
def test_intervals_since_a_mark_are_those_believed_in_their_order(worker, beats, before, period):
    told = since(worker, beats, before, period=period)
    believed = [q8 for q8 in beats if q8]
    assert len(told) == len(believed)
    for ms, q8 in zip(told, believed, strict=True):
        assert abs(ms - q8 * period / 256_000) <= 0.5001


def test_intervals_stop_where_there_is_no_more_room(worker):
    assert since(worker, [12800, 0, 25600 - 1, 12800], room=2) == [1000, 2000]


def test_nothing_is_told_twice_nor_of_somebody_who_has_gone(worker):
    assert since(worker, [], before=[12800] * 40) == []
    assert since(worker, [12800] * 4, forget=True) == []
