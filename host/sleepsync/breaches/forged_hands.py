"""Forged hands: presses, gestures, the off switch, consents, the alarm, that nobody's hand gave."""

from collections.abc import Callable

from sleepsync.breaches.pages import row
from sleepsync.breaches.strokes import (
    DOUBLE,
    HOLD,
    LONG,
    SHORT,
    THRICE,
    Rows,
    event,
    first,
    gestured,
    last,
    pressed,
    put,
    quiet,
)
from sleepsync.paths import records


def gesture_alone(gesture: int) -> Callable[[Rows], Rows]:
    """A gesture that no press bears."""

    def forged(rows: Rows) -> Rows:
        at, t_ms = quiet(rows)
        return put(rows, at, gestured(t_ms, gesture))

    return forged


def press_without_gesture(held_ms: int) -> Callable[[Rows], Rows]:
    """A press that bore a gesture, and none is told."""

    def forged(rows: Rows) -> Rows:
        at, t_ms = quiet(rows)
        return put(rows, at, pressed(t_ms + held_ms, held_ms))

    return forged


def thrice_without_gesture(rows: Rows) -> Rows:
    """Three slow presses close together, of which nothing is told."""
    at, t_ms = quiet(rows)
    return put(rows, at, *(pressed(t_ms + 1000 * i, 800) for i in (1, 2, 3)))


def gesture_turned(was: int, becomes: int) -> Callable[[Rows], Rows]:
    """A gesture that its press does not bear."""

    def forged(rows: Rows) -> Rows:
        at = last(rows, records.EVENT, lambda e: e.kind == records.GESTURE and e.value == was)
        return [*rows[:at], rows[at].but(value=becomes), *rows[at + 1 :]]

    return forged


def switched(value: int) -> Callable[[Rows], Rows]:
    """The off switch, by nobody's hand."""

    def forged(rows: Rows) -> Rows:
        at, t_ms = quiet(rows)
        return put(rows, at, event(t_ms, records.BREAKER, value))

    return forged


def double_that_switched_nothing(rows: Rows) -> Rows:
    """A double press whose effect was taken out."""
    at = first(rows, records.EVENT, lambda e: e.kind == records.BREAKER and e.value == 1)
    ends = [i for i in range(at + 1, at + 4) if rows[i].layout is records.EMITTED]
    return [each for i, each in enumerate(rows) if i != at and i not in ends]


def switched_off_unseen(rows: Rows) -> Rows:
    """As if everything had been on at the night's start."""
    at = first(rows, records.EVENT, lambda e: e.kind == records.BREAKER and e.value == 2)
    return [*rows[:at], *rows[at + 1 :]]


def consent(state: int, share: float = 0.3) -> Callable[[Rows], Rows]:
    """A consent, put in where nothing leads to it."""

    def forged(rows: Rows) -> Rows:
        at, t_ms = quiet(rows, share)
        return put(rows, at, row(records.CONSENT, t_ms, 5, 7, state, 0, 2))

    return forged


def consent_asked_before_a_hold(rows: Rows) -> Rows:
    """A hand that only switched everything on is made to have consented."""
    is_on = lambda e: e.kind == records.BREAKER and e.value == 0  # noqa: E731
    at = last(rows, records.EVENT, is_on)
    t_ms = rows[at].one.t_ms
    wanted = row(records.CONSENT, t_ms - 20_000, 6, 7, records.WANTED, 0, 2)
    given = row(records.CONSENT, t_ms, 6, 7, records.GRANTED, 0, 2)
    return put(put(rows, at + 1, given), at - 2, wanted)


def consent_kept_from_nowhere(rows: Rows) -> Rows:
    """One more consent among those that the night before is said to have left."""
    at = last(rows, records.CONSENT, lambda one: one.state == records.KEPT)
    return put(rows, at + 1, rows[at].but(use=7))


