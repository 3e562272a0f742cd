"""Forgeries of a journal: what is put in, put together or cut off, so that it looks whole.

They are made for the night of `hw/sim/ledger_night.py`, in which everything happens once.
"""

from collections.abc import Callable, Iterator

from sleepsync.breaches.pages import Row, closed, packed, places, row
from sleepsync.paths import records

Rows = list[Row]

HAND, NIGHT, WAKING = 1, 3, 4
PRESSED, TYPED, ASLEEP, DISTRESS, DUE = 1, 2, 5, 6, 9
LAMP, CUE, RELIEF, SUNRISE, ALARM = 1, 7, 8, 9, 11
SHORT, DOUBLE, LONG, HOLD = 1, 2, 3, 4


def _last(rows: Rows, layout, is_one: Callable = lambda _: True) -> int:
    return places(rows, lambda each: each.layout is layout and is_one(each.one))[-1]


def _first(rows: Rows, layout, is_one: Callable = lambda _: True) -> int:
    return places(rows, lambda each: each.layout is layout and is_one(each.one))[0]


def _quiet(rows: Rows, share: float = 0.65) -> tuple[int, int]:
    """(where, when) nothing is due: right behind an epoch, at that share of the night."""
    epochs = places(rows, lambda each: each.layout is records.EPOCH)
    i = epochs[int(len(epochs) * share)]
    return i + 1, (rows[i].one.index + 1) * 30_000 + 500


def _put(rows: Rows, at: int, *more: Row) -> Rows:
    return [*rows[:at], *more, *rows[at:]]


def _event(t_ms: int, kind: int, value: int, part: int = records.PUCK) -> Row:
    return row(records.EVENT, t_ms, kind, part, value)


def _pressed(t_ms: int, held_ms: int) -> Row:
    return _event(t_ms, records.PRESSED, held_ms, records.BUTTON)


def _gesture(t_ms: int, gesture: int) -> Row:
    return _event(t_ms, records.GESTURE, gesture, records.BUTTON)


def _numbered(rows: Rows, at: int, by: int) -> Rows:
    """Every request from `at` on, and what answers it, with a number that is higher by `by`."""
    layouts = (records.REQUEST, records.ACT, records.REFUSAL, records.EMITTED)
    return [
        each.but(number=each.one.number + by) if i >= at and each.layout in layouts else each
        for i, each in enumerate(rows)
    ]


def _next_number(rows: Rows, at: int) -> int:
    before = [each.one.number for each in rows[:at] if each.layout is records.REQUEST]
    return max(before, default=0) + 1


def _stage(rows: Rows, at: int) -> int:
    """As the nearest request has it."""
    requests = places(rows, lambda each: each.layout is records.REQUEST)
    return rows[min(requests, key=lambda i: abs(i - at))].one.stage


