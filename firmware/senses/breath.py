"""Breathing from the pulse: how it modulates the beats' intervals, their swing and their light.

Each modulation has a spectrum over 32 s; their mean, each of them scaled to the same power,
has its peak where they agree. It must never guess: what is not known is 0.
"""

from array import array

from micropython import const

from firmware.senses import pulse_kernels
from firmware.senses.rhythm import BEATS, TIME, WORDS

_MODULATIONS = (1, 3, 4)  # of a beat's words: interval, swing, light
_MOST = const(96)  # beats: as many as fit in 32 s at 180 /min
_FEWEST = const(12)  # a slower pulse cannot tell 12 breaths a minute
_SPAN_Q8 = const(32 * 50 << 8)
_LEAST_Q8 = const(24 * 50 << 8)  # of it: three breaths of eight seconds
_STEP_Q8 = const(1600)  # a 256th of it
_MOST_CHANGE = const(16383)
_FULL = const(2047)  # of values
_LINES = const(28)  # of a spectrum: whole breaths a minute
_SLOWEST = const(5)
_FIRST, _LAST = const(1), const(19)  # lines where a peak is looked for
_MIN_DPM, _MAX_DPM = const(60), const(220)  # plausible in a sleeper
_NEAR = const(2)  # lines to either side that belong to a peak: a Hann window's width
_KNOWN_PERCENT = const(20)  # of all power near the peak; less, and there are other peaks
_NOMINAL_US = const(20000)
_COSINE_1_Q26 = const(67088652)  # of a 256th turn


class Breath:
    """Breathing of a sleeper, out of his `Rhythm`. After `look`, `rate_dpm` and `regularity`.

    `rate_dpm`: breaths in 0.1 /min. `regularity`: percentage of the modulations' power that
    lies within two breaths a minute of the rate: even breaths have 40 and more.
    """

    def __init__(self, clock):
        self._clock = clock
        self._values = array("i", [0] * _MOST)
        self._weights = array("i", [0] * _MOST)
        self._turns = array("i", [0] * _MOST)
        self._powers = array("i", [0] * _LINES)
        self._lines = array("i", [0] * _LINES)
        self._cosine = _cosines()
        self.rate_dpm = self.regularity = 0

    def look(self, rhythm) -> None:
        """Find out about the last 32 s of `rhythm`."""
        self.rate_dpm = self.regularity = 0
        for i in range(_LINES):
            self._lines[i] = 0
        for word in _MODULATIONS:
            n = self._take(rhythm, word)
            if n < _FEWEST:
                return
            self._scale(n)
            self._add_spectrum(n)
        at = self._peak()
        if at:
            self._judge(at)

    def _take(self, rhythm, word):
        """One of the beats' words, as its change from the newest's, and a Hann window."""
        ring, n, newest, oldest_q8 = rhythm.ring, 0, -1, 0
        for k in range(1, BEATS + 1):
            beat = (rhythm.at - k & BEATS - 1) * WORDS
            ago_q8 = rhythm.now_q8 - ring[beat] & TIME
            if ago_q8 >= _SPAN_Q8 or n == _MOST:
                break
            if ring[beat + 1]:
                if newest < 0:
                    newest = ring[beat + word]
                change = ring[beat + word] - newest
                self._values[n] = max(-_MOST_CHANGE, min(_MOST_CHANGE, change))
                self._weights[n] = (4096 - self._cosine[ago_q8 // _STEP_Q8]) >> 5
                self._turns[n] = ago_q8 * 1398 >> 14
                n += 1
                oldest_q8 = ago_q8
        return n if oldest_q8 >= _LEAST_Q8 else 0

    def _scale(self, n):
        """Take the mean out of the values, and let them fill their range under the window."""
        values, weights = self._values, self._weights
        weight = total = peak = 0
        for i in range(n):
            weight += weights[i]
            total += values[i] * weights[i]
        mean = total // max(1, weight)
        for i in range(n):
            values[i] -= mean
            peak = max(peak, abs(values[i]))
        for i in range(n):
            values[i] = values[i] * _FULL // max(1, peak) * weights[i] >> 8

    def _add_spectrum(self, n):
        """In parts of 4096, so that no modulation outweighs the others."""
        powers = self._powers
        pulse_kernels.spectrum(self._values, self._turns, powers, self._cosine, n)
        part = (sum(powers) >> 12) + 1
        for i in range(_LINES):
            self._lines[i] += powers[i] // part

    def _peak(self):
        """The highest line that is higher than both its neighbours, or 0."""
        lines, best = self._lines, 0
        for i in range(_FIRST, _LAST + 1):
            if lines[i - 1] <= lines[i] >= lines[i + 1] and (not best or lines[i] > lines[best]):
                best = i
        return best

    def _judge(self, at):
        lines = self._lines
        near = 0
        for i in range(max(0, at - _NEAR), at + _NEAR + 1):
            near += lines[i]
        self.regularity = near * 100 // max(1, sum(lines))
        if self.regularity >= _KNOWN_PERCENT:
            bend = lines[at - 1] - 2 * lines[at] + lines[at + 1]
            vertex_d = 5 * (lines[at - 1] - lines[at + 1]) // bend if bend else 0
            rate_dpm = 10 * (_SLOWEST + at) + vertex_d
            rate_dpm = rate_dpm * _NOMINAL_US // self._clock.period_us
            if _MIN_DPM <= rate_dpm <= _MAX_DPM:
                self.rate_dpm = rate_dpm


def _cosines():
    """A turn in 256 steps, Q12: cos(k + 1) = 2 cos(1) cos(k) - cos(k - 1), in Q26."""
    turn = array("i", [1 << 12] * 256)
    last, this = 1 << 26, _COSINE_1_Q26
    for i in range(1, 256):
        turn[i] = this + (1 << 13) >> 14
        last, this = this, (this * _COSINE_1_Q26 >> 25) - last
    return turn
