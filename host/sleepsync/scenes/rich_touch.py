"""The rich kinds of touch: what is felt tick by tick, and that the lane need not rest for it.

A tap must be worth it: an actuator has a threshold below which nothing is felt (an LRA at some
tenth of full drive), and the lane counts each felt tick alike, however faint. So a breath is no
hum that swells, for which there is no budget, but a row of taps, the stronger the fuller the
breath, close together on its way in and sparse on its way out.
"""

from .kinds import Kind, number

_TICKS_PER_S, _TICKS_PER_MIN = 25, 1500
_FULL = 127
# The lane's budget (firmware/governor/touch.py): what a felt tick costs, what each earns, its most.
_COST, _EARNED, _MOST = 9, 2, 527
_PAIR_TICKS = 6  # felt ones, of a pair of firmware/bedside/ladder.py
_IN_EVERY, _OUT_EVERY = 3, 6  # ticks from tap to tap
_LEAST_SHARE = 0.12  # of a breath: below it nothing is felt

# Named effects: levels of 127, a tick of 40 ms each.
EFFECTS = {
    "click": (127,),
    "double click": (127, 0, 0, 0, 127),
    "soft bump": (40, 80, 60, 30),
    "hum up": (20, 30, 40, 50, 60, 70, 80, 90, 100, 110),
    "hum down": (110, 100, 90, 80, 70, 60, 50, 40, 30, 20),
    "tick-tock": (100, *[0] * 12, 60),
}


def _effect(entry, around):
    """One of the named effects, once or again and again."""
    levels = bytes(
        round(level * entry.get("strength", 1) * around.most.touch / _FULL)
        for level in EFFECTS[entry["effect"]]
    )
    every_s = entry.get("every_s")
    beat = round(every_s * _TICKS_PER_S) if every_s else around.length_s * _TICKS_PER_S
    if beat < len(levels):
        raise ValueError(
            f"{entry['effect']} lasts {len(levels) / _TICKS_PER_S} s: let every_s be longer"
        )
    return _played(levels, beat, entry)


def _wave(entry, around):
    """A breath of taps."""
    beat = round(_TICKS_PER_MIN / entry["breaths_per_min"])
    most = round(entry["strength"] * around.most.touch)
    least = round(entry.get("least", 0.2) * most)
    turn = beat * 2 // 5
    inwards = [_tap(at / turn, at % _IN_EVERY, least, most) for at in range(turn)]
    outwards = [
        _tap(1 - at / (beat - turn), at % _OUT_EVERY, least, most) for at in range(beat - turn)
    ]
    return _played(bytes(inwards + outwards).rstrip(b"\0"), beat, entry)


def _tap(share, at, least, most):
    """The level of a tick at that share of a breath, eased; 0 between taps and near its end."""
    full = share * share * (3 - 2 * share)
    return round(least + (most - least) * full) if not at and full > _LEAST_SHARE else 0


def _ladder(entry, around):
    """Pairs of pulses, stronger and closer with each rung."""
    levels = [round(share * around.most.touch) for share in entry.get("strengths", [0.3, 1])]
    gaps = [round(time_s * _TICKS_PER_S) for time_s in entry.get("every_s", [12, 2])]
    rungs = entry.get("rungs", 8)
    each = round(entry["over_min"] * _TICKS_PER_MIN / rungs)
    if min(gaps) * _EARNED < _PAIR_TICKS * _COST:
        raise ValueError(
            f"every_s: a pair every {min(gaps) / _TICKS_PER_S:g} s is more than the actuator may "
            f"be driven: {_PAIR_TICKS * _COST / _EARNED / _TICKS_PER_S:.2f} s at least"
        )
    return *levels, *gaps, rungs, each


def _heartbeat(entry, around):
    """Lub and dub, slower with every so many beats."""
    most = round(entry["strength"] * around.most.touch)
    return (
        most,
        round(entry.get("dub", 0.6) * most),
        entry.get("beats", 30),
        entry.get("floor_bpm", 50),
    )


def _played(levels, beat, entry):
    """(levels, beat, until), if the lane never has to rest for it."""
    until = round(entry.get("until_s", 0) * _TICKS_PER_S)
    _check_budget(levels, beat, until)
    return levels, beat, until


def _check_budget(levels, beat, until):
    """As the lane spends it, over ten minutes. ValueError when it would rest."""
    budget = _MOST
    for tick in range(min(until or 15_000, 15_000)):
        at = tick % beat
        felt = at < len(levels) and levels[at] > 0
        if budget < _COST:
            share = sum(level > 0 for level in levels) / beat
            raise ValueError(
                f"it is felt for {100 * share:.0f} % of the time, and after "
                f"{tick / _TICKS_PER_S:.0f} s the actuator would have to rest: 22 % at most"
            )
        budget = min(_MOST, budget - _COST * felt + _EARNED)


_STRENGTH = {"strength": number(0.05, 1)}
_UNTIL = {"until_s": number(0, 7200)}

RICH: dict[str, Kind] = {
    "effect": Kind(
        1,
        {"effect": {"enum": list(EFFECTS)}, "every_s": number(0.04, 600), **_STRENGTH, **_UNTIL},
        ("effect",),
        _effect,
    ),
    "wave": Kind(
        1,
        {"breaths_per_min": number(4, 15), "least": number(0, 1), **_STRENGTH, **_UNTIL},
        ("breaths_per_min", "strength"),
        _wave,
    ),
    "ladder": Kind(
        2,
        {
            "strengths": {"type": "array", "items": number(0.05, 1), "minItems": 2, "maxItems": 2},
            "every_s": {"type": "array", "items": number(0.5, 60), "minItems": 2, "maxItems": 2},
            "rungs": {**number(2, 60), "type": "integer"},
            "over_min": number(0.1, 60),
        },
        ("over_min",),
        _ladder,
    ),
    "heartbeat": Kind(
        3,
        {
            "dub": number(0, 1),
            "beats": {**number(1, 1000), "type": "integer"},
            "floor_bpm": {**number(30, 100), "type": "integer"},
            **_STRENGTH,
        },
        ("strength",),
        _heartbeat,
    ),
}
