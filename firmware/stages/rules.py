"""When the network is believed, and what is said where it is not.

Without knowledge an epoch is unknown, and an empty bed is not sleep: where the pulse sensor
is missing, somebody is there only if something has moved of late. With motion alone one
threshold tells wake from sleep: on the 21 people of sleep-accel it finds 90 % of epochs
right but only 4 in 10 of the waking ones; `p_wake` says so.
"""

from micropython import const

from firmware import records
from firmware.stages.features import UNHEARD

UNHEARD_FLAGS = records.NO_MOTION_SENSOR | records.NO_PULSE_SENSOR

_WAKE_Q8 = const(6 << 8)  # the best kappa (.36) of all thresholds on those people

# An hour without a count. 16 of those 21 people never lie so still; the others (up to 82 min)
# lose some minutes to "unknown", which is better than calling an empty bed asleep.
_ALONE_EPOCHS = const(120)
_NOBODY_SEEN = records.NO_PULSE_SENSOR | records.OFF_BODY

# (activity up to, Q8; share of those people's epochs that were awake, in 1/255)
_P_WAKE = (
    (64, 8),
    (256, 30),
    (768, 37),
    (1536, 48),
    (2560, 66),
    (5120, 104),
    (1 << 30, 190),
)


class Company:
    """Whether somebody is there, from one epoch to the next."""

    def __init__(self):
        self._alone = _ALONE_EPOCHS  # epochs since a finger was seen or something moved

    def step(self, counts: int, flags: int) -> bool:
        """False if nobody can be told to be there. `counts`: UNHEARD where unknown."""
        is_there = counts > 0 or not flags & _NOBODY_SEEN
        self._alone = 0 if is_there else self._alone + 1
        return self._alone < _ALONE_EPOCHS or not flags & records.NO_PULSE_SENSOR


def said(staged: tuple, in_company: bool, flags: int, activity_q8: int, deviation: int) -> tuple:
    """(stage, p_wake, p_light, p_deep, p_rem) of an epoch; `staged` is what the network says."""
    if flags & records.OFF_BODY:
        return records.NOT_WORN, 0, 0, 0, 0
    if activity_q8 == UNHEARD or not in_company:
        return records.UNKNOWN, 0, 0, 0, 0
    if deviation == UNHEARD:
        return _by_motion(activity_q8)
    return staged


def _by_motion(activity_q8):
    p_wake = next(p for limit, p in _P_WAKE if activity_q8 < limit)
    return (records.WAKE if activity_q8 >= _WAKE_Q8 else records.ASLEEP), p_wake, 0, 0, 0