def _whole_act(rows: Rows, share: float, rule: int, reason: int, scene: int, *ceilings) -> Rows:
    """A request, its act and its ends, in a gap that is made for their number."""
    at, t_ms = _quiet(rows, share)
    number = _next_number(rows, at)
    lanes = [
        row(records.EMITTED, t_ms + 2000, number, lane, 11, steps, 0, most // 2, 0, 4711)
        for lane, most, steps in zip(range(3), ceilings, (50, 20, 50), strict=True)
        if most
    ]
    forged = [
        row(records.REQUEST, t_ms, number, rule, reason, scene, _stage(rows, at)),
        row(records.ACT, t_ms, number, 600, *ceilings),
        *lanes,
    ]
    return _put(_numbered(rows, at, 1), at, *forged)


# -- put in: acts, refusals, ends


def act_alone(rows: Rows) -> Rows:
    """An act without a request."""
    at, t_ms = _quiet(rows)
    return _put(rows, at, row(records.ACT, t_ms, 99, 600, 1000, 0, 0))


def refusal_alone(rows: Rows) -> Rows:
    """A refusal without a request."""
    at, t_ms = _quiet(rows)
    return _put(rows, at, row(records.REFUSAL, t_ms, 99, 1))


def end_alone(rows: Rows) -> Rows:
    """The end of an act that never was."""
    at, t_ms = _quiet(rows)
    return _put(rows, at, row(records.EMITTED, t_ms, 99, 0, 0, 50, 0, 900, 1, 4711))


def request_alone(rows: Rows) -> Rows:
    """A request that nobody answered, with a number of its own."""
    at, t_ms = _quiet(rows)
    number, stage = _next_number(rows, at), _stage(rows, at)
    forged = row(records.REQUEST, t_ms, number, NIGHT, ASLEEP, CUE, stage)
    return _put(_numbered(rows, at, 1), at, forged)


def request_with_a_used_number(rows: Rows) -> Rows:
    """A refused request, with the number of the one before it."""
    at, t_ms = _quiet(rows)
    number = _next_number(rows, at) - 1
    request = row(records.REQUEST, t_ms, number, NIGHT, DISTRESS, RELIEF, _stage(rows, at))
    return _put(rows, at, request, row(records.REFUSAL, t_ms, number, 5))


def number_left_out(rows: Rows) -> Rows:
    """Numbers jump: a request was taken out with all its answers, and nothing closed the gap."""
    at = _last(rows, records.REFUSAL) - 1
    return _numbered(rows, at, 1)


def request_taken_out_whole(rows: Rows) -> Rows:
    """A hand's request and all that came of it are gone, and the numbers are closed up."""
    number = rows[_first(rows, records.ACT)].one.number
    layouts = (records.REQUEST, records.ACT, records.EMITTED)
    kept = [r for r in rows if not (r.layout in layouts and r.one.number == number)]
    at = _first(kept, records.REQUEST, lambda one: one.number > number)
    return _numbered(kept, at, -1)


def lamp_that_nobody_pressed(rows: Rows) -> Rows:
    """A whole act by hand, numbers and all, without a hand."""
    return _whole_act(rows, 0.65, HAND, PRESSED, LAMP, 1000, 0, 0)


def lamp_that_nobody_typed(rows: Rows) -> Rows:
    """The same, as if somebody had typed."""
    return _whole_act(rows, 0.6, HAND, TYPED, LAMP, 1000, 0, 0)


def cue_without_consent(rows: Rows) -> Rows:
    """A cue in sleep, after its consent was taken back."""
    return _whole_act(rows, 0.4, NIGHT, ASLEEP, CUE, 1000, 4500, 0)


def relief_in_no_dream(rows: Rows) -> Rows:
    """A touch in a stage in which there is no reason for it."""
    return _whole_act(rows, 0.4, NIGHT, DISTRESS, RELIEF, 0, 0, 80)


def alarm_that_is_not_due(rows: Rows) -> Rows:
    """An alarm at no time that was set."""
    return _whole_act(rows, 0.65, WAKING, DUE, ALARM, 300000, 7500, 127)


def sunrise_in_the_night(rows: Rows) -> Rows:
    """A sunrise without an alarm to come."""
    return _whole_act(rows, 0.65, WAKING, 8, SUNRISE, 300000, 0, 0)


def lamp_of_a_pressed_hand(rows: Rows) -> Rows:
    """Press, gesture, request and act, all as they should be; what was emitted was made up."""
    at, t_ms = _quiet(rows, 0.55)
    number = _next_number(rows, at)
    forged = [
        _pressed(t_ms, 2500),
        _gesture(t_ms, LONG),
        row(records.REQUEST, t_ms, number, HAND, PRESSED, LAMP, _stage(rows, at)),
        row(records.ACT, t_ms, number, 600, 1000, 0, 0),
        _pressed(t_ms + 4000, 100),
        _gesture(t_ms + 4400, SHORT),
        row(records.EMITTED, t_ms + 4400, number, 0, 11, 110, 0, 900, 3, 4711),
    ]
    return _put(_numbered(rows, at, 1), at, *forged)


# -- put in: the hand, the off switch, consents


def gesture_alone(gesture: int) -> Callable[[Rows], Rows]:
    """A gesture that no press bears."""

    def forged(rows: Rows) -> Rows:
        at, t_ms = _quiet(rows)
        return _put(rows, at, _gesture(t_ms, gesture))

    return forged


def press_without_gesture(held_ms: int) -> Callable[[Rows], Rows]:
    """A press that bore a gesture, and none is told."""

    def forged(rows: Rows) -> Rows:
        at, t_ms = _quiet(rows)
        return _put(rows, at, _pressed(t_ms + held_ms, held_ms))

    return forged


def gesture_turned(was: int, becomes: int) -> Callable[[Rows], Rows]:
    """A gesture that its press does not bear."""

    def forged(rows: Rows) -> Rows:
        at = _last(rows, records.EVENT, lambda e: e.kind == records.GESTURE and e.value == was)
        return [*rows[:at], rows[at].but(value=becomes), *rows[at + 1 :]]

    return forged


def switched(value: int) -> Callable[[Rows], Rows]:
    """The off switch, by nobody's hand."""

    def forged(rows: Rows) -> Rows:
        at, t_ms = _quiet(rows)
        return _put(rows, at, _event(t_ms, records.BREAKER, value))

    return forged


def double_that_switched_nothing(rows: Rows) -> Rows:
    """A double press whose effect was taken out."""
    at = _first(rows, records.EVENT, lambda e: e.kind == records.BREAKER and e.value == 1)
    ends = [i for i in range(at + 1, at + 4) if rows[i].layout is records.EMITTED]
    return [each for i, each in enumerate(rows) if i != at and i not in ends]


def switched_off_unseen(rows: Rows) -> Rows:
    """As if everything had been on at the night's start."""
    at = _first(rows, records.EVENT, lambda e: e.kind == records.BREAKER and e.value == 2)
    return [*rows[:at], *rows[at + 1 :]]


def consent(state: int, share: float = 0.3) -> Callable[[Rows], Rows]:
    """A consent, put in where nothing leads to it."""

    def forged(rows: Rows) -> Rows:
        at, t_ms = _quiet(rows, share)
        return _put(rows, at, row(records.CONSENT, t_ms, 5, 7, state, 0, 2))

    return forged


def consent_asked_before_a_hold(rows: Rows) -> Rows:
    """A hand that only switched everything on is made to have consented."""
    is_on = lambda e: e.kind == records.BREAKER and e.value == 0  # noqa: E731
    at = _last(rows, records.EVENT, is_on)
    t_ms = rows[at].one.t_ms
    wanted = row(records.CONSENT, t_ms - 20_000, 6, 7, records.WANTED, 0, 2)
    given = row(records.CONSENT, t_ms, 6, 7, records.GRANTED, 0, 2)
    return _put(_put(rows, at + 1, given), at - 2, wanted)


def consent_kept_from_nowhere(rows: Rows) -> Rows:
    """One more consent among those that the night before is said to have left."""
    at = _last(rows, records.CONSENT, lambda one: one.state == records.KEPT)
    return _put(rows, at + 1, rows[at].but(use=7))


def consent_for_ever(rows: Rows) -> Rows:
    """A consent that was kept is longer than it was given."""
    at = _first(rows, records.CONSENT, lambda one: one.state == records.KEPT)
    longer = rows[at].but(until_s=rows[at].one.until_s + 86_400)
    return [*rows[:at], longer, *rows[at + 1 :]]


def consent_wider(rows: Rows) -> Rows:
    """A consent is given in more stages than was asked for."""
    at = _first(rows, records.CONSENT, lambda one: one.state == records.GRANTED and one.scope < 7)
    return [*rows[:at], rows[at].but(scope=7), *rows[at + 1 :]]


def not_taken_back(rows: Rows) -> Rows:
    """A consent that was taken back stands again, and what it ended is still ended."""
    at = _first(rows, records.CONSENT, lambda one: one.state == records.WITHDRAWN)
    return [*rows[:at], *rows[at + 1 :]]


def speaker_heard(rows: Rows) -> Rows:
    """The speaker is said to be softer than it is, so that everything may be louder."""
    at, t_ms = _quiet(rows)
    return _put(rows, at, _event(t_ms, records.CALIBRATED, 8000))


def speaker_kept(rows: Rows) -> Rows:
    """The same, at the night's start."""
    at = _first(rows, records.EVENT, lambda e: e.kind == records.CALIBRATED)
    return [*rows[:at], rows[at].but(value=8000), *rows[at + 1 :]]


def alarm_moved(rows: Rows) -> Rows:
    """An alarm is set to another time than it rang at."""
    at = _last(rows, records.EVENT, lambda e: e.kind == records.ALARM_SET and e.value)
    return [*rows[:at], rows[at].but(value=rows[at].one.value + 600_000), *rows[at + 1 :]]


def alarm_ended_by_nobody(rows: Rows) -> Rows:
    """The alarm is over before a hand ended it."""
    at = _last(rows, records.ACT)
    is_due = lambda one: one.number < rows[at].one.number  # noqa: E731
    at = _last(rows, records.ACT, is_due)
    return _put(rows, at + 1, _event(rows[at].one.t_ms, records.ALARM_SET, 0))


# -- changed: who, why and how much


def _changed(layout, is_one: Callable, **changes: int) -> Callable[[Rows], Rows]:
    def forged(rows: Rows) -> Rows:
        at = _first(rows, layout, is_one)
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
    at = _first(rows, records.REFUSAL, lambda one: one.why == 2)
    one = rows[at].one
    act = row(records.ACT, one.t_ms, one.number, 1200, 10000, 5000, 0)
    return [*rows[:at], act, *rows[at + 1 :]]


def act_becomes_refusal(rows: Rows) -> Rows:
    """What acted is said to have been refused, and its ends are gone."""
    at = _first(rows, records.ACT)
    one = rows[at].one
    refusal = row(records.REFUSAL, one.t_ms, one.number, 1)
    is_end = lambda each: each.layout is records.EMITTED and each.one.number == one.number  # noqa: E731
    return [refusal if i == at else r for i, r in enumerate(rows) if not is_end(r)]


def softer(rows: Rows) -> Rows:
    """What sounded is said to have been 10 dB softer."""
    at = _first(rows, records.EMITTED, lambda one: one.lane == 1)
    return [*rows[:at], rows[at].but(peak=rows[at].one.peak - 1000), *rows[at + 1 :]]


def shorter(rows: Rows) -> Rows:
    """What shone is said to have been half as long."""
    at = _first(rows, records.EMITTED, lambda one: one.lane == 0)
    return [*rows[:at], rows[at].but(steps=rows[at].one.steps // 2), *rows[at + 1 :]]


def dose_forgotten(rows: Rows) -> Rows:
    """No end adds to the night's dose."""
    is_end = lambda each: each.layout is records.EMITTED  # noqa: E731
    return [each.but(dose=0) if is_end(each) else each for each in rows]


# -- the night's frame


def cut_at_a_seal(share: float) -> Callable[[Rows], Rows]:
    """The night is cut off, cleanly, behind a seal."""

    def forged(rows: Rows) -> Rows:
        seals = places(rows, lambda each: each.is_seal)
        return rows[: seals[int((len(seals) - 1) * share)] + 1]

    return forged


def cut_and_ended(rows: Rows) -> Rows:
    """The same, with an end put behind it."""
    seals = places(rows, lambda each: each.is_seal)
    at = seals[len(seals) // 2]
    return [*rows[:at], rows[-2], rows[-1]]


def last_seal_removed(rows: Rows) -> Rows:
    """What stands behind the last seal is not sealed."""
    return rows[:-1]


def everything_behind_the_end(rows: Rows) -> Rows:
    """The night goes on behind its end."""
    return [*rows, rows[-3], rows[-1]]


def night_twice(rows: Rows) -> Rows:
    """The whole night stands there twice."""
    return [*rows, *rows]


def started_again(rows: Rows) -> Rows:
    """A start where the puck did not start, to explain what is missing then."""
    at = _first(rows, records.EMITTED, lambda one: one.why == 3)
    start = _event(rows[at].one.t_ms, records.START, 1)
    return [*rows[:at], start, *rows[at + 1 :]]


def ended_early(rows: Rows) -> Rows:
    """A stop in the middle of the night."""
    at, t_ms = _quiet(rows)
    return _put(rows, at, _event(t_ms, records.STOP, 0))


def batch_removed(rows: Rows) -> Rows:
    """A batch is gone, with its seal."""
    seals = places(rows, lambda each: each.is_seal)
    return [*rows[: seals[2] + 1], *rows[seals[3] + 1 :]]


def batches_swapped(rows: Rows) -> Rows:
    """Two batches stand in each other's place."""
    a, b, c = places(rows, lambda each: each.is_seal)[2:5]
    return [*rows[: a + 1], *rows[b + 1 : c + 1], *rows[a + 1 : b + 1], *rows[c + 1 :]]


def epochs_of_another_sleeper(rows: Rows) -> Rows:
    """An hour's epochs are another's: as if somebody else had slept there."""
    epochs = places(rows, lambda each: each.layout is records.EPOCH)
    calm = rows[epochs[0]].one
    swapped = {i: rows[i].but(counts=calm.counts, rate_dbpm=calm.rate_dbpm) for i in epochs[60:]}
    return [swapped.get(i, each) for i, each in enumerate(rows)]


def scores_of_another_model(rows: Rows) -> Rows:
    """Every score is a little surer than the rules' own."""
    return [
        Row(each.layout, tuple(one._replace(p_wake=one.p_wake ^ 1) for one in each.fields))
        if each.layout is records.SCORE
        else each
        for each in rows
    ]


def awake_all_night(rows: Rows) -> Rows:
    """Scores and requests alike say that the sleeper lay awake."""
    awake = []
    for each in rows:
        if each.layout is records.SCORE:
            scores = tuple(one._replace(stage=records.WAKE) for one in each.fields)
            each = Row(each.layout, scores)
        elif each.layout is records.REQUEST and each.one.stage:
            each = each.but(stage=records.WAKE)
        awake.append(each)
    return awake


_ACTED = {
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
_HAND = {
    "a short press by nobody": gesture_alone(SHORT),
    "a double press by nobody": gesture_alone(DOUBLE),
    "a long press by nobody": gesture_alone(LONG),
    "a hold by nobody": gesture_alone(HOLD),
    "a short press that is not told": press_without_gesture(100),
    "a long press that is not told": press_without_gesture(3000),
    "a hold that is not told": press_without_gesture(7000),
    "a short press made a double": gesture_turned(SHORT, DOUBLE),
    "a double press made a short": gesture_turned(DOUBLE, SHORT),
    "a long press made a hold": gesture_turned(LONG, HOLD),
    "a hold made a long press": gesture_turned(HOLD, LONG),
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
_FRAME = {
    "cut at the first seal": cut_at_a_seal(0),
    "cut at a seal in the middle": cut_at_a_seal(0.5),
    "cut before the last seal": cut_at_a_seal(0.99),
    "cut, and ended": cut_and_ended,
    "without the last seal": last_seal_removed,
    "going on behind its end": everything_behind_the_end,
    "twice the same night": night_twice,
    "a start that explains": started_again,
    "a stop in the middle": ended_early,
    "a batch removed": batch_removed,
    "two batches swapped": batches_swapped,
    "epochs of another sleeper": epochs_of_another_sleeper,
    "scores of another model": scores_of_another_model,
    "awake all night": awake_all_night,
}


def kinds(rows: Rows) -> Iterator[tuple[str, list[Rows]]]:
    """(name, variants) of each forgery that is sealed anew."""
    for table in (_ACTED, _HAND, _FRAME):
        for name, forged in table.items():
            yield name, [forged(rows)]


def broken(data: bytes, other: bytes) -> Iterator[tuple[str, bytes]]:
    """(name, bytes) of each breach that breaks the chain; `other`: another night's journal."""
    rows_end = len(data)
    yield "a bit of a record", _flipped(data, rows_end // 2)
    yield "a bit of the first record", _flipped(data, 4)
    yield "a bit of the last seal", _flipped(data, rows_end - 6)
    yield "a byte too many", data[: rows_end // 3] + b"\0" + data[rows_end // 3 :]
    yield "a byte too few", data[: rows_end // 3] + data[rows_end // 3 + 1 :]
    yield "zeroes in the middle", data[:3000] + bytes(64) + data[3064:]
    yield "zeroes at the end", data + bytes(512)
    yield "cut within a record", data[: rows_end * 2 // 3 + 1]
    yield "cut within the last seal", data[:-5]
    yield "nothing at all", b""
    yield "another night in its place", other
    yield "another night behind it", data + other
    yield "another night before it", other + data


def _flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 0x10]) + data[at + 1 :]


def unsealed(rows: Rows) -> Iterator[tuple[str, bytes]]:
    """(name, bytes) of each breach whose records are whole, and whose old seals were left."""
    data = closed(rows)
    at = places(rows, lambda each: each.layout is records.ACT)[3]
    offset = len(b"".join(packed(each) if not each.is_seal else bytes(16) for each in rows[:at]))
    size = records.ACT.bytes
    yield "an act cut out", data[:offset] + data[offset + size :]
    yield "an act put in twice", data[: offset + size] + data[offset:]
    louder = packed(rows[at].but(sound_cdb=7500))
    yield "an act made louder", data[:offset] + louder + data[offset + size :]
    epoch = places(rows, lambda each: each.layout is records.EPOCH)[50]
    start = len(b"".join(packed(each) if not each.is_seal else bytes(16) for each in rows[:epoch]))
    calmer = packed(rows[epoch].but(beats=1))
    yield "an epoch of other beats", data[:start] + calmer + data[start + len(calmer) :]
    seals = places(rows, lambda each: each.is_seal)
    yield "a seal removed", _without(data, rows, seals[3])
    yield "a seal of zeroes", _sealed_with(data, rows, seals[3], bytes(12))


def _offset(rows: Rows, at: int) -> int:
    return sum(records.SEAL.bytes if r.is_seal else len(packed(r)) for r in rows[:at])


def _without(data: bytes, rows: Rows, at: int) -> bytes:
    start = _offset(rows, at)
    return data[:start] + data[start + records.SEAL.bytes :]


def _sealed_with(data: bytes, rows: Rows, at: int, digest: bytes) -> bytes:
    start = _offset(rows, at)
    return data[:start] + records.SEAL.pack(digest) + data[start + records.SEAL.bytes :]
