"""From light to heartbeats, and to the oxygen that both its colours tell of.

An interval is believed only between two beats of the usual shape. It must never guess: what
is not known stays 0. Nothing is allocated per block.
"""

from array import array

import fixed_kernels
from micropython import const

from firmware.senses import pulse_kernels
from firmware.senses.rhythm import Rhythm

MAX_BLOCK = const(32)

# Butterworth, second order, 0.5 Hz high-pass and 8 Hz low-pass at 50 Hz (the band of
# Elgendi 2013): b0 b1 b2 -a1 -a2, Q14.
BAND_Q14 = array("i", (15672, -31344, 15672, 31313, -14991, 2381, 4762, 2381, 10994, -4134))

_IBI_MIN_Q8 = const(4267)  # 180 /min: faster is not somebody in bed
_IBI_MAX_Q8 = const(25600)  # 30 /min, the field's lower bound
_FAINT_COUNTS = const(30)  # ten times the converter's noise: below lies no pulse
_FORGET_Q8 = const(200 << 8)  # longer than any interval: the next one is no interval
_EDGE = const(25)  # samples, while what begins at another height dies away
_SETTLE_Q8 = const(50 << 8)  # a second, while what rang before another light dies away
_DELAY_Q8 = const(251)  # by so much (19.6 ms) filters and averaging in the chip lag the light
_DETECTOR_WORDS = const(10)
_BEAT_WORDS = const(2)
_MOST_BEATS = const(8)
_SHAPE = const(32)  # samples of a beat's shape, of which
_BEFORE = const(10)  # come before its steepest upstroke
_AFTER = const(21)  # and as many after it: a later beat's shape is not whole yet
_OLDEST = const(100)  # samples back: an older beat's shape is in the ring no more
_ALIKE_Q8 = const(164)  # r of 0.8, squared: of noise r^2 is 0.1 to 0.3, of beats 0.8 and more
_SHAPE_MOST = const(2048)
_ENERGY = const(1 << 14)
_MODULO = const(0x3FFFFFFF)


