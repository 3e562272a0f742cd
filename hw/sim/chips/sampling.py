"""What the sampling chips have in common: a clock of their own and a FIFO that fills.

A chip is looked at only when someone reads it or when its interrupt is due; what
it did meanwhile is then made up for. It knows registers, never the firmware.
"""

from clock import clock


class SamplingChip:
    """A chip that takes samples on its own clock and drives an interrupt line.

    A subclass gives `_store(first, count)`: put samples into the FIFO;
    `_until_full() -> int`: samples still missing for the interrupt, at most 0 if
    none is due; `_line() -> int`: the level of the interrupt line.
    """

    def __init__(self, net, rate_ppm: int):
        self.rate_ppm = rate_ppm  # how far the oscillator is off
        self._net = net
        self._alarm = self._on_time
        self._run(0)

    def _run(self, rate_mhz: int) -> None:
        """Start sampling at a nominal rate in mHz (0: stop), from now."""
        self._start_us = clock.us
        self._taken = 0
        true_mhz = rate_mhz * (1000000 + self.rate_ppm) // 1000000
        self._period_ns = 1000000000000 // true_mhz if true_mhz else 0

    def rush(self, us: int) -> None:
        """The samples of `us` more come at once, as if nobody had looked for so long."""
        self._start_us -= us

    def _time_us(self, sample: int) -> int:
        """When sample number `sample` is complete (rounded up, so that it is)."""
        return self._start_us + -(-(sample + 1) * self._period_ns // 1000)

    def _catch_up(self) -> None:
        """Take the samples that have come due since the last look."""
        if self._period_ns:
            due = (clock.us - self._start_us) * 1000 // self._period_ns
            if due > self._taken:
                first, self._taken = self._taken, due
                self._store(first, due - first)

    def _settle(self) -> None:
        """Set the interrupt line, and plan when it has to be set again."""
        clock.cancel(self._alarm)
        self._net.drive(self._line())
        missing = self._until_full()
        if self._period_ns and missing > 0:
            clock.at(self._time_us(self._taken + missing - 1), self._alarm)

    def _on_time(self):
        self._catch_up()
        self._settle()
