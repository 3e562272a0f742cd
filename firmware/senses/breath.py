"""Breathing from the pulse: how it modulates the beats' intervals, their swing and their light.

Each modulation has a spectrum over 32 s; their mean, each of them scaled to the same power,
has its peak where they agree. It must never guess: what is not known is 0.
"""

from array import array

from micropython import const

from firmware.senses import rhythm_kernels

_MODULATIONS = (1, 3, 4)  # of a beat's words: interval, swing, light
_FEWEST_BEATS = const(12)  # in 32 s: a lower pulse cannot tell 12 breaths a minute
_ROW = const(96)
_LINES = const(28)  # a spectrum's: whole breaths a minute
_SLOWEST = const(5)
_FIRST, _LAST = const(1), const(19)  # lines where a peak may lie: 6 to 24 a minute
_NEAR = const(2)  # lines to either side that belong to a peak: a Hann window's width
_KNOWN_PERCENT = const(22)  # of all power near the peak; less, and there are other peaks
_NOMINAL_US = const(20000)
_COSINE_1_Q26 = const(67088652)  # of a 256th turn


class Breath:
    """Breathing of a `Rhythm`'s sleeper. After `look`, `rate_dpm` and `regularity`.

    `rate_dpm`: breaths in 0.1 /min. `regularity`: percentage of the modulations' power that
    lies within two breaths a minute of the rate: one even breath has 40 and more, an uneven one
    is spread out.
    """

    def __init__(self, clock):
        self._clock = clock
        self._rows = array("i", [0] * 3 * _ROW)
        self._sums = array("i", [0] * 3)
        self._powers = array("i", [0] * _LINES)
        self._lines = array("i", [0] * _LINES)
        self._cosine = _cosines()
        self.rate_dpm = self.regularity = 0

    def look(self, rhythm) -> None:
        """Find out about the last 32 s of `rhythm`."""
        self.rate_dpm = self.regularity = 0
        lines = self._lines
        for i in range(_LINES):
            lines[i] = 0
        for word in _MODULATIONS:
            if not self._add(rhythm, word):
                return
        at = self._peak()
        if at:
            self._judge(at)

    def _add(self, rhythm, word):
        """Add a modulation's spectrum, in parts of 4096; False if there are too few beats."""
        sums, powers = self._sums, self._powers
        rhythm_kernels.collect(
            rhythm.ring, self._rows, sums, self._cosine, word, rhythm.at, rhythm.now_q8
        )
        if sums[0] < _FEWEST_BEATS or not sums[1]:
            return False
        rhythm_kernels.spectrum(self._rows, powers, self._cosine, sums[0], sums[2] // sums[1])
        part = (sum(powers) >> 12) + 1
        for i in range(_LINES):
            self._lines[i] += powers[i] // part
        return True

    def _peak(self):
        """The highest line that is higher than both its neighbours, or 0."""
        lines, best = self._lines, 0
        for i in range(_FIRST, _LAST + 1):
            if lines[i] > lines[best] or not best:
                if lines[i - 1] <= lines[i] >= lines[i + 1]:
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
            self.rate_dpm = rate_dpm * _NOMINAL_US // self._clock.period_us


def _cosines():
    """A turn in 256 steps, Q12: cos(k + 1) = 2 cos(1) cos(k) - cos(k - 1), in Q26."""
    turn = array("i", [1 << 12] * 256)
    last, this = 1 << 26, _COSINE_1_Q26
    for i in range(1, 256):
        turn[i] = this + (1 << 13) >> 14
        last, this = this, (this * _COSINE_1_Q26 >> 25) - last
    return turn
