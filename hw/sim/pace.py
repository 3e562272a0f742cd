"""Holds virtual time to the desktop's clock, and lets a waiting puck hear keyboard and wires.

For a puck before which somebody sits. A night that is run for its journal has no pace: it
never asks the desktop's clock, nor its keyboard.
"""

import sys

import uselect
import utime
from clock import clock

# Of the desktop's time: who is further behind, from a prompt or a busy desktop, stays so.
_MOST_LAG_US = 500000


class Pace:
    """Virtual time passes `speed` times as fast as the desktop's.

    `hears`: somebody waits for the keyboard, so a key ends a nap.
    """

    def __init__(self, speed: int = 1):
        self.hears = False
        self.speed = speed
        self._wires = 0
        self._keyboard, self._outside, self._all = [uselect.poll() for _ in range(3)]
        for poller in (self._keyboard, self._all):
            poller.register(sys.stdin, uselect.POLLIN)
        self._start_us = utime.ticks_us()
        self._ahead_us = 0  # of virtual time before that of the desktop since then

    def listen(self, wire) -> None:
        """What comes over `wire` (wire.py) ends a nap from now on."""
        self._wires += 1
        for poller in (self._outside, self._all):
            poller.register(wire.socket, uselect.POLLIN)

    def deafen(self, wire) -> None:
        """It has nothing to say any more."""
        self._wires -= 1
        for poller in (self._outside, self._all):
            poller.unregister(wire.socket)

    def nap(self, now_us: int, us: int, hears: bool = True) -> int:
        """Wait for `us` from the virtual time `now_us` on; how many have passed: fewer if
        something came over a wire or, unless `hears` is False, a key was pressed.
        """
        due_us = self._due_us(now_us)
        if -due_us > _MOST_LAG_US * self.speed:
            self._ahead_us += due_us
            due_us = 0
        if due_us + us <= 0:
            return us
        if not self._wait((due_us + us) // self.speed, self.hears and hears):
            return us
        return min(us, max(0, -self._due_us(now_us)))

    def ioctl(self, request: int, mask: int) -> int:
        """What of `mask` is ready on the keyboard: it stands in for standard input's own."""
        return mask & uselect.POLLIN if self._keyboard.poll(0) else 0

    def _due_us(self, now_us):
        """How long, in virtual time, until the desktop's clock reaches `now_us`."""
        passed_us = utime.ticks_diff(utime.ticks_us(), self._start_us) * self.speed
        return now_us - self._ahead_us - passed_us

    def _wait(self, us, hears):
        """Wait on the desktop; True if something came that somebody waits for."""
        poller = self._keyboard if hears else None
        if self._wires and not clock.is_held:
            poller = self._all if hears else self._outside
        if poller:
            return bool(poller.poll(us // 1000))
        utime.sleep_us(us)
        return False
