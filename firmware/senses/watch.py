"""Whether what a sensor gives can be believed.

A part that answers but says the same thing for ever is no better than a silent one, and
nor is one that gives nothing but noise.
"""

from array import array

import fixed_kernels
from micropython import const

_NOISY = const(300)  # so many more samples in noisy blocks than in clean ones: 6 s
_CLEAN = const(100)


class Stillness:
    """Tells a part that has frozen: real values have noise, and never stay the same.

    `limit`: so many looks in a row with the same value are no rest, but a fault. After
    that the part is `still` until a value differs.
    """

    def __init__(self, limit: int):
        self._limit = limit
        self._value = 0
        self._same = limit  # nothing is believed before it has changed once
        self.still = True

    def excuse(self) -> None:
        """The next value may well be the same: the end of a scale is no fault."""
        self._same = 0
        self.still = False

    def look(self, value: int) -> bool:
        """Take the next value; True if the part has just frozen."""
        if value != self._value:
            self._value = value
            self._same = 0
            self.still = False
            return False
        self._same += 1
        if self.still or self._same < self._limit:
            return False
        self.still = True
        return True


class Noise:
    """Tells a signal that is nothing but noise: it turns at nearly every sample.

    Of white noise the second differences are 1.73 times the first, of a sine of 11 Hz at
    50 Hz 1.27 times, of a pulse half. `least`: first differences, on the mean, below which
    noise is the sensor's own.
    """

    def __init__(self, least: int):
        self._least = least
        self._score = 0
        self.noisy = False

    def look(self, steps: int, turns: int, n: int) -> bool:
        """Take the sums of both differences in `n` samples; True if noise has just won.

        There are n - 1 first and n - 2 second differences; shifted, since products of full
        scale would leave 30 bits.
        """
        is_rough = (turns >> 4) * (n - 1) * 2 > (steps >> 4) * (n - 2) * 3
        is_noise = is_rough and steps > self._least * n
        self._score = min(self._score + n, _NOISY) if is_noise else max(self._score - n, 0)
        was_noisy, self.noisy = self.noisy, self._score > (_CLEAN if self.noisy else _NOISY - 1)
        return self.noisy and not was_noisy


class Watch:
    """Whether what a sampling `sensor` (a `Sensor`) gives can be believed.

    `frozen_looks` as `Stillness`, two a block; `least_steps` as `Noise`.
    """

    def __init__(self, sensor, frozen_looks: int, least_steps: int):
        self._sensor = sensor
        self.stillness = Stillness(frozen_looks)
        self.noise = Noise(least_steps)
        self._sums = array("i", (0, 0))

    def believes(self, first: int, last: int, samples, n: int) -> bool:
        """Judge a block by numbers for its `first` and `last` sample, and by `samples[:n]`.

        With `n` 0 it is not judged by noise.
        """
        frozen = self.stillness.look(first)
        if self.stillness.look(last) or frozen:
            self._fail("what it measures never changes")
        fixed_kernels.differences(samples, self._sums, n)
        if self.noise.look(self._sums[0], self._sums[1], n):
            self._fail("it measures nothing but noise")
        if self.stillness.still or self.noise.noisy:
            return False
        self._sensor.hear()
        return True

    def _fail(self, seen):
        self._sensor.stop()  # what it shines meanwhile helps nobody
        self._sensor.fail(self._sensor.driver.error(seen, "unplug the pod and plug it in again"))
