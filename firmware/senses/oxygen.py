"""How oxygen in the blood goes up and down: the ratio of ratios of two colours of light.

A trend, calibrated to no enclosure and no skin: it must never be told as a saturation, and
nothing may act on it.
"""

from array import array

import fixed_kernels


class Oxygen:
    """Blocks of both colours in, `ratio_pct` out: red's relative swing over infrared's."""

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
