"""The watchdog: it resets the puck unless it is fed.

It must be fed by a supervisor that saw every task alive. Once started it cannot be stopped, so
when the firmware has ended for somebody at the REPL, a timer feeds it, for an hour and no
longer: a puck that is left there by mistake goes back to its night.
"""

from machine import WDT, Timer
from micropython import const

# Four rounds of the supervisor: no flash operation or collection takes as long, and a button
# that is held for less than 20 s never starves it; for more than 40 s it always does.
TIMEOUT_MS = const(40000)
_FEED_MS = const(10000)
_LEFT_FEEDS = const(360)


class Watchdog:
    """The chip's watchdog, not started. `timer`: the number of a timer that nobody else uses."""

    def __init__(self, timer: int):
        self._timer = Timer(timer)
        self._wdt = None
        self._feeds = 0  # that the timer still gives

    def start(self) -> None:
        """From now on, `feed` within TIMEOUT_MS, again and again."""
        self._timer.deinit()
        self._wdt = WDT(timeout=TIMEOUT_MS)

    def feed(self) -> None:
        """All is well. Nothing if it was not started."""
        if self._wdt:
            self._wdt.feed()

    def leave(self) -> None:
        """Let the timer feed it, for an hour. Nothing if it was not started."""
        if self._wdt:
            self._wdt.feed()
            self._feeds = _LEFT_FEEDS
            self._timer.init(mode=Timer.PERIODIC, period=_FEED_MS, callback=self._on_time)

    def _on_time(self, _):
        if self._feeds:
            self._feeds -= 1
            self._wdt.feed()