def consent_for_ever(rows: Rows) -> Rows:
    """A consent that was kept is longer than it was given."""
    at = first(rows, records.CONSENT, lambda one: one.state == records.KEPT)
    longer = rows[at].but(until_s=rows[at].one.until_s + 86_400)
    return [*rows[:at], longer, *rows[at + 1 :]]


def consent_wider(rows: Rows) -> Rows:
    """A consent is given in more stages than was asked for."""
    at = first(rows, records.CONSENT, lambda one: one.state == records.GRANTED and one.scope < 7)
    return [*rows[:at], rows[at].but(scope=7), *rows[at + 1 :]]


def not_taken_back(rows: Rows) -> Rows:
    """A consent that was taken back stands again, and what it ended is still ended."""
    at = first(rows, records.CONSENT, lambda one: one.state == records.WITHDRAWN)
    return [*rows[:at], *rows[at + 1 :]]


def speaker_heard(rows: Rows) -> Rows:
    """The speaker is said to be softer than it is, so that everything may be louder."""
    at, t_ms = quiet(rows)
    return put(rows, at, event(t_ms, records.CALIBRATED, 8000))


def speaker_kept(rows: Rows) -> Rows:
    """The same, at the night's start."""
    at = first(rows, records.EVENT, lambda e: e.kind == records.CALIBRATED)
    return [*rows[:at], rows[at].but(value=8000), *rows[at + 1 :]]


def alarm_moved(rows: Rows) -> Rows:
    """An alarm is set to another time than it rang at."""
    at = last(rows, records.EVENT, lambda e: e.kind == records.ALARM_SET and e.value)
    return [*rows[:at], rows[at].but(value=rows[at].one.value + 600_000), *rows[at + 1 :]]


def alarm_ended_by_nobody(rows: Rows) -> Rows:
    """The alarm is over before a hand ended it."""
    at = last(rows, records.ACT)
    is_due = lambda one: one.number < rows[at].one.number  # noqa: E731
    at = last(rows, records.ACT, is_due)
    return put(rows, at + 1, event(rows[at].one.t_ms, records.ALARM_SET, 0))


KINDS = {
    "a short press by nobody": gesture_alone(SHORT),
    "a double press by nobody": gesture_alone(DOUBLE),
    "a long press by nobody": gesture_alone(LONG),
    "a hold by nobody": gesture_alone(HOLD),
    "a thrice by nobody": gesture_alone(THRICE),
    "a short press that is not told": press_without_gesture(100),
    "a long press that is not told": press_without_gesture(3000),
    "a hold that is not told": press_without_gesture(7000),
    "a thrice that is not told": thrice_without_gesture,
    "a short press made a double": gesture_turned(SHORT, DOUBLE),
    "a double press made a short": gesture_turned(DOUBLE, SHORT),
    "a long press made a hold": gesture_turned(LONG, HOLD),
    "a hold made a long press": gesture_turned(HOLD, LONG),
    "a thrice made a long press": gesture_turned(THRICE, LONG),
    "off by nobody": switched(records.OPENED),
    "on by nobody": switched(records.CLOSED),
    "still off in the night": switched(records.STILL_OPEN),
    "a double press that switched nothing": double_that_switched_nothing,
    "off at the start, unseen": switched_off_unseen,
    "a consent by nobody": consent(records.GRANTED),
    "a consent kept in the night": consent(records.KEPT),
    "a consent of no state": consent(9),
    "a consent from a hand that meant something else": consent_asked_before_a_hold,
    "a consent kept from nowhere": consent_kept_from_nowhere,
    "a consent kept longer": consent_for_ever,
    "a consent wider than asked": consent_wider,
    "a consent not taken back": not_taken_back,
    "a speaker heard by nobody": speaker_heard,
    "a speaker kept otherwise": speaker_kept,
    "an alarm moved": alarm_moved,
    "an alarm ended by nobody": alarm_ended_by_nobody,
}
