"""What forgeries are made of: places in a night, and records that are put there.

It must never look at what is being forged, only at where there is room for it.
"""

from collections.abc import Callable

from sleepsync.breaches.pages import Row, places, row
from sleepsync.paths import records

Rows = list[Row]

HAND, NIGHT, WAKING, LINK = 1, 3, 4, 5
PRESSED, TYPED, ASLEEP, DISTRESS, DUE, PAIRING = 1, 2, 5, 6, 9, 10
LAMP, CUE, RELIEF, SUNRISE, ALARM, SEVEN = 1, 7, 8, 9, 11, 51
SHORT, DOUBLE, LONG, HOLD, THRICE = 1, 2, 3, 4, 5


def last(rows: Rows, layout, is_one: Callable = lambda _: True) -> int:
    """Where the last record of a layout stands that `is_one`."""
    return places(rows, lambda each: each.layout is layout and is_one(each.one))[-1]


def first(rows: Rows, layout, is_one: Callable = lambda _: True) -> int:
    """Where the first one stands."""
    return places(rows, lambda each: each.layout is layout and is_one(each.one))[0]


def quiet(rows: Rows, share: float = 0.65) -> tuple[int, int]:
    """(where, when) nothing is due: right behind an epoch, at that share of the night."""
    epochs = places(rows, lambda each: each.layout is records.EPOCH)
    i = epochs[int(len(epochs) * share)]
    return i + 1, (rows[i].one.index + 1) * 30_000 + 500


def put(rows: Rows, at: int, *more: Row) -> Rows:
    """The night with more records at that place."""
    return [*rows[:at], *more, *rows[at:]]


def event(t_ms: int, kind: int, value: int, part: int = records.PUCK) -> Row:
    """An event."""
    return row(records.EVENT, t_ms, kind, part, value)


def pressed(t_ms: int, held_ms: int) -> Row:
    """A press that is over."""
    return event(t_ms, records.PRESSED, held_ms, records.BUTTON)


def gestured(t_ms: int, gesture: int) -> Row:
    """A gesture of the button."""
    return event(t_ms, records.GESTURE, gesture, records.BUTTON)


def numbered(rows: Rows, at: int, by: int) -> Rows:
    """Every request from `at` on, and what answers it, with a number that is higher by `by`."""
    layouts = (records.REQUEST, records.ACT, records.REFUSAL, records.EMITTED)
    return [
        each.but(number=each.one.number + by) if i >= at and each.layout in layouts else each
        for i, each in enumerate(rows)
    ]


def next_number(rows: Rows, at: int) -> int:
    """The number of the request that comes next there."""
    before = [each.one.number for each in rows[:at] if each.layout is records.REQUEST]
    return max(before, default=0) + 1


def stage_at(rows: Rows, at: int) -> int:
    """As the nearest request has it."""
    requests = places(rows, lambda each: each.layout is records.REQUEST)
    return rows[min(requests, key=lambda i: abs(i - at))].one.stage
