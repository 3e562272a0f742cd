"""From light to heartbeats, and from heartbeats to the pulse of an epoch.

Says a rate only where most of the epoch is covered by beats that are alike in shape and agree
in rhythm. It must never guess: what is not known stays 0. Nothing is allocated per block.
"""

from array import array

import fixed_kernels
from micropython import const

from firmware.senses import pulse_kernels

MAX_BLOCK = const(32)

# Butterworth, second order, 0.5 Hz high-pass and 8 Hz low-pass at 50 Hz (the band of
# Elgendi 2013): b0 b1 b2 -a1 -a2, Q14.
BAND_Q14 = array("i", (15672, -31344, 15672, 31313, -14991, 2381, 4762, 2381, 10994, -4134))

_IBI_MIN_US = const(333000)  # 180 /min: faster is not somebody in bed
_IBI_MAX_US = const(2000000)  # 30 /min, the field's lower bound
_STEP_Q8 = const(120)  # 47 %: after an apnoea a heart steps that far from beat to beat (slp02a)
_STRANGE_BEATS = const(3)  # so many in a row that disagree are the new truth
_LOCK_SHIFT = const(2)  # the interval believed in follows by a quarter
_FAINT_COUNTS = const(30)  # ten times the converter's noise: below lies no pulse
_KNOWN_PERCENT = const(50)  # with less of the epoch covered the rate is not said
_FORGET_Q8 = const(200 << 8)  # longer than any interval: the next one is no interval
_SETTLE_Q8 = const(50 << 8)  # a second, while what rang before another light dies away
_DELAY_Q8 = const(251)  # by so much (19.6 ms) filters and averaging in the chip lag the light
_DETECTOR_WORDS = const(15)
_BEAT_WORDS = const(5)
_MOST_BEATS = const(8)
_SHAPE = const(32)  # samples of a beat's shape, of which
_BEFORE = const(10)  # come before its steepest upstroke
_AFTER = const(21)  # and as many after it: a later beat's shape is not whole yet
_OLDEST = const(100)  # samples back: an older beat's shape is in the ring no more
_ALIKE_Q8 = const(164)  # r^2 of 0.8: noise has 0.1 to 0.5, beats have 0.9 and more
_ENERGY = const(1 << 14)


