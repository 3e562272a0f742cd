"""What Hypothesis may try against the governor: single moves, and plots of several.

A move is a tuple (name, argument, ...), as fight_vm.py knows it by its `_move_`. Plots make it
likely that something acts at all; what stands between them is chance.
"""

import fight_words as words
from hypothesis import strategies as st
from sleepsync.paths import records

WALL_S = 821_833_080  # 2026-01-15 22:18

_SCENES = {scene.name: number for number, scene in words.SCENES.items()}
_BYTE = st.integers(0, 255)
_NONSENSE = st.one_of(_BYTE, st.sampled_from([-1, -2, 24, 31, 32, 256, 257, 300, 70_000]))
_RULES = st.one_of(st.integers(1, 5), _NONSENSE)
_REASONS = st.one_of(st.integers(1, 10), _NONSENSE)
_ANY_SCENE = st.one_of(st.integers(1, 11), st.sampled_from(sorted(words.SCENES)), _NONSENSE)
_CONSENTED = (words.WIND_DOWN, words.MASK, words.CUE, words.RELIEF, words.SUNRISE, words.EARLY)
_STAGES = st.integers(0, 6)
_GESTURES = st.integers(1, 5)
_MS = st.one_of(
    st.integers(1, 100), st.integers(100, 4_000), st.integers(4_000, 15_000), st.integers(0, 10**7)
)
_ENDS_S = st.one_of(
    st.just(0), st.integers(1, 60), st.integers(60, 100_000), st.integers(-100, 9_000_000)
)
_SCOPES = st.one_of(st.just(7), st.integers(0, 7), _BYTE)
_STATES = st.one_of(st.integers(0, 4), st.sampled_from([-1, 257]))
_CALIBRATED = st.one_of(
    st.sampled_from([0, 8000, 8600, 9200, 7999, 1, -1, 100_000]), st.integers(-(2**31), 2**31 - 1)
)

_SINGLE = st.one_of(
    st.tuples(st.just("ask"), _RULES, _REASONS, _ANY_SCENE),
    st.tuples(st.just("type"), st.integers(1, 23)),
    st.tuples(st.just("type"), _NONSENSE),
    st.tuples(st.just("feel"), _GESTURES),
    st.tuples(st.just("feel"), st.sampled_from([0, 6, 255])),
    st.tuples(st.just("wait"), _MS),
    st.tuples(st.just("stage"), _STAGES),
    st.tuples(st.just("consent"), st.sampled_from(_CONSENTED), _SCOPES, _ENDS_S, st.just(0)),
    st.tuples(st.just("consent"), st.sampled_from(_CONSENTED), _SCOPES, _ENDS_S, st.just(1)),
    st.tuples(st.just("consent"), _NONSENSE, _SCOPES, _ENDS_S, _STATES),
    st.tuples(st.just("clock"), st.sampled_from([0, 1, WALL_S, WALL_S + 40, WALL_S + 90_000])),
    st.tuples(st.just("alarm"), st.one_of(st.just(0), st.integers(1, 9_000_000))),
    st.tuples(st.just("calibrate"), _CALIBRATED),
)
_ACCIDENTS = st.one_of(
    st.just(("reset",)),
    st.just(("cut",)),
    st.tuples(st.just("cut_later"), st.integers(1, 6)),
    st.tuples(st.just("haptic"), st.integers(0, 1)),
    st.just(("amplifier",)),
    st.just(("fill",)),
    st.just(("space",)),
    st.just(("flush",)),
    st.just(("brim",)),
    st.tuples(st.just("stall"), st.integers(1, 90)),
)

# -- plots


def allowed(use: int, scope: int, ends_s: int) -> list:
    """A use is allowed by the sleeper's own hand."""
    return [("consent", use, scope, ends_s, words.ASKED_FOR), ("feel", words.HOLD)]


def _asked(use, scope, ends_s, ask_stage, ask):
    """Allowed, in the stage that its reason wants, asked for."""
    return [*allowed(use, scope, ends_s), ("stage", ask_stage), ("ask", *ask)]


BY_NIGHT = {  # use: (a stage that fits, rule, reason, scene)
    words.WIND_DOWN: (records.WAKE, words.EVENING, words.SETTLING, _SCENES["evening"]),
    words.MASK: (records.LIGHT, words.NIGHT, words.ASLEEP, _SCENES["mask"]),
    words.CUE: (records.REM, words.NIGHT, words.DISTRESS, _SCENES["cue"]),
    words.RELIEF: (records.REM, words.NIGHT, words.DISTRESS, _SCENES["relief"]),
    words.SUNRISE: (records.LIGHT, words.WAKING, words.DAWN, _SCENES["sunrise"]),
    words.EARLY: (records.LIGHT, words.WAKING, words.LIGHT_SLEEP, _SCENES["early"]),
}


@st.composite
def _by_night(draw):
    """Something that needs consent acts, for a good reason."""
    use = draw(st.sampled_from(_CONSENTED))
    stage, *ask = BY_NIGHT[use]
    scope = draw(st.sampled_from([7, 3]))
    ends_s = draw(st.sampled_from([0, 0, 20, 7200]))
    clock = [("clock", WALL_S)] if ends_s else []
    alarm = [("alarm", 120_000)] if use in (words.SUNRISE, words.EARLY) else []
    return [*clock, *alarm, *_asked(use, scope, ends_s, stage, ask), ("wait", draw(_MS))]


@st.composite
def _alarm(draw):
    """An alarm comes due, and rings."""
    ask = ("ask", words.WAKING, words.DUE, _SCENES["alarm"])
    in_ms = draw(st.integers(1, 20_000))
    wait = ("wait", draw(st.integers(500, 9_000)))
    snooze = [("feel", words.SHORT), ask, ("wait", 540_100), ask] if draw(st.booleans()) else []
    return [("alarm", in_ms), ("wait", in_ms + 1), ask, wait, *snooze]


@st.composite
def _lamp(draw):
    return [("feel", words.LONG), ("wait", draw(st.integers(40, 9_000)))]


@st.composite
def _pairing(draw):
    """A passkey is shown after its gesture, and somebody may come in between."""
    shown = st.sampled_from([n for n, scene in words.SCENES.items() if scene.use == words.PAIRING])
    moves = [("feel", words.THRICE)]
    for number in draw(st.lists(shown, min_size=1, max_size=4)):
        moves += [("ask", words.LINK, words.OPENED, number), ("wait", draw(_MS))]
    at = draw(st.integers(0, len(moves)))
    hand = draw(st.sampled_from([[], [("feel", words.SHORT)], [("feel", words.DOUBLE)]]))
    return [*moves[:at], *hand, *moves[at:]]


@st.composite
def _often(draw):
    """The same again and again, until its dose is used."""
    scene, length_ms = draw(st.sampled_from([("check", 5_600), ("nudge", 2_100)]))
    again = [("type", _SCENES[scene]), ("wait", length_ms)]
    return again * draw(st.integers(2, 20))


_PLOTS = (_by_night(), _by_night(), _by_night(), _alarm(), _lamp(), _often(), _pairing())


def _flat(parts):
    return [move for part in parts for move in (part if isinstance(part, list) else [part])]


def _one(*kinds):
    """One of some kinds, each as likely: `one_of` would choose among all that they are made of."""
    return st.integers(0, len(kinds) - 1).flatmap(lambda i: kinds[i])


def scenarios() -> st.SearchStrategy:
    """Lists of moves."""
    part = _one(_SINGLE, _SINGLE, _SINGLE, _one(*_PLOTS), _one(*_PLOTS), _ACCIDENTS)
    return st.lists(part, min_size=2, max_size=14).map(_flat)
