"""Forged acts: requests, answers and ends that were put in, taken out or changed."""

from collections.abc import Callable

from sleepsync.breaches.pages import places, row
from sleepsync.breaches.strokes import (
    ALARM,
    ASLEEP,
    CUE,
    DISTRESS,
    DUE,
    HAND,
    LAMP,
    LINK,
    LONG,
    NIGHT,
    PAIRING,
    PRESSED,
    RELIEF,
    SEVEN,
    SHORT,
    SUNRISE,
    TYPED,
    WAKING,
    Rows,
    first,
    gestured,
    last,
    next_number,
    numbered,
    pressed,
    put,
    quiet,
    stage_at,
)
from sleepsync.paths import records


def whole_act(rows: Rows, share: float, rule: int, reason: int, scene: int, *ceilings) -> Rows:
    """A request, its act and its ends, in a gap that is made for their number."""
    at, t_ms = quiet(rows, share)
    number = next_number(rows, at)
    lanes = [
        row(records.EMITTED, t_ms + 2000, number, lane, 11, steps, 0, most // 2, 0, 4711)
        for lane, most, steps in zip(range(3), ceilings, (50, 20, 50), strict=True)
        if most
    ]
    forged = [
        row(records.REQUEST, t_ms, number, rule, reason, scene, stage_at(rows, at)),
        row(records.ACT, t_ms, number, 600, *ceilings),
        *lanes,
    ]
    return put(numbered(rows, at, 1), at, *forged)


def act_alone(rows: Rows) -> Rows:
    """An act without a request."""
    at, t_ms = quiet(rows)
    return put(rows, at, row(records.ACT, t_ms, 99, 600, 1000, 0, 0))


def refusal_alone(rows: Rows) -> Rows:
    """A refusal without a request."""
    at, t_ms = quiet(rows)
    return put(rows, at, row(records.REFUSAL, t_ms, 99, 1))


def end_alone(rows: Rows) -> Rows:
    """The end of an act that never was."""
    at, t_ms = quiet(rows)
    return put(rows, at, row(records.EMITTED, t_ms, 99, 0, 0, 50, 0, 900, 1, 4711))


def request_alone(rows: Rows) -> Rows:
    """A request that nobody answered, with a number of its own."""
    at, t_ms = quiet(rows)
    number, stage = next_number(rows, at), stage_at(rows, at)
    forged = row(records.REQUEST, t_ms, number, NIGHT, ASLEEP, CUE, stage)
    return put(numbered(rows, at, 1), at, forged)


def request_with_a_used_number(rows: Rows) -> Rows:
    """A refused request, with the number of the one before it."""
    at, t_ms = quiet(rows)
    number = next_number(rows, at) - 1
    request = row(records.REQUEST, t_ms, number, NIGHT, DISTRESS, RELIEF, stage_at(rows, at))
    return put(rows, at, request, row(records.REFUSAL, t_ms, number, 5))


def number_left_out(rows: Rows) -> Rows:
    """Numbers jump: a request was taken out with all its answers, and nothing closed the gap."""
    at = last(rows, records.REFUSAL) - 1
    return numbered(rows, at, 1)


def request_taken_out_whole(rows: Rows) -> Rows:
    """A hand's request and all that came of it are gone, and the numbers are closed up."""
    number = rows[first(rows, records.ACT)].one.number
    layouts = (records.REQUEST, records.ACT, records.EMITTED)
    kept = [r for r in rows if not (r.layout in layouts and r.one.number == number)]
    at = first(kept, records.REQUEST, lambda one: one.number > number)
    return numbered(kept, at, -1)


def lamp_that_nobody_pressed(rows: Rows) -> Rows:
    """A whole act by hand, numbers and all, without a hand."""
    return whole_act(rows, 0.65, HAND, PRESSED, LAMP, 1000, 0, 0)


def lamp_that_nobody_typed(rows: Rows) -> Rows:
    """The same, as if somebody had typed."""
    return whole_act(rows, 0.6, HAND, TYPED, LAMP, 1000, 0, 0)


def digit_that_no_hand_opened(rows: Rows) -> Rows:
    """A passkey's digit, and nobody had asked to pair."""
    return whole_act(rows, 0.6, LINK, PAIRING, SEVEN, 200, 4500, 0)


def cue_without_consent(rows: Rows) -> Rows:
    """A cue in sleep, after its consent was taken back."""
    return whole_act(rows, 0.4, NIGHT, ASLEEP, CUE, 1000, 4500, 0)


def relief_in_no_dream(rows: Rows) -> Rows:
    """A touch in a stage in which there is no reason for it."""
    return whole_act(rows, 0.4, NIGHT, DISTRESS, RELIEF, 0, 0, 80)


def alarm_that_is_not_due(rows: Rows) -> Rows:
    """An alarm at no time that was set."""
    return whole_act(rows, 0.65, WAKING, DUE, ALARM, 300000, 7500, 127)


def sunrise_in_the_night(rows: Rows) -> Rows:
    """A sunrise without an alarm to come."""
    return whole_act(rows, 0.65, WAKING, 8, SUNRISE, 300000, 0, 0)


def lamp_of_a_pressed_hand(rows: Rows) -> Rows:
    """Press, gesture, request and act, all as they should be; what was emitted was made up."""
    at, t_ms = quiet(rows, 0.55)
    number = next_number(rows, at)
    forged = [
        pressed(t_ms, 2500),
        gestured(t_ms, LONG),
        row(records.REQUEST, t_ms, number, HAND, PRESSED, LAMP, stage_at(rows, at)),
        row(records.ACT, t_ms, number, 600, 1000, 0, 0),
        pressed(t_ms + 4000, 100),
        gestured(t_ms + 4400, SHORT),
        row(records.EMITTED, t_ms + 4400, number, 0, 11, 110, 0, 900, 3, 4711),
    ]
    return put(numbered(rows, at, 1), at, *forged)


def _changed(layout, is_one: Callable, **changes: int) -> Callable[[Rows], Rows]:
    def forged(rows: Rows) -> Rows:
        at = first(rows, layout, is_one)
        return [*rows[:at], rows[at].but(**changes), *rows[at + 1 :]]

    return forged


def numbers_swapped(rows: Rows) -> Rows:
    """Two acts change their numbers."""
    one, other = places(rows, lambda each: each.layout is records.ACT)[1:3]
    rows = list(rows)
    numbers = rows[one].one.number, rows[other].one.number
    rows[one], rows[other] = rows[one].but(number=numbers[1]), rows[other].but(number=numbers[0])
    return rows


def ends_swapped(rows: Rows) -> Rows:
    """What two lanes of an act emitted is told of each other."""
    at = places(rows, lambda each: each.layout is records.EMITTED)
    one = next(i for i in at if i + 1 in at)
    rows = list(rows)
    rows[one], rows[one + 1] = rows[one].but(lane=1), rows[one + 1].but(lane=0)
    return rows


def answers_swapped(rows: Rows) -> Rows:
    """Two requests change their answers' places."""
    one, other = places(rows, lambda each: each.layout is records.REFUSAL)[1:3]
    rows = list(rows)
    rows[one], rows[other] = rows[other], rows[one]
    return rows


def refusal_becomes_act(rows: Rows) -> Rows:
    """What was refused is said to have been granted."""
    at = first(rows, records.REFUSAL, lambda one: one.why == 2)
    one = rows[at].one
    act = row(records.ACT, one.t_ms, one.number, 1200, 10000, 5000, 0)
    return [*rows[:at], act, *rows[at + 1 :]]


def act_becomes_refusal(rows: Rows) -> Rows:
    """What acted is said to have been refused, and its ends are gone."""
    at = first(rows, records.ACT)
    one = rows[at].one
    refusal = row(records.REFUSAL, one.t_ms, one.number, 1)
    is_end = lambda each: each.layout is records.EMITTED and each.one.number == one.number  # noqa: E731
    return [refusal if i == at else r for i, r in enumerate(rows) if not is_end(r)]


def softer(rows: Rows) -> Rows:
    """What sounded is said to have been 10 dB softer."""
    at = first(rows, records.EMITTED, lambda one: one.lane == 1)
    return [*rows[:at], rows[at].but(peak=rows[at].one.peak - 1000), *rows[at + 1 :]]


def shorter(rows: Rows) -> Rows:
    """What shone is said to have been half as long."""
    at = first(rows, records.EMITTED, lambda one: one.lane == 0)
    return [*rows[:at], rows[at].but(steps=rows[at].one.steps // 2), *rows[at + 1 :]]


def dose_forgotten(rows: Rows) -> Rows:
    """No end adds to the night's dose."""
    is_end = lambda each: each.layout is records.EMITTED  # noqa: E731
    return [each.but(dose=0) if is_end(each) else each for each in rows]


KINDS = {
    "an act without a request": act_alone,
    "a refusal without a request": refusal_alone,
    "an end of no act": end_alone,
    "a request without an answer": request_alone,
    "a request with a used number": request_with_a_used_number,
    "a number left out": number_left_out,
    "a request taken out whole": request_taken_out_whole,
    "a lamp that nobody pressed for": lamp_that_nobody_pressed,
    "a lamp that nobody typed for": lamp_that_nobody_typed,
    "a cue without consent": cue_without_consent,
    "a digit that no hand opened": digit_that_no_hand_opened,
    "relief in no dream": relief_in_no_dream,
    "an alarm that is not due": alarm_that_is_not_due,
    "a sunrise in the night": sunrise_in_the_night,
    "a lamp by a forged hand": lamp_of_a_pressed_hand,
    "two acts' numbers swapped": numbers_swapped,
    "two lanes' ends swapped": ends_swapped,
    "two answers swapped": answers_swapped,
    "a refusal made an act": refusal_becomes_act,
    "an act made a refusal": act_becomes_refusal,
    "softer than it was": softer,
    "shorter than it was": shorter,
    "doses forgotten": dose_forgotten,
    "another asked than did": _changed(records.REQUEST, lambda one: one.rule == 2, rule=4),
    "another reason": _changed(records.REQUEST, lambda one: one.reason == 3, reason=5),
}
