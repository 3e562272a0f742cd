"""The kernels of the pulse in the VM against oracles in plain integers.

The oracles keep whole lists and add whole sums, where the kernels have rings.
"""

from array import array

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

RATE_HZ = 50
FULL_SCALE = 0x3FFFF


class Swing:
    """`swing` in plain integers: a slow mean of 64 samples, Q8, and the distance from it."""

    def __init__(self):
        self.mean_q8 = None

    def hear(self, light):
        out = []
        for x in light:
            if self.mean_q8 is None:
                self.mean_q8 = x * 256
            self.mean_q8 += (x * 256 - self.mean_q8) // 64
            out.append(self.mean_q8 // 256 - x)
        clamped = sum(abs(v) > 8191 for v in out)
        return [max(-8191, min(8191, v)) for v in out], clamped


class Finder:
    """Elgendi's detector over a whole recording, from lists instead of rings.

    `tell(end)` lists the beats whose block of interest ended at sample `end - 16`.
    """

    SHORT, LONG, CENTRE = 7, 33, 16

    def __init__(self):
        self.y = []
        self.squares = []
        self.mean_q6 = 0
        self.trough = self.steepest = self.width = self.peak = 0
        self.rise = self.at_peak = None  # sample of the steepest upstroke

    def hear(self, block):
        """[age, swing] for each beat told in `block`."""
        found = []
        newest = len(self.y) + len(block) - 1
        for v in block:
            self.y.append(v)
            self.squares.append(v * v // 256 if v > 0 else 0)
            self.mean_q6 += (self.squares[-1] * 64 - self.mean_q6) // 512
            beat = self._at(len(self.y) - 1 - self.CENTRE)
            if beat:
                at, swing = beat
                found.append([newest - at, swing])
        return found

    def _y(self, i):
        return self.y[i] if i >= 0 else 0

    def _sum(self, last, count):
        return sum(self.squares[max(0, last - count + 1) : last + 1]) if last >= 0 else 0

    def _at(self, c):
        """Judge sample `c`: a beat if its block has just ended and was long enough."""
        v, slope = self._y(c), self._y(c + 1) - self._y(c - 1)
        if v < self.trough:
            self.trough, self.steepest = v, 0
        if slope > self.steepest:
            self.steepest = slope
            self.rise = c
        short = self._sum(c + 3, self.SHORT)
        long = self._sum(c + 16, self.LONG)
        if short * self.LONG > (long + self.LONG * (self.mean_q6 // 4096)) * self.SHORT:
            self.width += 1
            if v > self.peak:
                self.peak, self.at_peak = v, self.rise
            return None
        beat = (self.at_peak, self.peak - self.trough) if self.width >= self.SHORT else None
        if self.width:
            self.width = self.peak = self.steepest = 0
            self.trough = 8191
        return beat


def swing_in_vm(worker, block, state, sums):
    clamped, (_, out, state, sums, _) = worker.call_in_place(
        "firmware.senses.pulse_kernels:swing",
        *(array("i", words) for words in (block, [0] * len(block), state, sums)),
        len(block),
    )
    return list(out), clamped, list(state), list(sums)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.integers(0, FULL_SCALE), min_size=1, max_size=32), max_size=12))
def test_swing_is_its_formula(worker, blocks):
    """And so is the ring of all light so far, modulo 2^30, that it keeps beside."""
    oracle, state, sums = Swing(), [-1, 0], [0] * 256
    for block in blocks:
        out, clamped, state, sums = swing_in_vm(worker, block, state, sums)
        assert (out, clamped) == oracle.hear(block)
    light = [x for block in blocks for x in block]
    assert not blocks or state == [oracle.mean_q8, len(light) % 256]
    for i in range(max(0, len(light) - 256), len(light)):
        assert sums[i % 256] == sum(light[: i + 1]) % (1 << 30)


def test_the_ring_of_light_wraps(worker):
    """At full scale its sum passes 2^30 after 4,096 samples."""
    state, sums = [-1, 0], [0] * 256
    for _ in range(200):
        *_, state, sums = swing_in_vm(worker, [FULL_SCALE] * 32, state, sums)
    assert sums[6399 % 256] == FULL_SCALE * 6400 % (1 << 30)
    assert (sums[6399 % 256] - sums[6299 % 256]) % (1 << 30) == FULL_SCALE * 100


def waves(rng):
    """A band-passed pulse of random height and pace, with noise and stretches of nothing."""
    t_s = np.arange(int(rng.integers(60, 500))) / RATE_HZ
    height = rng.choice([3, 40, 500, 8000, 17000])
    y = height * np.sin(2 * np.pi * rng.uniform(0.5, 4) * t_s)
    y += height * rng.uniform(0, 0.5) * rng.standard_normal(len(t_s))
    y *= rng.random(len(t_s) // 50 + 1).repeat(50)[: len(t_s)] > 0.2
    return np.clip(np.rint(y), -18000, 18000).astype(int).tolist()


FIND = """
from array import array
from firmware.senses.pulse_kernels import find_beats
ring, state, out = array("i", [0] * 192), array("i", [0] * 10), array("i", [0] * 16)
result, at = [], 0
for n in splits:
    k = find_beats(array("i", y[at:at + n]), ring, state, out, n)
    at += n
    result.append([list(out[2 * i:2 * i + 2]) for i in range(k)])
"""


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 1 << 32))
def test_find_beats_is_elgendi_s_detector(worker, seed):
    """Against lists and whole sums: every word of every beat, whatever the blocks."""
    rng = np.random.default_rng(seed)
    y = waves(rng)
    splits, finder, expected = [], Finder(), []
    while sum(splits) < len(y):
        splits.append(min(int(rng.integers(1, 33)), len(y) - sum(splits)))
        at = sum(splits)
        expected.append(finder.hear(y[at - splits[-1] : at]))
    assert worker.call("snippet:run", FIND, {"y": y, "splits": splits}) == expected


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(-19300, 19300), min_size=192, max_size=192),
    st.lists(st.integers(-4096, 4095), min_size=32, max_size=32),
    st.integers(0, 127),
    st.integers(0, 10),
)
def test_compare_is_its_formula(worker, ring, usual, start, shift):
    _, (_, moved, sums, _, _) = worker.call_in_place(
        "firmware.senses.pulse_kernels:compare",
        *(array("i", words) for words in (ring, usual, [0] * 5)),
        start,
        shift,
    )
    v = np.clip((np.roll(ring[:128], -start)[:32] << 6) >> shift, -4095, 4095)
    u = np.array(usual)
    assert list(sums) == [v.sum(), u.sum(), (v * v).sum(), (v * u).sum(), (u * u).sum()]
    assert list(moved) == (u + ((v - u) >> 3)).tolist()