class Pulse:
    """Heartbeats from blocks of infrared counts at 50 Hz; `clock` is its SampleClock.

    After `block`, `beats` beats are new; `beat_age_q8[k]` tells how many 1/256
    samples the steepest upstroke of each lies before the newest sample. `off_body`: nobody
    is there, as whoever sees to the light knows.
    """

    def __init__(self, clock):
        self.clock = clock
        self.off_body = False
        self.beats = 0
        self.beat_age_q8 = array("i", [0] * _MOST_BEATS)
        self._y = array("i", [0] * MAX_BLOCK)
        self._mean = array("i", (-1,))
        self._filter = array("i", [0] * len(BAND_Q14))
        self._ring = array("i", [0] * 128)
        self._detector = array("i", [0] * _DETECTOR_WORDS)
        self._recent = array("i", [0] * 128)  # the filtered light, a ring
        self._recent_at = 0
        self._usual = array("i", [0] * _SHAPE)
        self._energies = array("i", [0] * 3)
        self._was_alike = False
        self._found = array("i", [0] * _BEAT_WORDS * _MOST_BEATS)
        self._since_q8 = _FORGET_Q8  # from the last beat to the newest sample
        self._whole_q8 = 0  # from the last gap to the newest sample
        self._lock_us = 0  # the interval believed in; 0: none
        self._held_us = 0  # a strange interval that the next one may explain
        self._strange = 0
        self.begin_epoch()

    def begin_epoch(self) -> None:
        """Forget what was counted for the last epoch; the beats go on."""
        self.samples = self.off_samples = self.clamped = 0
        self.epoch_beats = 0
        self._intervals = self._intervals_ms = self._swing_sum = 0

    def block(self, light, n: int) -> None:
        """Take `n` (1-32) counts of infrared light from the array `light`."""
        self.samples += n
        self._since_q8 = min(self._since_q8 + (n << 8), _FORGET_Q8)
        self._whole_q8 = min(self._whole_q8 + (n << 8), _FORGET_Q8)
        self.clamped += pulse_kernels.swing(light, self._y, self._mean, n)
        fixed_kernels.biquads(self._y, BAND_Q14, self._filter, 2, n)
        pulse_kernels.keep(self._y, self._recent, self._recent_at, n)
        self._recent_at = (self._recent_at + n) & 127
        self.beats = pulse_kernels.find_beats(self._y, self._ring, self._detector, self._found, n)
        if self.off_body:
            self.off_samples += n
            self.gap()
        for k in range(self.beats):
            self._beat(k)

    def gap(self) -> None:
        """Samples were lost, or nobody is there: no interval reaches across.

        Nor does one start at a beat from before, which is told only now.
        """
        self.beats = 0
        self._since_q8 = _FORGET_Q8
        self._whole_q8 = 0
        self._held_us = 0

    def relit(self) -> None:
        """The next sample is of another light: the slow mean starts anew, after a gap.

        What the filters make of that is no beat.
        """
        self.gap()
        self._whole_q8 = -_SETTLE_Q8
        self._mean[0] = -1

    def rate_dbpm(self) -> int:
        """Mean heart rate of the epoch so far in 0.1 /min; 0: not known."""
        if self.quality() < _KNOWN_PERCENT:
            return 0
        return self._intervals * 600000 // self._intervals_ms

    def quality(self) -> int:
        """Percentage of the epoch so far that is covered by believed intervals, 0-100."""
        heard_ms = self.samples * self.clock.period_us // 1000
        return min(100, self._intervals_ms * 100 // heard_ms) if heard_ms else 0

    def perfusion_pm(self) -> int:
        """Mean swing of the beats over the steady light, per mille, at most 255."""
        steady = self._mean[0] >> 8
        if not self.epoch_beats or steady <= 0:
            return 0
        return min(255, self._swing_sum * 1000 // self.epoch_beats // steady)

    def _beat(self, k):
        at = k * _BEAT_WORDS
        swing = self._found[at + 4]
        age_q8 = (self._found[at] << 8) - self._vertex_q8(at) + _DELAY_Q8
        self.beat_age_q8[k] = age_q8
        if swing >= _FAINT_COUNTS and age_q8 <= self._whole_q8:
            self.epoch_beats += 1
            self._swing_sum += swing
            was_alike, self._was_alike = self._was_alike, self._is_alike(self._found[at])
            if was_alike and self._was_alike:
                self._interval((self._since_q8 - age_q8) * (self.clock.period_us >> 2) >> 6)
            else:
                self._held_us = 0
            self._since_q8 = age_q8

    def _is_alike(self, age):
        """Whether the beat `age` samples back has the usual shape, towards which it then counts."""
        if not _AFTER <= age <= _OLDEST:
            return False
        start = (self._recent_at - 1 - age - _BEFORE) & 127
        energies = self._energies
        pulse_kernels.compare(self._recent, self._usual, energies, start)
        shape, both, same = energies[0], energies[1], energies[2]
        while shape >= _ENERGY:
            shape, both = shape >> 2, both >> 1
        while same >= _ENERGY:
            same, both = same >> 2, both >> 1
        return both > 0 and both * both >= (shape * same >> 8) * _ALIKE_Q8

    def _vertex_q8(self, at):
        """Where the parabola through three slopes peaks, in 1/256 samples from the middle."""
        before, middle, after = self._found[at + 1], self._found[at + 2], self._found[at + 3]
        bend = before - 2 * middle + after
        return max(-128, min(128, (before - after << 7) // bend)) if bend else 0

    def _interval(self, us):
        """Count an interval between beats if it is plausible and agrees with the others."""
        if us < _IBI_MIN_US or us >= _IBI_MAX_US:
            self._held_us = 0
        elif self._held_us and self._agrees(self._held_us + us >> 1, self._lock_us):
            self._believe(self._held_us)
            self._believe(us)
            self._strange = self._held_us = 0
        elif self._agrees(us, self._lock_us):
            self._strange = self._held_us = 0
            self._lock_us += us - self._lock_us >> _LOCK_SHIFT
            self._believe(us)
        else:
            self._stray(us)

    def _stray(self, us):
        """Hold a strange interval back: an early beat is made good by the pause after it."""
        self._held_us = us
        self._strange += 1
        if self._strange >= _STRANGE_BEATS:
            self._lock_us = us

    def _agrees(self, us, with_us):
        return abs(us - with_us) <= (us >> 8) * _STEP_Q8

    def _believe(self, us):
        self._intervals += 1
        self._intervals_ms += us // 1000
