"""The evening's programmes as rows: which scene follows which, for how long, and by whose pace.

It must never decide: what becomes of a row is told by evening.py. Scenes are numbers of
firmware/scenes, whose lengths the steps keep to (a test holds both together).
"""

from collections import namedtuple

# `lit`, `dark`: the scene in a lit and in a dark room; of a `paced` step the pacer chooses instead.
Step = namedtuple("Step", "lit dark length_s paced")
Programme = namedtuple("Programme", "name steps")

_EVENING, _STORY, _MUSIC, EMBERS, _REST = 5, 20, 21, 22, 23
SOUNDING = (_EVENING, _STORY, _MUSIC)  # a loud room drowns them

# Breaths a minute, rung by rung, and the scene of the first: the others follow it.
PACES = (14, 12, 10, 9, 8, 7, 6)
FIRST_PACE_SCENE = 13

_TO_REST = Step(_REST, _REST, 600, False)

# By number; 0 is none.
NONE, WIND_DOWN, BREATHING, STORY, MUSIC, BACK_TO_SLEEP = range(6)
PROGRAMMES = (
    Programme("none", ()),
    Programme("wind-down", (Step(_EVENING, EMBERS, 1200, False), _TO_REST)),
    Programme("breathing", (Step(0, 0, 900, True), _TO_REST)),
    Programme("story", (Step(_EVENING, EMBERS, 300, False), Step(_STORY, _STORY, 1200, False))),
    Programme("music", (Step(_EVENING, EMBERS, 300, False), Step(_MUSIC, _MUSIC, 1200, False))),
    Programme("back to sleep", (_TO_REST,)),
)


def length_s(number: int) -> int:
    """How long a programme lasts, if nothing ends it."""
    return sum([step.length_s for step in PROGRAMMES[number].steps])