COSINE_Q12 = np.rint(4096 * np.cos(np.arange(256) * 2 * np.pi / 256)).astype(int)


@settings(max_examples=40, deadline=None)
@given(st.data(), st.integers(0, 96))
def test_spectrum_is_its_formula(worker, data, n):
    row = {"min_size": n, "max_size": n}
    values = data.draw(st.lists(st.integers(-2047, 2047), **row))
    turns = data.draw(st.lists(st.integers(0, 35_000), **row))
    _, (_, _, powers, _, _) = worker.call_in_place(
        "firmware.senses.pulse_kernels:spectrum",
        *(array("i", words) for words in (values, turns, [0] * 28, COSINE_Q12.tolist())),
        n,
    )
    for f, power in enumerate(powers, start=5):
        turn = np.array(turns, dtype=int) * f >> 8
        even = int((np.array(values, dtype=int) * COSINE_Q12[turn & 255]).sum()) >> 15
        odd = int((np.array(values, dtype=int) * COSINE_Q12[turn - 64 & 255]).sum()) >> 15
        assert power == ((even * even + odd * odd) >> 10) * f


def test_the_detector_s_count_wraps_unnoticed(worker):
    """Its sample count starts anew after 2^20: beats on both sides of it are the same."""
    y = np.rint(500 * np.sin(np.arange(400) * 2 * np.pi / 50)).astype(int).tolist()
    given_names = {"y": y, "splits": [25] * 16}
    start = "[0] * 10), array"
    wrapped = FIND.replace(start, f"[{(1 << 20) - 192}] + [0] * 9), array")
    assert start in FIND
    plain, across = (worker.call("snippet:run", s, given_names) for s in (FIND, wrapped))
    assert sum(map(len, plain)) >= 6
    assert across == plain
