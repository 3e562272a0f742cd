"""From heartbeats to their rhythm: rate, variability, and how far both can be believed.

It must never guess: what is not known is 0. Nothing is allocated per block.
"""

from array import array

from micropython import const

BEATS = const(128)
WORDS = const(5)  # of a beat: when it came, its interval, likeness, swing, light
TIME = const(0x1FFFFFFF)  # 11 hours: a beat from before the wrap is forgotten by then
LONGEST_Q8 = const(30 * 50 << 8)  # an epoch
KNOWN_PERCENT = const(40)  # with less of the time covered the rate is not said

_NOW_Q8 = const(12 * 50 << 8)  # so much bridges an early beat and a bad one
_SHORTEST_Q8 = const(6 * 50 << 8)  # after the first beats
_PAUSE = const(38)  # twentieths of the median: a steady heart may pause so long
_NO_PAUSE = const(30)  # in an unsteady one, what is longer has a lost beat in it
_FEWEST_INTERVALS = const(4)
_FEWEST_PAIRS = const(10)  # successive differences that variability is told of
_RMSSD_MIN_DMS, _RMSSD_MAX_DMS = const(80), const(3000)  # plausible in a sleeper


class Rhythm:
    """The last 128 beats. After `look`, `rate_dbpm`, `quality`, `rmssd_dms` and `sdnn_dms`.

    Intervals are in 1/256 samples of `clock`, times too, modulo 2^29. An interval counts for
    the rate if it is longer than half the median and shorter than one and a half, or than 1.9
    where the rhythm is steady: it pauses so after an apnoea. It counts for variability within
    20 % of the median, as the difference of two neighbours must: what an early beat does is
    no variability.
    """

    def __init__(self, clock):
        self._clock = clock
        self.ring = array("i", [0] * BEATS * WORDS)
        self.at = 0  # of the oldest beat
        self.now_q8 = 0
        self._heard_q8 = 0  # since somebody is there
        self._intervals = array("i", [0] * BEATS)  # newest first, 0 where none is believed
        self._weights = array("i", [0] * BEATS)  # the same, by likeness
        self._ordered = array("i", [0] * BEATS)
        self._believed = 0
        self.rate_dbpm = self.quality = self.rmssd_dms = self.sdnn_dms = 0

    def wait(self, samples: int) -> None:
        """So much time has passed."""
        self.now_q8 = self.now_q8 + (samples << 8) & TIME
        self._heard_q8 = min(self._heard_q8 + (samples << 8), _NOW_Q8)

    def beat(self, age_q8: int, interval_q8: int, alike_q8: int, swing: int, light: int) -> None:
        """A beat `age_q8` ago; `interval_q8` 0 if that is not to be believed."""
        ring, at = self.ring, self.at * WORDS
        ring[at] = self.now_q8 - age_q8 & TIME
        ring[at + 1] = interval_q8
        ring[at + 2] = alike_q8
        ring[at + 3] = swing
        ring[at + 4] = light
        self.at = self.at + 1 & BEATS - 1

    def forget(self) -> None:
        """Nobody is there: what was is no more."""
        for at in range(1, BEATS * WORDS, WORDS):
            self.ring[at] = 0
        self._heard_q8 = 0

    def intervals_since(self, mark: int, intervals_ms) -> int:
        """How many believed intervals came since `at` was `mark`, less than 128 beats ago: copy
        them into the array `intervals_ms`, the oldest first, as many as it has room for.
        """
        n, period_us = 0, self._clock.period_us
        while mark != self.at and n < len(intervals_ms):
            x = self.ring[mark * WORDS + 1]
            if x:
                intervals_ms[n] = (x * period_us + 128000) // 256000
                n += 1
            mark = mark + 1 & BEATS - 1
        return n

    def look_now(self) -> None:
        """Find out about the last 12 s, or about the time since somebody is there."""
        self.look(min(_NOW_Q8, max(self._heard_q8, _SHORTEST_Q8)))

    def look(self, span_q8: int) -> None:
        """Find out about the last `span_q8`, of at most 30 s."""
        n = self._take(span_q8)
        median = self._ordered[self._believed >> 1]
        longest = median * (_PAUSE if self._is_steady(n, median) else _NO_PAUSE)
        count = total = weight = 0
        for k in range(n):
            x = self._intervals[k]
            if x * 2 > median and x * 20 < longest:
                count += 1
                total += x
                weight += self._weights[k]
        self.quality = min(100, weight * 25 // max(1, span_q8 >> 2))
        is_known = count >= _FEWEST_INTERVALS and self.quality >= KNOWN_PERCENT
        self.rate_dbpm = count * 600000 // self._ms(total) if is_known else 0
        self._vary(n, median)

    def _take(self, span_q8):
        """Copy the intervals of that time, and put the believed ones in order; how many beats."""
        self._believed = self._ordered[0] = 0
        for k in range(BEATS):
            beat = (self.at - 1 - k & BEATS - 1) * WORDS
            if self.now_q8 - self.ring[beat] & TIME >= span_q8:
                return k
            x = self._intervals[k] = self.ring[beat + 1]
            self._weights[k] = x * self.ring[beat + 2] >> 8
            if x:
                self._insert(x)
        return BEATS

    def _insert(self, x):
        ordered, i = self._ordered, self._believed
        while i and ordered[i - 1] > x:
            ordered[i] = ordered[i - 1]
            i -= 1
        ordered[i] = x
        self._believed += 1

    def _is_steady(self, n, median):
        """Whether three of four neighbours differ by less than a quarter of the median."""
        score = last = 0
        for k in range(n):
            x = self._intervals[k]
            if x and last:
                score += 1 if abs(x - last) * 4 <= median else -3
            last = x
        return score >= 0

    def _vary(self, n, median):
        """RMSSD and SDNN of the normal intervals."""
        normals = total = squares = pairs = steps = last = 0
        for k in range(n):
            x = self._intervals[k]
            d = x - median
            if not x or abs(d) * 5 > median:
                last = 0
                continue
            normals += 1
            total += d
            squares += d * d
            if last and abs(last - x) * 5 <= median:
                pairs += 1
                steps += (last - x) * (last - x)
            last = x
        self.rmssd_dms = self.sdnn_dms = 0
        if pairs >= _FEWEST_PAIRS:
            rmssd_dms = self._dms(steps // pairs)
            if _RMSSD_MIN_DMS <= rmssd_dms <= _RMSSD_MAX_DMS:
                self.rmssd_dms = rmssd_dms
                self.sdnn_dms = self._dms((squares - total * total // normals) // (normals - 1))

    def _ms(self, q8):
        return ((q8 >> 3) * (self._clock.period_us >> 3) >> 2) // 1000

    def _dms(self, square_q16):
        """The root of a square, in 0.1 ms."""
        root, better = square_q16, square_q16 + 1 >> 1
        while better < root:
            root, better = better, better + square_q16 // better >> 1
        return root * self._clock.period_us // 25600
