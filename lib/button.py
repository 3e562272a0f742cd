"""A push button to ground: how long it was held, free of bounce.

It must never wait, and a button that sticks must not look like a person for ever.
"""

from time import ticks_diff

from micropython import const

# A level counts when it has stood for 20 ms: contacts chatter for some ms at most, and nobody
# feels 20 ms or presses for less.
SETTLE_MS = const(20)
STUCK_MS = const(60000)


class Button:
    """The button on `pin` (pull-up: pressed is low). Call `poll` at least every 50 ms while it is
    not idle: settling is counted in time, so what is known is late by as much, and the oftener
    the better.

    `is_pressed`: it is down, as it last settled. `known_ms`: so it was until then, and since then
    if that has just changed. It is the last poll's time, or when what has not settled by then, or
    did so at that poll, began.
    """

    def __init__(self, pin):
        self._pin = pin
        self.is_pressed = False
        self.known_ms = 0
        self._seen = False  # as it was at the last poll, and since when
        self._since_ms = 0
        self._pressed_ms = 0
        self._is_stuck = False

    def poll(self, now_ms: int) -> int:
        """How long it was held, in ms, at the poll that finds it released; else 0.

        `now_ms`: as `time.ticks_ms` gives it. A press that was stuck says STUCK_MS.
        """
        seen = not self._pin.value()
        if seen != self._seen:
            self._seen = seen
            self._since_ms = now_ms
        self.known_ms = now_ms if self.is_settled() else self._since_ms
        if not self.is_settled() and ticks_diff(now_ms, self._since_ms) >= SETTLE_MS:
            self.is_pressed = seen
            if not seen:
                return self._released()
            self._pressed_ms = self._since_ms
        self.is_stuck(now_ms)
        return 0

    def is_down(self) -> bool:
        """Whether it is down at this moment, bounce and all."""
        return not self._pin.value()

    def is_idle(self) -> bool:
        """True if it is up and has been so at the last poll: nothing is to come without an edge."""
        return not self.is_pressed and not self._seen

    def is_settled(self) -> bool:
        """True if it was at the last poll as it last settled: no change is under way."""
        return self.is_pressed == self._seen

    def is_stuck(self, now_ms: int) -> bool:
        """True once it has been held for 60 s, until it is released. Ask by polling."""
        if self.is_pressed and ticks_diff(now_ms, self._pressed_ms) >= STUCK_MS:
            self._is_stuck = True  # remembered, since the difference wraps after six days
        return self._is_stuck

    def _released(self):
        held_ms = ticks_diff(self._since_ms, self._pressed_ms)
        if self._is_stuck:
            held_ms = STUCK_MS
        self._is_stuck = False
        return held_ms
