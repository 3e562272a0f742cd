"""MicroPython's `select` on the simulated puck: polling is what lets time pass.

asyncio waits here. Standard input is heard by a puck with a pace only (pace.py): in all other
nights nobody sits at the desk, and asking the system each time would cost more than the rest.
"""

import sys

from clock import clock

POLLIN = 1
POLLOUT = 4
POLLERR = 8
POLLHUP = 16

_MP_STREAM_POLL = 3


class poll:
    """The objects waited for, in the order in which they were registered."""

    wakes = 0  # how often a wait ended with something to do

    def __init__(self):
        self._waits = []  # [object, event mask, its ioctl]

    def register(self, obj, mask: int = POLLIN | POLLOUT) -> None:
        """Watch `obj` (it must answer the stream poll ioctl) for `mask`."""
        if obj is not sys.stdin.buffer:
            self._waits.append([obj, mask, obj.ioctl])
        elif clock.pace:
            clock.pace.hears = True
            self._waits.append([obj, mask, clock.pace.ioctl])

    def modify(self, obj, mask: int) -> None:
        """Watch `obj` for another mask."""
        for wait in self._waits:
            if wait[0] is obj:
                wait[1] = mask

    def unregister(self, obj) -> None:
        """Watch `obj` no more."""
        self._waits = [wait for wait in self._waits if wait[0] is not obj]
        if obj is sys.stdin.buffer and clock.pace:
            clock.pace.hears = False

    def ipoll(self, timeout_ms: int = -1, flags: int = 0) -> list:
        """[(object, events)] that are ready; else wait, and what is ready then."""
        ready = self._ready()
        if not ready and timeout_ms:
            ready = self._wait(timeout_ms)
        if ready or timeout_ms:
            poll.wakes += 1
        return ready

    poll = ipoll  # a list, too: mpremote's file system calls it

    def _wait(self, timeout_ms):
        """What is ready after a wait. asyncio, which asks again, may be woken by any event of the
        hardware; others, who use the keyboard, are not.
        """
        end_us = clock.us + timeout_ms * 1000
        while True:
            clock.doze(end_us - clock.us if timeout_ms > 0 else -1)
            ready = self._ready()
            is_over = timeout_ms > 0 and clock.us >= end_us
            if ready or is_over or not clock.pace:
                return ready

    def _ready(self):
        ready = []
        for obj, mask, ioctl in self._waits:
            events = ioctl(_MP_STREAM_POLL, mask)
            if events & (mask | POLLERR | POLLHUP):
                ready.append((obj, events))
        return ready
