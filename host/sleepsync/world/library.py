"""Generated people who are harder to measure than a healthy adult, each for one reason.

Their figures' bands stand in tests_host/world/sleepers.toml. Each is one believable night,
not a diagnosis: it must never be shown as what such people in general are like.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np

from sleepsync.world import body
from sleepsync.world.generated import ON_THE_TABLE, Person, generate
from sleepsync.world.hypnogram import Sleep, hypnogram
from sleepsync.world.noise import stream
from sleepsync.world.room import Lamp, Room, Sound
from sleepsync.world.shake import TURN_G, TURN_S
from sleepsync.world.sleeper import EPOCH_S, UNSCORED, Movement, Sleeper, Tremor, Turn

# Sleep onset or waking of more than half an hour, three nights a week, is what insomnia
# research asks for (Lichstein 2003, Behav Res Ther 41:427); movements rise with it.
_RESTLESS = Person(Sleep((30, 50), 9, 0.16, 40, 0.7), liveliness=3.0, outing_chance=0)
# Arousals keep deep sleep away; the longer wakings are few. See `body.pauses`.
_APNOEIC = Person(Sleep((4, 12), 14, 0.55, 10, 0.3), outing_chance=0, apnoeic=True)
# Fingers shut their vessels in the cold: the pulse falls from more than 1 % to some tenths
# (0.3-10 % in healthy adults: Lima 2002, Crit Care Med 30:1210). A small, quick heart.
_COLD_HANDS = Person(own_bpm=(72.0, 82.0), swing=(0.0015, 0.0022), outing_chance=0)
# Sleep with Parkinson's disease is broken, and slow to come.
_TREMBLER = Person(Sleep((20, 40), 11, 0.3, 20, 0.8), outing_chance=0)
# Melanin swallows the light on its way in and out. How much comes back in the end differs by
# the finger's build, too: a round factor of three either way.
_DARK_SKIN = Person(skin=0.3, outing_chance=0)
_PALE_SKIN = Person(skin=3.0, outing_chance=0)
_USUAL = Person(outing_chance=0)  # so that a seed's outing is not taken for the mark

# A tremor at rest has 4-6 Hz, an essential one 4-12; both stop in sleep (Deuschl 1998,
# Mov Disord 13 suppl 3:2). A lying hand's is a weak one: the counts begin at 39 mg.
_TREMOR_HZ, _TREMOR_MG = (4.0, 9.0), (15.0, 40.0)

# A mattress carries some of another's movement over: half the movements of bed partners
# come within the same half minute (Pankhurst and Horne 1994, Sleep 17:308). How much of the
# strength arrives is a round figure; it moves pod and finger as one.
_BED_SHARE, _BED_LIGHT_SHARE = 0.15, 0.05
_OTHER = 1 << 20  # added to a seed, it makes the other person's

_SNORE_DBA = (48.0, 56.0)  # one patient in eight passes 55 dBA (Wilson 1999, Chest 115:762)
_SNORED_STAGES = "234"
_SNORE_CHANCE = 0.6  # that a stretch of such sleep is snored through
_LEAST_SNORE_S = 120.0
_LAMP_LX, _LAMP_AFTER_S = 12.0, 300.0  # who lies awake for five minutes reads
_SLIPS_AT = 3  # o'clock
_SLIPS_THROUGH = 0.6  # of a night that would not last until then


def from_library(name: str, seed: int, hours: float = 8.0) -> Sleeper:
    """The night of one of `NAMES`; `seed` (0 or more) and `hours` (to 24) as in `generate`.

    ValueError names them all if there is no such person, and as `generate` does.
    """
    if name not in _PEOPLE:
        raise ValueError(f"nobody called {name!r} in the library; there are: {', '.join(NAMES)}")
    return replace(_PEOPLE[name](seed, hours), name=f"{name}, generated sleeper {seed}")


def _restless(seed: int, hours: float) -> Sleeper:
    sleeper = generate(seed, hours, _RESTLESS)
    awake = _runs(sleeper.stages, "W")
    lamps = [
        Lamp(from_s + _LAMP_AFTER_S, to_s, _LAMP_LX)
        for from_s, to_s in awake
        if to_s - from_s > _LAMP_AFTER_S
    ]
    motion = "generated: three times a healthy adult's movements and turns"
    room = "generated: a dark room, a lamp in the longer wakings"
    return replace(sleeper, room=Room(lamps=tuple(lamps)), sources=_told(sleeper, motion, room))


def _apnoeic(seed: int, hours: float) -> Sleeper:
    """Breath is held and comes back with a leap of the heart, often with a start."""
    sleeper = generate(seed, hours, _APNOEIC)
    loudest_dba = stream(seed, "snoring").uniform(*_SNORE_DBA)
    between = [
        Sound(back_s, held_s - back_s, loudest_dba, "snore")
        for (_, back_s), (held_s, _) in zip(sleeper.pauses, sleeper.pauses[1:], strict=False)
        if held_s - back_s < 60  # within a run
    ]
    motion = "generated: movements and turns, and a start at the end of many breathing pauses"
    room = "generated: a dark room, snoring between breathing pauses"
    return replace(sleeper, room=Room(sounds=tuple(between)), sources=_told(sleeper, motion, room))


def _partner(seed: int, hours: float) -> Sleeper:
    """Two in the bed; the other one moves as people do, and snores."""
    sleeper = generate(seed, hours, _USUAL)
    other = hypnogram(stream(seed + _OTHER, "stages"), len(sleeper.stages))
    moved = body.movements(seed + _OTHER, other)
    felt = through_the_bed(moved, body.turns(seed + _OTHER, other))
    room = Room(sleepers=2, sounds=_snoring(seed, other))
    motion = "generated: the sleeper's own movements, and a partner's through the bed"
    return replace(
        sleeper,
        movements=_in_order(sleeper.movements + felt),
        room=room,
        sources=_told(sleeper, motion, "generated: a dark room, a partner who snores"),
    )


def _cold_hands(seed: int, hours: float) -> Sleeper:
    sleeper = generate(seed, hours, _COLD_HANDS)
    cold = Room(evening_c=16.0, night_c=12.0)
    room = "generated: a dark, cold room"
    return replace(sleeper, room=cold, sources=_told(sleeper, sleeper.sources["motion"], room))


def _tremor(seed: int, hours: float) -> Sleeper:
    sleeper = generate(seed, hours, _TREMBLER)
    rng = stream(seed, "tremor's own")
    awake = _runs(sleeper.stages, "W")
    tremor = Tremor(rng.uniform(*_TREMOR_HZ), rng.uniform(*_TREMOR_MG), awake)
    motion = "generated: movements and turns, and a trembling hand while awake"
    sources = _told(sleeper, motion, sleeper.sources["room"])
    return replace(sleeper, tremor=tremor, sources=sources)


def _slips_off(seed: int, hours: float) -> Sleeper:
    """At three in the morning the pod comes off, and lies in the bed until the end.

    A night that would not last until a quarter past three begins later.
    """
    sleeper = generate(seed, hours, _USUAL)
    start, off_s = _three_o_clock(sleeper.start, sleeper.duration_s)
    loose = through_the_bed(sleeper.movements, sleeper.turns)
    return replace(
        sleeper,
        start=start,
        movements=[m for m in sleeper.movements if m.start_s + m.length_s < off_s]
        + [m for m in loose if m.start_s > off_s],
        turns=[turn for turn in sleeper.turns if turn.at_s < off_s] + [Turn(off_s, ON_THE_TABLE)],
        off_body=[(off_s, sleeper.duration_s + EPOCH_S)],
    )


def _nobody(seed: int, hours: float) -> Sleeper:
    """An empty bed; the pod lies flat beside it the whole night, and nothing moves it."""
    sleeper = generate(seed, hours, _USUAL)
    epochs = len(sleeper.stages)
    return replace(
        sleeper,
        beats_s=np.zeros(0),
        stages=[UNSCORED] * epochs,
        breaths_per_min=np.zeros(epochs),
        movements=[],
        turns=[Turn(0.0, ON_THE_TABLE)],
        off_body=[(-float(EPOCH_S), sleeper.duration_s + EPOCH_S)],
        room=Room(sleepers=0),
        sources={
            "pulse": "generated: none, for nobody is there",
            "motion": "generated: none, the pod lies on the bedside table",
            "stages": "none: nobody is there",
            "room": "generated: a dark room, an empty bed",
        },
    )


def _dark_skin(seed: int, hours: float) -> Sleeper:
    return generate(seed, hours, _DARK_SKIN)


def _pale_skin(seed: int, hours: float) -> Sleeper:
    return generate(seed, hours, _PALE_SKIN)


def through_the_bed(movements: list[Movement], turns: list[Turn]) -> list[Movement]:
    """What of somebody's movements and turns reaches a pod that only the bed connects."""
    jolts = [Movement(turn.at_s, TURN_S, TURN_G) for turn in turns if turn.at_s > 0]
    return _in_order(
        [
            Movement(m.start_s, m.length_s, m.strength_g * _BED_SHARE, _BED_LIGHT_SHARE)
            for m in movements + jolts
        ]
    )


