"""The pace of breathing: from the sleeper's own rate down, a rung at a time, as they follow.

A pure step. A third of people struggle to slow down (field notes), so it must never go on to a
slower rung before they have followed, nor hold on to one that they leave far behind.
"""

from micropython import const

from firmware.rituals.programmes import FIRST_PACE_SCENE, PACES

# The rules (docs/evening.md shows them).
RUNG_MS = const(120000)  # two minutes: as long as a measured rate looks back
UNKNOWN_PACE = const(12)  # a usual rate of adults at rest (background knowledge)
FOLLOWED_DPM = const(10)  # 1 a minute above the pace is the measurement's own error
LEFT_DPM = const(40)  # 4 a minute above it: two rungs, so the rung is too slow for them
AGAIN_MS = const(180000)  # a rung that is held begins anew: whole breaths, within its scene

# Why, as `why` has it: (one of these, scene, breathing in 0.1 a minute or 0, pace before).
OWN_RATE, NO_RATE, FOLLOWED, UNHEARD, TOO_SLOW, HELD = range(6, 12)

_LAST = len(PACES) - 1


def first(breaths_dpm: int) -> tuple:
    """(scene, why) to begin with: the nearest pace that is not slower than their own."""
    rung = 0
    while rung < _LAST and PACES[rung + 1] * 10 >= (breaths_dpm or UNKNOWN_PACE * 10):
        rung += 1
    return _of(rung, OWN_RATE if breaths_dpm else NO_RATE, breaths_dpm, 0)


def next_(scene: int, breaths_dpm: int, paced_ms: int, asked_ms: int):  # noqa: ANN201
    """(scene, why) of what is to follow `scene`, or None: it goes on. `breaths_dpm`: over the last
    two minutes, 0 unknown. `paced_ms`, `asked_ms`: since when this pace holds, and was asked for.
    """
    rung = scene - FIRST_PACE_SCENE
    pace = PACES[rung]
    if paced_ms >= RUNG_MS:
        if breaths_dpm > pace * 10 + LEFT_DPM and rung > 0:
            return _of(rung - 1, TOO_SLOW, breaths_dpm, pace)
        if breaths_dpm <= pace * 10 + FOLLOWED_DPM and rung < _LAST:
            return _of(rung + 1, FOLLOWED if breaths_dpm else UNHEARD, breaths_dpm, pace)
    return _of(rung, HELD, breaths_dpm, pace) if asked_ms >= AGAIN_MS else None


def _of(rung, why, breaths_dpm, before):
    scene = FIRST_PACE_SCENE + rung
    return scene, (why, scene, breaths_dpm, before)
