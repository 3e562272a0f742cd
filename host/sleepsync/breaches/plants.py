"""The table of what is planted into a journal, a kind a row.

A kind is a name and all its variants: the records of a night with one thing changed. Of what only
the senses or a hand know, a journal can tell no forgery, so no kind is made of it: docs/replay.md.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sleepsync.breaches.pages import Row, places
from sleepsync.paths import records

Rows = list[Row]
_RANGES = {
    "B": (0, 0xFF),
    "H": (0, 0xFFFF),
    "I": (0, 0xFFFFFFFF),
    "i": (-0x80000000, 0x7FFFFFFF),
    "h": (-0x8000, 0x7FFF),
}
_FAR = 20  # records


@dataclass(frozen=True)
class Sort:
    """Records of one sort, and what can be done to them so that it must be found.

    `moves`: letters of `MOVES`; `exact`: fields that may not be off by one; `rough`: fields that
    may not be at the ends of their range. Both are names, divided by spaces.
    """

    name: str
    is_one: Callable[[Row], bool]
    moves: str
    exact: str = ""
    rough: str = ""


def _event(kind: int, low: int = -0x80000000, high: int = 0x7FFFFFFF) -> Callable[[Row], bool]:
    def is_one(row: Row) -> bool:
        return row.layout is records.EVENT and row.one.kind == kind and low <= row.one.value <= high

    return is_one


def _layout(layout) -> Callable[[Row], bool]:
    return lambda row: row.layout is layout


def _consent(state: int) -> Callable[[Row], bool]:
    return lambda row: row.layout is records.CONSENT and row.one.state == state


_EVENT = "t_ms kind part value"
_ANY_TIME = "kind part"
SORTS = (
    Sort(
        "night",
        _layout(records.NIGHT),
        "rdln",
        "version night rules",
        "version night start_s rules",
    ),
    Sort("first start", _event(records.START, 0, 0), "rden", "kind part", _EVENT),
    Sort("restart", _event(records.START, 1), "rn", "kind part", _EVENT),
    Sort("stop", _event(records.STOP), "rdEn", "kind part value", _EVENT),
    Sort("gap", _event(records.GAP), "dn", "kind", "t_ms kind part"),
    Sort("part missing", _event(records.PART_MISSING), "rdn", "kind part value", _ANY_TIME),
    Sort("part back", _event(records.PART_BACK), "dn", "kind part value", _ANY_TIME),
    Sort("short press", _event(records.PRESSED, 0, 599), "rdLEn", "kind part", _EVENT),
    Sort("half-hearted press", _event(records.PRESSED, 600, 1999), "Ln", "part", _EVENT),
    Sort("long press", _event(records.PRESSED, 2000, 5999), "rdLEn", "kind part", _EVENT),
    Sort("holding press", _event(records.PRESSED, 6000), "rdLEn", "kind part", _EVENT),
    Sort("short", _event(records.GESTURE, 1, 1), "rdLEn", "kind part value", _EVENT),
    Sort("double", _event(records.GESTURE, 2, 2), "rdleLEn", _EVENT, _EVENT),
    Sort("long", _event(records.GESTURE, 3, 3), "rdleLEn", _EVENT, _EVENT),
    Sort("hold", _event(records.GESTURE, 4, 4), "rdleLEn", _EVENT, _EVENT),
    Sort("thrice", _event(records.GESTURE, 5, 5), "rdLEn", "kind part value", _EVENT),
    Sort("off", _event(records.BREAKER, 1, 1), "rdleLEn", _EVENT, _EVENT),
    Sort("on", _event(records.BREAKER, 0, 0), "rdleLEn", _EVENT, _EVENT),
    Sort("still off", _event(records.BREAKER, 2), "rdLn", "kind part value", _EVENT),
    Sort("clock set", _event(records.CLOCK_SET), "rdLEn", "kind part", _EVENT),
    Sort("alarm set", _event(records.ALARM_SET, 1), "rLEn", "kind part", "t_ms kind part"),
    Sort("speaker", _event(records.CALIBRATED), "rdLn", "kind part value", _EVENT),
    Sort("typed", _event(records.ASKED), "rdleLEn", "kind part value", _EVENT),
    Sort("epoch", _layout(records.EPOCH), "rdLEn", "index", "index flags"),
    Sort(
        "score", _layout(records.SCORE), "rdLEn", "index stage p_wake p_light p_deep p_rem", "stage"
    ),
    Sort(
        "request",
        _layout(records.REQUEST),
        "rdleLEn",
        "t_ms number rule reason stage",
        "t_ms number rule reason scene stage",
    ),
    Sort("act", _layout(records.ACT), "rdleLEn", *(" ".join(records.ACT.names),) * 2),
    Sort("refusal", _layout(records.REFUSAL), "rdleLEn", *(" ".join(records.REFUSAL.names),) * 2),
    Sort(
        "emitted",
        _layout(records.EMITTED),
        "rdLEn",
        "number lane why steps fading peak dose crc",
        " ".join(records.EMITTED.names),
    ),
    Sort(
        "consent asked", _consent(records.WANTED), "rlLEn", "use scope state until_s night", "t_ms"
    ),
    Sort("consent", _consent(records.GRANTED), "rdleLEn", *(" ".join(records.CONSENT.names),) * 2),
    Sort("consent kept", _consent(records.KEPT), "rdLn", "use scope state until_s night", "t_ms"),
    Sort("consent taken back", _consent(records.WITHDRAWN), "rdLEn", "use state", "t_ms use night"),
)

MOVES = {
    "r": "removed",
    "d": "doubled",
    "e": "a record earlier",
    "l": "a record later",
    "E": "twenty records earlier",
    "L": "twenty records later",
    "n": "of unknown kind",
}


def kinds(rows: Rows) -> Iterator[tuple[str, list[Rows]]]:
    """(name, variants) of each kind that is made of a record that is there."""
    for sort in SORTS:
        at = places(rows, sort.is_one)
        chosen = sorted({at[0], at[len(at) // 2], at[-1]})
        for letter in sort.moves:
            name = f"{sort.name}: {MOVES[letter]}"
            yield name, [each for i in chosen for each in _moved(rows, i, letter)]
        for field in sort.exact.split():
            name = f"{sort.name}: {field} off by one"
            yield name, [each for i in chosen for each in _shifted(rows, i, field)]
        for field in sort.rough.split():
            name = f"{sort.name}: {field} at an end"
            yield name, [each for i in chosen for each in _ended(rows, i, field)]


def _moved(rows: Rows, i: int, letter: str) -> Iterator[Rows]:
    row, before, after = rows[i], rows[:i], rows[i + 1 :]
    if letter == "r":
        yield before + after
    elif letter == "d":
        yield [*before, row, row, *after]
    elif letter == "n":
        yield [*before, _unknown(row), *after]
    else:
        steps = (_FAR if letter in "EL" else 1) * (1 if letter in "lL" else -1)
        to = _steps_from(rows, i, steps)
        if to is not None:
            rest = before + after
            yield [*rest[:to], row, *rest[to:]]


def _unknown(row: Row) -> Row:
    """The same with a value in its first field that no reader knows, where it has such a one."""
    if row.layout is records.EVENT:
        return row.but(kind=99)
    return row.but(**{row.layout.names[0]: _RANGES[row.layout.format[1]][1]})


def _steps_from(rows: Rows, i: int, steps: int) -> int | None:
    """The place so many records on, seals and scores not counted, which may stand anywhere."""
    way = 1 if steps > 0 else -1
    while steps:
        i += way
        if not 0 <= i < len(rows):
            return None
        if rows[i].layout not in (records.SEAL, records.SCORE):
            steps -= way
    return i


def _shifted(rows: Rows, i: int, field: str) -> Iterator[Rows]:
    value = getattr(rows[i].one, field)
    yield from _altered(rows, i, field, (value + 1, value - 1))


def _ended(rows: Rows, i: int, field: str) -> Iterator[Rows]:
    yield from _altered(rows, i, field, _range(rows[i], field))


def _altered(rows: Rows, i: int, field: str, values: tuple[int, ...]) -> Iterator[Rows]:
    low, high = _range(rows[i], field)
    for value in values:
        if low <= value <= high and value != getattr(rows[i].one, field):
            yield [*rows[:i], rows[i].but(**{field: value}), *rows[i + 1 :]]


def _range(row: Row, field: str) -> tuple[int, int]:
    code = row.layout.format[1:][row.layout.names.index(field)]
    return _RANGES[code]
