"""What a hand means by the button: the one table of gestures, and the step that tells them apart.

Each is told at the first moment at which it can be no other, and means one thing for ever. The
table, which docs/button.md shows (`-`: it is no gesture, and is not told):

number | name | when | meaning
1 | short | down for less than _SHORT_MS, then up for _AGAIN_MS: told at their end | not now: what acts, rests; an alarm that rings snoozes, and what woke before its time waits as long
2 | double | down less than _AGAIN_MS after a press of less than _SHORT_MS: told at once | off: everything goes dark, silent and still, and stays so
3 | long | down for _LONG_MS or more, and for less than _HOLD_MS: told when it comes up | go on: the alarm is over, once it has rung, early or not; if none has, the lamp comes; if that is on, the way to sleep begins
4 | hold | down for _HOLD_MS: told at once, while it is still down | on: the end of off; a consent that was asked for is given
5 | thrice | the third half-hearted press in a row, each begun less than _APART_MS after the one before: told when it comes up | pair: for two minutes a phone or a laptop can be paired, and the ring shows it; organic mode ends. In the hand's own safe mode: the offer to forget everything
- | half-hearted | down for _SHORT_MS or more, and for less than _LONG_MS; one or two of them | nothing
- | rest of a gesture | what follows a double or a hold until the button is up | nothing
- | held on | down for 40 s (lib/watchdog.py) | the puck starts anew, whatever hangs
- | held at power-up | down when power comes (boot.py) | safe mode
- | out of order | down for a minute, or pressed without end (press.py) | nothing

It needs no phone, and must never know time but as it is told.
"""  # noqa: E501 (a table)

from micropython import const

SHORT, DOUBLE, LONG, HOLD, THRICE = range(1, 6)

# All are round figures, beside what phones do (from memory): they take for long what is held for
# 0.5 s, and for double what comes again in 0.3 s. A hand that is half asleep is slower.
_SHORT_MS = const(600)
_AGAIN_MS = const(400)  # as long as this, every short press is late
_LONG_MS = const(2000)  # nobody taps for so long: what lies between is neither
_HOLD_MS = const(6000)  # for what must never happen by mistake
_APART_MS = const(1000)  # nobody who fumbles keeps such a beat for three presses
_THRICE = const(3)

_WRAP = const(0x3FFFFFFF)  # of the ticks; a span is never near it, for whoever waits is asked

# What is under way; with the button down it is odd.
_IDLE = const(0)
_DOWN = const(1)
_ONCE = const(2)  # up again after a short press
_SPENT = const(3)  # down, and nothing more will come of it


class Gestures:
    """Tells gestures from how the button settled, without bounce."""

    def __init__(self):
        self._state = _IDLE
        self._since_ms = 0  # when it went down or up
        self._slow = 0  # half-hearted presses in a row

    def step(self, is_down: bool, at_ms: int) -> int:
        """The gesture that is certain now that the button stayed as it was until `at_ms`, and is
        down or up from there; 0 if there is none.

        `at_ms`: as ticks go, never before that of the last step. While `is_busy`, a gesture is
        late by as much as the steps are apart.
        """
        span_ms = (at_ms - self._since_ms) & _WRAP
        found = self._by_waiting(span_ms)
        if is_down != self._state & 1:
            found = self._by_edge(is_down, span_ms) or found
            self._since_ms = at_ms
        return found

    def is_busy(self) -> bool:
        """True if a gesture may yet come of what the button did."""
        return _IDLE < self._state < _SPENT or self._slow > 0

    def forget(self) -> None:
        """Nothing comes of what is under way: instead of a step, until the button is up."""
        self._state = _IDLE
        self._slow = 0

    def _by_waiting(self, span_ms):
        was = self._state
        if was == _DOWN and span_ms >= _HOLD_MS:
            self._state, self._slow = _SPENT, 0
            return HOLD
        if was == _ONCE and span_ms >= _AGAIN_MS:
            self._state = _IDLE
            return SHORT
        if was == _IDLE and span_ms >= _APART_MS:
            self._slow = 0
        return 0

    def _by_edge(self, is_down, span_ms):
        was = self._state
        self._state = _DOWN if is_down else _IDLE
        if was == _ONCE:
            self._state = _SPENT
            return DOUBLE
        return self._by_press(span_ms) if was == _DOWN else 0

    def _by_press(self, span_ms):
        """It was down for so long, and came up."""
        slow, self._slow = self._slow, 0
        if span_ms < _SHORT_MS:
            self._state = _ONCE
        elif span_ms >= _LONG_MS:
            return LONG
        elif slow + 1 == _THRICE:
            return THRICE
        else:
            self._slow = slow + 1
        return 0
