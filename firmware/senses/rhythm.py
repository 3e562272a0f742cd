"""From heartbeats to their rhythm: rate, variability, and how far both can be believed.

It must never guess: what is not known is 0. Nothing is allocated per block.
"""

from array import array

from micropython import const

from firmware.senses import rhythm_kernels

BEATS = const(128)
_WORDS = const(5)
TIME = const(0x1FFFFFFF)  # 11 hours: a beat from before the wrap is forgotten by then
NOW_Q8 = const(12 * 50 << 8)  # what is called now: 12 s bridge an early beat and a bad one
VARIABILITY_Q8 = const(30 * 50 << 8)  # an epoch
_KNOWN_PERCENT = const(40)  # with less of the time covered the rate is not said
_FEWEST_INTERVALS = const(4)
_SHORTEST_Q8 = const(6 * 50 << 8)  # after the first beats
_FEWEST = const(10)  # successive differences that an RMSSD is told of
_RMSSD_MIN_DMS, _RMSSD_MAX_DMS = const(80), const(3000)  # plausible in a sleeper


class Rhythm:
    """The last 128 beats. After `look`, `rate_dbpm`, `quality`, `rmssd_dms` and `sdnn_dms`."""

    def __init__(self, clock):
        self._clock = clock
        self.ring = array("i", [0] * BEATS * _WORDS)  # as rhythm_kernels has it
        self.at = 0  # of the oldest beat
        self.now_q8 = 0
        self._heard_q8 = 0  # since somebody is there
        self._ordered = array("i", [0] * BEATS)
        self._found = array("i", [0] * 9)
        self.rate_dbpm = self.quality = self.rmssd_dms = self.sdnn_dms = 0

    def wait(self, samples: int) -> None:
        """So much time has passed."""
        self.now_q8 = (self.now_q8 + (samples << 8)) & TIME
        self._heard_q8 = min(self._heard_q8 + (samples << 8), VARIABILITY_Q8)

    def beat(self, age_q8: int, interval_q8: int, alike_q8: int, swing: int, light: int) -> None:
        """A beat `age_q8` / 256 samples ago; `interval_q8` 0 if that is not to be believed."""
        ring, at = self.ring, self.at * _WORDS
        ring[at] = (self.now_q8 - age_q8) & TIME
        ring[at + 1] = interval_q8
        ring[at + 2] = alike_q8
        ring[at + 3] = swing
        ring[at + 4] = light
        self.at = (self.at + 1) & (BEATS - 1)

    def forget(self) -> None:
        """Nobody is there: what was is no more."""
        for at in range(1, BEATS * _WORDS, _WORDS):
            self.ring[at] = 0
        self._heard_q8 = 0

    def look(self, span_q8: int) -> None:
        """Find out about the last `span_q8` / 256 samples, up to 30 s."""
        found = self._found
        span_q8 = min(span_q8, max(self._heard_q8, _SHORTEST_Q8))
        rhythm_kernels.gather(self.ring, self._ordered, found, self.at, self.now_q8, span_q8)
        self.quality = min(100, found[3] * 25 // (span_q8 >> 2))
        self.rate_dbpm = 0
        if self.quality >= _KNOWN_PERCENT and found[1] >= _FEWEST_INTERVALS:
            self.rate_dbpm = found[1] * 600000 // self._ms(found[2])
        self.rmssd_dms = self.sdnn_dms = 0
        if found[7] >= _FEWEST:
            rmssd_dms = self._dms(found[8] // found[7])
            if _RMSSD_MIN_DMS <= rmssd_dms <= _RMSSD_MAX_DMS:
                self.rmssd_dms = rmssd_dms
                spread = found[6] - found[5] // found[4] * found[5]
                self.sdnn_dms = self._dms(spread // (found[4] - 1))

    def _ms(self, q8):
        """Of 1/256 samples, up to 30 s of them."""
        return ((q8 >> 3) * (self._clock.period_us >> 3) >> 2) // 1000

    def _dms(self, square):
        """The root, in 0.1 ms, of a square of 1/256 samples."""
        return _root(square) * self._clock.period_us // 25600


def _root(n):
    """The square root of `n` >= 0, rounded down."""
    root, better = n, n + 1 >> 1
    while better < root:
        root, better = better, better + n // better >> 1
    return root