class Pulse:
    """Heartbeats from blocks of infrared counts at 50 Hz; `clock` is its SampleClock.

    After `block`, `beats` beats are new; `beat_age_q8[k]` tells how many 1/256
    samples the steepest upstroke of each lies before the newest sample. `off_body`: nobody
    is there, as whoever sees to the light knows.
    """

    def __init__(self, clock):
        self.clock = clock
        self.rhythm = Rhythm(clock)
        self.off_body = False
        self.beats = 0
        self.beat_age_q8 = array("i", [0] * _MOST_BEATS)
        self._y = array("i", [0] * MAX_BLOCK)
        self._swing = array("i", (-1, 0))
        self._sums = array("i", [0] * 256)
        self._filter = array("i", [0] * len(BAND_Q14))
        self._ring = array("i", [0] * 192)
        self._detector = array("i", [0] * _DETECTOR_WORDS)
        self._usual = array("i", [0] * _SHAPE)
        self._products = array("i", [0] * 5)
        self._alike_q8 = 0  # how alike the last beat was to the usual one
        self._found = array("i", [0] * _BEAT_WORDS * _MOST_BEATS)
        self._since_q8 = _FORGET_Q8  # from the last beat to the newest sample
        self._whole_q8 = 0  # from the last gap to the newest sample
        self.begin_epoch()

    def begin_epoch(self) -> None:
        """Forget what was counted for the last epoch; the beats go on."""
        self.samples = self.off_samples = self.clamped = 0
        self.epoch_beats = self._swing_sum = self._light_sum = 0

    def block(self, light, n: int) -> None:
        """Take `n` (1-32) counts of infrared light from the array `light`."""
        self.samples += n
        self.rhythm.wait(n)
        self._since_q8 = min(self._since_q8 + (n << 8), _FORGET_Q8)
        self._whole_q8 = min(self._whole_q8 + (n << 8), _FORGET_Q8)
        self.clamped += pulse_kernels.swing(light, self._y, self._swing, self._sums, n)
        fixed_kernels.biquads(self._y, BAND_Q14, self._filter, 2, n)
        self.beats = pulse_kernels.find_beats(self._y, self._ring, self._detector, self._found, n)
        if self.off_body:
            self.off_samples += n
            self.gap()
        for k in range(self.beats):
            self._beat(k)

    def gap(self, length: int = 0) -> None:
        """Samples were lost, or nobody is there: no interval reaches across.

        Nor does one start at a beat from before, which is told only now, at one in the next
        `length` samples, or at what the filters make of the edge.
        """
        self.beats = 0
        self._since_q8 = _FORGET_Q8
        self._whole_q8 = min(self._whole_q8, -(length + _EDGE << 8))

    def relit(self) -> None:
        """The next sample is of another light: all starts anew, after a gap.

        What the filters make of that is no beat.
        """
        self.gap()
        self.rhythm.forget()
        self._whole_q8 = -_SETTLE_Q8
        self._swing[0] = -1

    def perfusion_pm(self) -> int:
        """Mean swing of the believed beats over their light, per mille, at most 255."""
        return min(255, self._swing_sum * 1000 // max(1, self._light_sum))

    def _beat(self, k):
        age, swing = self._found[k * _BEAT_WORDS], self._found[k * _BEAT_WORDS + 1]
        age_q8 = (age << 8) - self._vertex_q8(age) + _DELAY_Q8
        self.beat_age_q8[k] = age_q8
        if swing >= _FAINT_COUNTS and age_q8 <= self._whole_q8:
            self.epoch_beats += 1
            self._tell(age, age_q8, swing)
            self._since_q8 = age_q8

    def _tell(self, age, age_q8, swing):
        """Hand a beat to the rhythm, and its interval if it is to be believed."""
        was_alike_q8, self._alike_q8 = self._alike_q8, self._likeness_q8(age, swing)
        alike_q8 = min(was_alike_q8, self._alike_q8)
        interval_q8 = self._since_q8 - age_q8
        if alike_q8 < _ALIKE_Q8 or not _IBI_MIN_Q8 <= interval_q8 < _IBI_MAX_Q8:
            self.rhythm.beat(age_q8, 0, 0, 0, 0)
        else:
            light = self._mean_light(age_q8 >> 8, self._since_q8 >> 8)
            self._swing_sum += swing
            self._light_sum += light
            self.rhythm.beat(age_q8, interval_q8, alike_q8, swing, light)

    def _mean_light(self, age, since):
        """Of the samples from `since` to `age` samples back."""
        sums, newest = self._sums, self._swing[1] - 1
        return (sums[newest - age & 255] - sums[newest - since & 255] & _MODULO) // (since - age)

    def _likeness_q8(self, age, swing):
        """r^2 of the beat `age` samples back and the usual shape, towards which it then counts."""
        if not _AFTER <= age <= _OLDEST:
            return 0
        shift, sums = 0, self._products
        while swing << 6 >> shift >= _SHAPE_MOST:
            shift += 1
        start = self._detector[0] - 1 - age - _BEFORE & 127
        pulse_kernels.compare(self._ring, self._usual, sums, start, shift)
        a, b = sums[0] >> 5, sums[1] >> 5
        return _r2_q8(sums[2] - a * sums[0], sums[3] - a * sums[1], sums[4] - b * sums[1])

    def _vertex_q8(self, age):
        """Where the parabola through three slopes peaks, in 1/256 samples from the middle."""
        y, at = self._ring, self._detector[0] - 1 - age
        before = y[at & 127] - y[at - 2 & 127]
        middle = y[at + 1 & 127] - y[at - 1 & 127]
        after = y[at + 2 & 127] - y[at & 127]
        bend = before - 2 * middle + after
        return max(-128, min(128, (before - after << 7) // bend)) if bend else 0


class Oxygen:
    """How oxygen in the blood goes up and down: red's relative swing over infrared's.

    A trend, calibrated to no enclosure and no skin: it must never be told as a saturation,
    and nothing may act on it.
    """

    def __init__(self):
        self._sums = array("i", (0, 0))
        self.begin_epoch()

    def begin_epoch(self) -> None:
        """Forget the last epoch."""
        self._steps_red = self._steps_infrared = self._red = self._infrared = 0

    def block(self, red, infrared, n: int) -> None:
        """Take `n` (1-32) counts of each: a pulse is told by how far its light goes."""
        self._steps_red += self._steps(red, n)
        self._steps_infrared += self._steps(infrared, n)
        self._red += red[n - 1] >> 4
        self._infrared += infrared[n - 1] >> 4

    def ratio_pct(self) -> int:
        """Of the epoch, 1-255: the more oxygen, the smaller. 0: not known."""
        if self._steps_infrared < 1024 or self._red < 1024:
            return 0
        swing_q10 = self._steps_red // (self._steps_infrared >> 10)
        steady_q10 = self._infrared // (self._red >> 10)
        return min(255, swing_q10 * steady_q10 * 25 >> 18)

    def _steps(self, light, n):
        fixed_kernels.differences(light, self._sums, n)
        return self._sums[0] >> 2


def _r2_q8(a, both, b):
    """The squared correlation of two shapes of energies `a` and `b`; 0 if it is negative."""
    if a <= 0 or b <= 0 or both <= 0:
        return 0
    while a >= _ENERGY:
        a, both = a >> 2, both >> 1
    while b >= _ENERGY:
        b, both = b >> 2, both >> 1
    return min(256, both * both // max(1, a * b >> 8))
