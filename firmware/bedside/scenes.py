"""The plain scenes as rows: what each is for, how long, and what each lane is given to do.

A scene asks; how bright, loud and strong it may be is the governor's. It must never hold a
limit: every light here is as bright, every tone as loud as it may ever be wanted.
"""

from collections import namedtuple

# What an output is for: the row of the governor's table of limits.
ANSWER, CHECK, WIND_DOWN, MASK, CUE, RELIEF, SUNRISE, EARLY, ALARM = range(1, 10)

# `light`, `sound`, `touch`: what `Colour`, `Tone` and `Buzz` are made of, or None.
Scene = namedtuple("Scene", "number name use length_s light sound touch")

_DARK = (0, 0, 0)  # green, red, blue, as everywhere
_AMBER = (60, 150, 0)
_RED = (0, 120, 0)
_WARM = (90, 160, 25)
_WARM_WHITE = (130, 200, 75)
_EMBER = (0, 12, 0)
_FAINT = (0, 2, 0)
_GLIMMER = (0, 1, 0)
_FELT_TICKS = 1000
_MINUTE_S = 60
_MINUTE_TICKS = 1500


def _breath(number, most):
    """So many breaths a minute: light that the lane can follow from a glimmer to `most` (from dark
    to 1 lx takes it 6 s), so that quick breaths are shallow ones. The first are felt at each turn,
    and then no more, so that the pulse can be heard again.
    """
    beat = (_MINUTE_TICKS + number // 2) // number
    light, touch = (_GLIMMER, most, 0, beat), (50, 3, beat, 0, beat * 2 // 5, _FELT_TICKS)
    return "breathe %d" % number, WIND_DOWN, 200, light, None, touch


_ROWS = (
    ("lamp", ANSWER, 600, (_AMBER, _AMBER, 0), None, None),
    ("chime", ANSWER, 2, None, ((660,), 6, 15, 0), None),
    ("nudge", ANSWER, 2, None, None, (90, 8, 12, 0)),
    ("check", CHECK, 5, None, ((1000,), 0, 0, 0), None),
    ("evening", WIND_DOWN, 20 * _MINUTE_S, (_WARM, _EMBER, 1200), ((196, 147), 21, 42, 0), None),
    ("mask", MASK, 30 * _MINUTE_S, None, ((180,), 0, 0, 20), None),
    ("cue", CUE, 10, (_DARK, _RED, 2), ((523, 659), 10, 42, 0), None),
    ("relief", RELIEF, 10, None, None, (60, 10, 40, 0)),
    ("sunrise", SUNRISE, 30 * _MINUTE_S, (_EMBER, _WARM_WHITE, 1800), None, None),
    (
        "early",
        EARLY,
        5 * _MINUTE_S,
        (_WARM_WHITE, _WARM_WHITE, 0),
        ((523, 587, 659), 10, 21, 240),
        (70, 10, 65, 0),
    ),
    (
        "alarm",
        ALARM,
        30 * _MINUTE_S,
        (_WARM_WHITE, _WARM_WHITE, 0),
        ((523, 659, 784, 1047), 6, 9, 20),
        (127, 20, 80, 10),
    ),
    (  # the alarm's first rung: within its two minutes it comes to a quarter of full scale
        "call",
        ALARM,
        150,
        (_EMBER, _WARM_WHITE, 60),
        ((523, 659), 6, 15, 240),
        (70, 8, 60, 0),
    ),
    _breath(14, _FAINT),
    _breath(12, _FAINT),
    _breath(10, (0, 3, 0)),
    _breath(9, (0, 3, 0)),
    _breath(8, (1, 2, 0)),
    _breath(7, (0, 4, 0)),
    _breath(6, (1, 3, 0)),
    (
        "story",
        WIND_DOWN,
        20 * _MINUTE_S,
        ((1, 6, 0), _DARK, 900),
        ((165, 147, 131), 20, 50, 0),
        None,
    ),
    (
        "music",
        WIND_DOWN,
        20 * _MINUTE_S,
        ((1, 8, 0), _DARK, 1200),
        ((262, 330, 294, 220, 392, 294), 16, 26, 0),
        None,
    ),
    ("embers", WIND_DOWN, 20 * _MINUTE_S, ((1, 10, 0), _DARK, 1200), None, None),
    ("rest", WIND_DOWN, 10 * _MINUTE_S, (_FAINT, _DARK, 300), None, (30, 3, 250, 0, 0, 1500)),
)

# By number; 0 is no scene.
SCENES = (Scene(0, "none", 0, 0, None, None, None),) + tuple(
    [Scene(i + 1, *row) for i, row in enumerate(_ROWS)]
)


def named(name: str) -> Scene:
    """The scene of that name, or the one with the number 0."""
    for scene in SCENES:
        if scene.name == name:
            return scene
    return SCENES[0]
