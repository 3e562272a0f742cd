"""What Hypothesis may try against evening, night and waking: nights, people, and what breaks.

A move is a tuple (name, argument, ...), as wake_vm.py knows it by its `_move_`.
"""

import fight_words as words
from fight_moves import WALL_S, allowed
from hypothesis import strategies as st
from sleepsync.paths import records

MIN_MS, HOUR_MS = 60_000, 3_600_000
ONCE, DAILY = 0, 0x7F
THURSDAY = 8  # of WALL_S
_SCOPES = st.sampled_from([7, 7, 2, 3, 1])
_CONSENTED = (words.WIND_DOWN, words.MASK, words.CUE, words.RELIEF, words.SUNRISE, words.EARLY)
_ASLEEP = (records.LIGHT, records.DEEP, records.REM)


def _one(*kinds):
    """One of some kinds, each as likely: `one_of` would choose among all that they are made of."""
    return st.integers(0, len(kinds) - 1).flatmap(lambda i: kinds[i])


_ROW = st.integers(0, 2)
_IN_MIN = _one(
    st.integers(1, 6),
    st.integers(1, 75),
    st.integers(1, 75),
    st.integers(60, 300),
    st.integers(0, 1439),
)
_DAYS = _one(st.just(ONCE), st.just(DAILY), st.integers(0, 127))
_WAIT_MS = _one(
    st.integers(500, 20_000),
    st.integers(20_000, 12 * MIN_MS),
    st.integers(10 * MIN_MS, 80 * MIN_MS),
    st.integers(HOUR_MS, 4 * HOUR_MS),
)
_LONG_MS = st.integers(4 * HOUR_MS, 14 * HOUR_MS)
_OUTAGE_S = _one(
    st.integers(1, 60),
    st.integers(60, 3600),
    st.integers(3600, 40_000),
    st.integers(40_000, 200_000),
)
_SHIFT_S = _one(
    st.integers(-600, 600),
    st.integers(-7200, 7200),
    st.integers(-50_000, 50_000),
    st.integers(-200_000, 200_000),
)


def _move(name, *kinds):
    return st.tuples(st.just(name), *kinds)


ALARM = _move("alarm", _ROW, _IN_MIN, _DAYS)
WAIT = _move("wait", _WAIT_MS)
FEEL = _move("feel", st.sampled_from([1, 1, 3, 3, 2, 4]))
STAGE = _move("stage", st.integers(0, 6))
CUT = _move("cut", _OUTAGE_S, st.sampled_from([True, True, False]))
SHIFT = _move("shift", _SHIFT_S)

_PEOPLE = _one(
    ALARM,
    ALARM,
    _move("clear", _ROW),
    _move("nap", st.sampled_from([0, 1, 5, 20, 55, 90, 200])),
    _move("setting", st.just("early"), st.sampled_from([0, 5, 30, 45])),
    FEEL,
    FEEL,
)
_ACCIDENT = _one(
    CUT,
    st.just(("reset",)),
    SHIFT,
    _move("clock", st.integers(WALL_S, WALL_S + 100_000)),
    st.just(("fill",)),
    st.just(("space",)),
    _move("haptic", st.integers(0, 1)),
    st.just(("amplifier",)),
    _move("cut_later", st.integers(1, 8)),
)


@st.composite
def _rings(draw):
    """An alarm comes due, and hands are at it."""
    in_min = draw(st.integers(1, 5))
    days = draw(_DAYS.filter(lambda days: not days or days & THURSDAY))
    moves = [("alarm", draw(_ROW), in_min, days), ("wait", in_min * MIN_MS)]
    for _ in range(draw(st.integers(0, 3))):
        moves += [
            ("wait", draw(st.integers(4_000, 200_000))),
            ("feel", draw(st.sampled_from([1, 1, 3, 2]))),
        ]
        moves += [("wait", draw(st.integers(1_000, 700_000)))]
    return moves


@st.composite
def _two(draw):
    """Two alarms, close together."""
    first = draw(st.integers(1, 70))
    second = first + draw(st.integers(0, 70))
    return [("alarm", 0, first, draw(_DAYS)), ("alarm", 1, second, draw(_DAYS))]


@st.composite
def _morning(draw):
    """A waking in light sleep that is allowed, or nearly so."""
    uses = draw(st.lists(st.sampled_from([words.EARLY, words.SUNRISE]), max_size=2, unique=True))
    moves = [move for use in uses for move in allowed(use, draw(_SCOPES), 0)]
    in_min = draw(st.integers(20, 120))
    moves += [("alarm", draw(_ROW), in_min, draw(st.sampled_from([ONCE, DAILY])))]
    moves += [("stage", draw(st.integers(0, 6))), ("wait", draw(st.integers(0, in_min)) * MIN_MS)]
    return [*moves, ("stage", draw(st.sampled_from([2, 4, 4, 5]))), ("wait", draw(_WAIT_MS))]


@st.composite
def _by_consent(draw):
    return allowed(
        draw(st.sampled_from(_CONSENTED)), draw(_SCOPES), draw(st.sampled_from([0, 0, 9000]))
    )


@st.composite
def _evening(draw):
    """By the button, by a word, or by itself; then asleep."""
    moves = draw(st.sampled_from([[], allowed(words.WIND_DOWN, 7, 0)]))
    how = draw(st.integers(0, 2))
    if how == 0:
        moves = [*moves, ("feel", 3), ("wait", 1_500), ("feel", 3)]
    elif how == 1:
        moves = [*moves, ("programme", draw(st.integers(0, 5)))]
    else:
        moves = [*moves, ("bedtime", draw(st.integers(1, 40)))]
    moves += [
        ("wait", draw(st.integers(1_000, 50 * MIN_MS))),
        ("stage", draw(st.sampled_from([2, 4, 5]))),
    ]
    return [*moves, ("wait", draw(st.integers(1_000, 20 * MIN_MS)))]


@st.composite
def _dream(draw):
    """Half an hour of sleep, then a heart that runs."""
    moves = draw(st.sampled_from([[], allowed(words.RELIEF, draw(_SCOPES), 0)]))
    moves = [
        *moves,
        ("heart", 550),
        ("stage", draw(st.sampled_from(_ASLEEP))),
        ("wait", 32 * MIN_MS),
    ]
    moves += [("stage", records.REM), ("heart", draw(st.sampled_from([600, 700, 800])))]
    return [*moves, ("wait", draw(st.integers(1, 40)) * MIN_MS)]


@st.composite
def _night(draw):
    """Hours pass."""
    return [("wait", draw(_LONG_MS))]


@st.composite
def _reset_often(draw):
    return [("reset",), ("wait", draw(st.integers(100, 40_000)))] * draw(st.integers(1, 4))


_PLOTS = (
    _rings(),
    _rings(),
    _two(),
    _morning(),
    _by_consent(),
    _evening(),
    _dream(),
    _night(),
    _reset_often(),
)


def _flat(parts):
    return [move for part in parts for move in (part if isinstance(part, list) else [part])]


@st.composite
def scenarios(draw) -> list:
    """Lists of moves."""
    begin = draw(st.sampled_from([[("clock", WALL_S)]] * 9 + [[]]))
    part = _one(_PEOPLE, _PEOPLE, WAIT, WAIT, STAGE, _ACCIDENT, _one(*_PLOTS), _one(*_PLOTS))
    return _flat([*begin, *draw(st.lists(part, min_size=2, max_size=10))])
