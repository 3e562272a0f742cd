"""A sensor and its health: asked, believed, missed, looked for again.

A part that fails is named once, with the remedy, and tried again in bounds. A part that
answers but says the same thing for ever is no better than a silent one. It must never
let one part's fault cost another's samples.
"""

from array import array

import fixed_kernels
from micropython import const

from firmware import records

_NOISY = const(300)  # so many more samples in noisy blocks than in clean ones: 6 s
_CLEAN = const(100)
_STEADY_LOOKS = const(20)  # ten minutes without an outage
_MOST_PATIENCE = const(15)  # eight minutes
_MOST_MISSES = const(3)  # asks in a row: a FIFO outlives as many, and a loose lead, too


class Sensor:
    """A driver with what is known of its health.

    `start` starts its chip, or raises OSError. `tell(kind, part, value)` hears of changes:
    that the part is missing, once, and that it is back, once it has been `hear`d.
    """

    def __init__(self, part: int, driver, start, tell):
        self.driver = driver
        self.present = False  # it answers
        self.misses = 0  # asks in a row that failed
        self.heard_ms = 0  # when it last gave something
        self.error = ""  # why it is missing, and the remedy; "" if it is not
        self.part = part
        self._start = start
        self._tell = tell
        self._told = False
        self._well = 0  # looks since it was last missing
        self._patience = 0  # looks from an outage to the first attempt after it
        self._waits = 0  # of them, so many are left

    def start(self) -> None:
        """Start the chip if it does not run, or say once that it is missing.

        To be called every 30 s. A part that comes and goes is given a longer rest each time, so
        that it cannot fill the journal with its comings and goings.
        """
        if self.present:
            self._well += 1
            if self._well == _STEADY_LOOKS:
                self._patience = 0
        elif self._waits:
            self._waits -= 1
        else:
            self._begin()

    def _begin(self):
        try:
            self._start()
        except OSError as error:
            self.fail(error)
            return
        self.present = True
        self.error = ""
        self.misses = 0

    def ask(self, action) -> int:
        """`action()`, which talks to the part; 0 if it is missing, or fails at this moment.

        Only an answer other than 0 shows that the part is well.
        """
        if not self.present:
            return 0
        try:
            answer = action()
            if answer:
                self.misses = 0
            return answer
        except OSError as error:
            self.misses += 1
            if self.misses >= _MOST_MISSES:
                self.fail(error)
        return 0

    def hear(self) -> None:
        """The part has given something to believe: if it was missed, it is back."""
        if self._told:
            self._told = False
            self._tell(records.PART_BACK, self.part, 0)

    def stop(self) -> None:
        """Let the chip sleep, if it is there."""
        if self.present:
            try:
                self.driver.stop()
            except OSError as error:
                self.fail(error)

    def fail(self, error: OSError) -> None:
        """Mark the part missing; the first time, say why."""
        self.present = False
        self.error = str(error)
        self._well = 0
        if not self._told:
            self._told = True
            self._waits = self._patience
            self._patience = min(2 * self._patience + 1, _MOST_PATIENCE)
            print(error)
            self._tell(records.PART_MISSING, self.part, 0)


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
        self._sensor.fail(self._sensor.driver.error(seen, "unplug the pod and plug it in again"))