def _snoring(seed: int, stages: list[str]) -> tuple[Sound, ...]:
    rng = stream(seed, "snoring")
    loudest_dba = rng.uniform(*_SNORE_DBA)
    spans = [span for span in _runs(stages, _SNORED_STAGES) if span[1] - span[0] >= _LEAST_SNORE_S]
    snored = [span for span in spans if rng.random() < _SNORE_CHANCE]
    return tuple(Sound(from_s, to_s - from_s, loudest_dba, "snore") for from_s, to_s in snored)


def _three_o_clock(start: datetime, duration_s: float) -> tuple[datetime, float]:
    """(when the night starts, when in it three o'clock comes)."""
    three = (start + timedelta(days=1)).replace(hour=_SLIPS_AT, minute=0)
    off_s = (three - start).total_seconds()
    if off_s + 900 <= duration_s:
        return start, off_s
    off_s = float(EPOCH_S * round(duration_s * _SLIPS_THROUGH / EPOCH_S))
    return three - timedelta(seconds=off_s), off_s


def _runs(stages: list[str], kinds: str) -> list[tuple[float, float]]:
    """Spans in s of unbroken epochs in any of the stages `kinds`."""
    inside = np.array([False, *(stage in kinds for stage in stages), False])
    edges_s = np.flatnonzero(np.diff(inside)) * float(EPOCH_S)
    return [(float(a), float(b)) for a, b in edges_s.reshape(-1, 2)]


def _in_order(movements: list[Movement]) -> list[Movement]:
    return sorted(movements, key=lambda movement: movement.start_s)


def _told(sleeper: Sleeper, motion: str, room: str) -> dict[str, str]:
    return sleeper.sources | {"motion": motion, "room": room}


_PEOPLE: dict[str, Callable[[int, float], Sleeper]] = {
    "restless": _restless,
    "apnoeic": _apnoeic,
    "partner": _partner,
    "cold-hands": _cold_hands,
    "tremor": _tremor,
    "slips-off": _slips_off,
    "nobody": _nobody,
    "dark-skin": _dark_skin,
    "pale-skin": _pale_skin,
}
NAMES = tuple(_PEOPLE)
