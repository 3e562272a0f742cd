"""People made of numbers whose stages tell on their features, and networks small enough to learn
from them in seconds.
"""

import numpy as np
from sleepsync.paths import records
from sleepsync.people import Night, Person
from sleepsync.train.shape import Recipe, Shape

STAGES = (records.WAKE, records.LIGHT, records.DEEP, records.REM)
_SHARES = (0.2, 0.4, 0.2, 0.2)
_ACTIVITY = {records.WAKE: 40, records.LIGHT: 2, records.DEEP: 1, records.REM: 2}
_DEVIATION = {records.WAKE: 0.9, records.LIGHT: 0.5, records.DEEP: 0.2, records.REM: 0.8}
_LASTS = 8  # epochs

_COMMON = {"channels": 4, "few": 2, "taps": 3, "recipe": Recipe(steps=400)}
_USED = ("log_activity", "log_ratio", "time", "early")
LIVE = Shape("live", 2, dilations=(1,), epochs=1, is_centred=False, used=_USED, **_COMMON)
MORNING = Shape("morning", 1, dilations=(2,), epochs=2, is_centred=True, **_COMMON)
SMALL = {shape.score: shape for shape in (LIVE, MORNING)}


def person(seed, name="", epochs=160, unscored=0.05):
    """Somebody with one night of features (count_feature, hr_feature), partly unscored."""
    rng = np.random.default_rng(seed)
    stages = np.repeat(rng.choice(STAGES, -(-epochs // _LASTS), p=_SHARES), _LASTS)[:epochs]
    activity = np.array([_ACTIVITY[stage] for stage in stages]) * rng.exponential(1, epochs)
    deviation = np.array([_DEVIATION[stage] for stage in stages]) * rng.uniform(0.7, 1.3, epochs)
    stages[rng.random(epochs) < unscored] = records.UNKNOWN
    name = name or f"p{seed}"
    night = Night(name, stages.astype(np.int8), activity=activity, deviation=deviation)
    return Person("made", name, (night,))


def with_stages(somebody, stages):
    """The same person, whose one night was scored otherwise."""
    (night,) = somebody.nights
    scored = Night(night.name, stages, activity=night.activity, deviation=night.deviation)
    return Person(somebody.set, somebody.name, (scored,))
