"""What a hand did on the button: whether the presses of a night bear its gestures.

A gesture is told when it is certain, a press when it is over (firmware/bedside/press.py), so each
must be found beside the other. It must never let a gesture stand that nobody made.
"""

from micropython import const

from firmware import records
from firmware.bedside import gestures

# As in firmware/bedside/gestures.py, which tells them apart.
SHORT_MS = const(600)
AGAIN_MS = const(400)
LONG_MS = const(2000)
HOLD_MS = const(6000)
APART_MS = const(1000)
_THRICE_PRESSES = const(3)
# By which a record may be late: settling, polling, a batch that is written, a collection.
LATE_MS = const(1000)
_AWAKE_MS = const(5000)  # from a start to the first look at the button
_STUCK_MS = const(60000)  # a button that is down for so long is told to be out of order

# Slow presses that are told so near to each other are surely a thrice: what is late is so for both.
_SURELY_MS = const(400)

_UP, _ONCE, _LONG, _HOLD, _DOUBLED, _HELD, _DEAF, _THRICE = range(8)
_AT_ONCE = (_LONG, _HOLD, _THRICE)


class Hand:
    """`look` at each event of a night in turn; what is wrong with it, or "".

    `_UP`: nothing is under way. `_ONCE`: a short press is over, and may become a double. `_LONG`,
    `_HOLD`, `_THRICE`: a press is over whose gesture must be told at once. `_DOUBLED`, `_HELD`: a
    gesture is told whose press is still down. `_DEAF`: the button is out of order.
    """

    def __init__(self):
        self._state = _UP
        self._at_ms = 0  # of the press or gesture that the state tells of
        self._up_ms = 0  # since when the button may have been up, at the latest press
        self._start_ms = 0
        self._is_sure = True  # that a press bears its gesture: one held since the start bears none
        self._slow = self._surely = 0  # slow presses in a row: at most, and at least

    def look(self, event) -> str:
        """Take the next event."""
        t_ms, kind = event.t_ms, event.kind
        if kind == records.START:
            self._state, self._start_ms, self._up_ms = _UP, t_ms, t_ms
            self._slow = self._surely = 0
            return ""
        wrong = self._overdue(t_ms, kind)
        if kind == records.PRESSED:
            return wrong or self._pressed(t_ms, event.value)
        if kind == records.GESTURE:
            return wrong or self._gesture(t_ms, event.value)
        if event.part == records.BUTTON and kind in (records.PART_MISSING, records.PART_BACK):
            self._state = _DEAF if kind == records.PART_MISSING else _UP
        return wrong

    def pass_by(self, t_ms: int) -> str:
        """Something else is told at that time."""
        return self._overdue(t_ms, 0)

    def _overdue(self, t_ms, kind):
        """What should have come of a press or of a gesture has not come, and cannot any more."""
        state, waited_ms = self._state, t_ms - self._at_ms - LATE_MS
        if state in (_DOUBLED, _HELD):
            return self._never_up() if waited_ms > _STUCK_MS else ""
        if state in _AT_ONCE and kind == records.GESTURE:
            return ""
        if state in _AT_ONCE or (state == _ONCE and waited_ms > AGAIN_MS):
            self._state = _UP
            return "a press bore a gesture, and none is told" if self._is_sure else ""
        return ""

    def _never_up(self):
        self._state = _UP
        return "a gesture is told whose press is never over"

    def _pressed(self, t_ms, held_ms):
        down_ms, was_up_ms = t_ms - held_ms, self._up_ms
        state, at_ms = self._state, self._at_ms
        self._state, self._at_ms, self._up_ms = _UP, t_ms, t_ms
        self._count(held_ms, down_ms - was_up_ms, state)
        if held_ms <= 0 or down_ms < was_up_ms - LATE_MS:
            return "it was not up for so long"
        if state == _DEAF:
            return "the button was out of order"
        if state == _ONCE and self._is_sure:
            return "the press before bore a gesture, and none is told"
        if state == _DOUBLED:
            return "" if _is_near(down_ms, at_ms) else "it is not the second press of the double"
        if state == _HELD:
            return "" if _is_near(down_ms + HOLD_MS, at_ms) else "it is not the press of the hold"
        self._is_sure = was_up_ms > self._start_ms or down_ms > self._start_ms + _AWAKE_MS
        self._state = _THRICE if self._surely == _THRICE_PRESSES else _after(held_ms)
        return ""

    def _count(self, held_ms, apart_ms, state):
        """Slow presses in a row, this one among them."""
        is_slow = SHORT_MS <= held_ms < LONG_MS and state != _DOUBLED
        for name, most_ms in (("_slow", APART_MS + LATE_MS), ("_surely", _SURELY_MS)):
            before = getattr(self, name) if apart_ms < most_ms else 0
            setattr(self, name, before + 1 if is_slow else 0)

    def _gesture(self, t_ms, gesture):
        state, slow = self._state, self._slow
        is_now = t_ms - self._at_ms <= LATE_MS
        self._state, self._at_ms = _UP, t_ms
        self._slow = self._surely = 0
        if gesture in (gestures.SHORT, gestures.DOUBLE):
            self._state = _DOUBLED if gesture == gestures.DOUBLE else _UP
            is_borne = state == _ONCE
        elif gesture == gestures.LONG:
            is_borne = state == _LONG
        elif gesture == gestures.THRICE:
            is_borne = state in (_UP, _THRICE) and slow >= _THRICE_PRESSES and is_now
        else:
            is_borne = state == _HOLD or (state == _UP and t_ms - HOLD_MS >= self._up_ms - LATE_MS)
            self._state = _UP if state == _HOLD else _HELD
        return "" if is_borne else "no press bears it"


def _after(held_ms):
    """What a press that is over leads to."""
    if held_ms < SHORT_MS:
        return _ONCE
    if held_ms < LONG_MS:
        return _UP
    return _LONG if held_ms < HOLD_MS else _HOLD


def _is_near(one_ms, other_ms):
    return abs(one_ms - other_ms) <= LATE_MS
