"""From acceleration to the activity counts of an epoch.

The counts are those of the published sleep-accel features, but of the liveliest of
three axes, since a pod lies as it lies. Nothing is allocated per block.
"""

from array import array

import fixed_kernels
from micropython import const

from firmware.senses import motion_kernels

MAX_BLOCK = const(32)

# Butterworth band-pass, fifth order, 3-11 Hz at 50 Hz: b0 b1 b2 -a1 -a2 of five
# sections, Q14; in this order no section gives out more than 2.3 times the input's range.
BAND_Q14 = array(
    "i",
    (5640, -11281, 5640, 28307, -14148)
    + (3324, 6648, 3324, 7802, -5107)
    + (11455, -22909, 11455, 5657, -11122)
    + (9431, 0, -9431, 23621, -9897)
    + (5248, 10495, 5248, 15380, -4760),
)
_SECTIONS = const(5)
_MOVING_COUNTS = const(10)  # more shaking than this reaches the pulse

_WINDOWS = const(4)  # words of the counter's state
_COUNTS = const(5)


class Motion:
    """Activity from blocks of x, y, z in mg at 50 Hz; `clock` is its SampleClock."""

    def __init__(self, clock):
        self.clock = clock
        self._axes = [array("i", [0] * MAX_BLOCK) for _ in range(3)]
        self._filters = [array("i", [0] * len(BAND_Q14)) for _ in range(3)]
        self._counter = array("i", [0] * 6)
        self._is_new = True  # the next sample follows none
        self.begin_epoch()

    def gap(self) -> None:
        """Samples were lost: where gravity has moved to meanwhile is not a shake."""
        self._is_new = True

    def begin_epoch(self) -> None:
        """Forget the counts of the last epoch; the filters go on."""
        self.samples = 0
        self._counter[_WINDOWS] = self._counter[_COUNTS] = 0

    def block(self, x, y, z, n: int) -> None:
        """Take `n` (1-32) samples in mg from three arrays."""
        self.samples += n
        self._band(0, x, n)
        self._band(1, y, n)
        self._band(2, z, n)
        self._is_new = False
        axes = self._axes
        motion_kernels.count_seconds(axes[0], axes[1], axes[2], self._counter, n)

    def skip(self, n: int) -> None:
        """`n` samples were not the sleeper's."""
        self.samples += n
        self.gap()

    def counts(self) -> int:
        """Mean of the 15 s counts that ended in this epoch."""
        windows = self._counter[_WINDOWS]
        return self._counter[_COUNTS] // windows if windows else 0

    def moving(self) -> bool:
        """True if the epoch is too restless for the pulse to be trusted."""
        return self.counts() >= _MOVING_COUNTS

    def _band(self, axis, source, n):
        signal = self._axes[axis]
        motion_kernels.quarter_mg(source, signal, n)
        if self._is_new:  # as if it had stood there for ever: the first section takes it out
            self._filters[axis][0] = self._filters[axis][1] = signal[0]
        fixed_kernels.biquads(signal, BAND_Q14, self._filters[axis], _SECTIONS, n)
