"""The button as the night hears of it: how long it was held, and that it is stuck.

What a press means is decided elsewhere. It must never wait.
"""

from micropython import const

from firmware import records

_POLL_MS = const(20)
_STUCK_POLL_MS = const(1000)  # something lies on it: there is no hurry


class Presses:
    """`button` has `poll`, `is_idle` and `is_stuck`; `tell(kind, part, value)` hears of presses."""

    def __init__(self, button, tell):
        self._button = button
        self._tell = tell
        self._told = False

    def poll(self, now_ms: int) -> int:
        """Look at the button; in how many ms to look again, 0 if not before the next edge."""
        held_ms = self._button.poll(now_ms)
        if held_ms:
            self._released(held_ms)
        elif self._button.is_stuck(now_ms):
            self._stuck()
            return _STUCK_POLL_MS
        return 0 if self._button.is_idle() else _POLL_MS

    def _stuck(self):
        if not self._told:
            self._told = True
            print("button: held for a minute; look whether something lies on it")
            self._tell(records.PART_MISSING, records.BUTTON, 0)

    def _released(self, held_ms):
        if self._told:
            self._told = False
            self._tell(records.PART_BACK, records.BUTTON, 0)
        else:
            self._tell(records.PRESSED, records.BUTTON, held_ms)
