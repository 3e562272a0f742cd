"""MicroPython's `select` on the simulated puck: polling is what lets time pass.

asyncio waits here. It must never block the desktop.
"""

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
        self._waits = []  # [object, event mask]

    def register(self, obj, mask: int = POLLIN | POLLOUT) -> None:
        """Watch `obj` (it must answer the stream poll ioctl) for `mask`."""
        self._waits.append([obj, mask])

    def modify(self, obj, mask: int) -> None:
        """Watch `obj` for another mask."""
        for wait in self._waits:
            if wait[0] is obj:
                wait[1] = mask

    def unregister(self, obj) -> None:
        """Watch `obj` no more."""
        self._waits = [wait for wait in self._waits if wait[0] is not obj]

    def ipoll(self, timeout_ms: int = -1, flags: int = 0) -> list:
        """[(object, events)] that are ready; else wait, and what is ready then."""
        ready = self._ready()
        if not ready and timeout_ms:
            clock.doze(timeout_ms * 1000 if timeout_ms > 0 else -1)
            ready = self._ready()
        if ready or timeout_ms:
            poll.wakes += 1
        return ready

    def _ready(self):
        ready = []
        for obj, mask in self._waits:
            events = obj.ioctl(_MP_STREAM_POLL, mask)
            if events & (mask | POLLERR | POLLHUP):
                ready.append((obj, events))
        return ready
