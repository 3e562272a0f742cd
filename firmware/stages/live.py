"""The live score: asleep or awake, about five minutes after the fact.

A pure step: epochs in, scores out. The rule is one threshold on one feature: an
epoch is awake if its activity is 6 counts or more. On the 21 people of sleep-accel
that finds 90 % of epochs right but only 4 in 10 of the waking ones; `p_wake` says so.
Without knowledge it says unknown, and an empty bed is not sleep: where the pulse
sensor is missing, somebody is there only if something has moved of late.
"""

from array import array

from micropython import const

from firmware import records
from firmware.stages.features import REACH, UNHEARD, activity_q4

RULES = const(2)  # changes whenever a score could come out otherwise
LATE_EPOCHS = const(10)  # an epoch is scored when the one that ends 5 min later is known

_WAKE_Q4 = const(6 << 4)  # the best kappa (.36) of all thresholds on those people

# An hour without a count. 16 of those 21 people never lie so still; the others (up to 82 min)
# lose some minutes to "unknown", which is better than calling an empty bed asleep.
_ALONE_EPOCHS = const(120)
_ALONE = const(1 << 15)  # a flag of this file's own, beside those of the epoch
_UNHEARD_FLAGS = records.NO_MOTION_SENSOR | records.NO_PULSE_SENSOR
_NOBODY_SEEN = records.NO_PULSE_SENSOR | records.OFF_BODY

# (activity up to, Q4; share of those people's epochs that were awake, in 1/255)
_P_WAKE = ((4, 8), (16, 30), (48, 37), (96, 48), (160, 66), (320, 104), (1 << 30, 190))


class LiveScore:
    """Scores a night epoch by epoch. `step` and `finish` give lists of `records.Score`."""

    def __init__(self):
        self._counts = array("i", [UNHEARD] * (2 * REACH + 2))
        self._flags = array("H", [0] * (2 * REACH + 2))
        self._alone = _ALONE_EPOCHS  # epochs since a finger was seen or something moved
        self._next = 0  # the index of the epoch that comes next
        self._scored = 0  # and of the one that is scored next

    def step(self, epoch) -> list:
        """Take the next epoch; holes in the index are epochs that nobody heard."""
        scores: list = []
        while self._next < epoch.index:
            self._push(UNHEARD, _UNHEARD_FLAGS, scores)
        unheard = epoch.flags & records.NO_MOTION_SENSOR
        self._push(UNHEARD if unheard else epoch.counts, epoch.flags, scores)
        return scores

    def finish(self) -> list:
        """Score what is left at the end of a night, with what is known by then."""
        scores = []
        while self._scored < self._next:
            scores.append(self._score())
        return scores

    def _push(self, counts, flags, scores):
        last = len(self._counts) - 1
        is_there = counts > 0 or not flags & _NOBODY_SEEN
        self._alone = 0 if is_there else self._alone + 1
        if self._alone >= _ALONE_EPOCHS and flags & records.NO_PULSE_SENSOR:
            flags |= _ALONE
        for i in range(last):
            self._counts[i] = self._counts[i + 1]
            self._flags[i] = self._flags[i + 1]
        self._counts[last] = counts
        self._flags[last] = flags
        self._next += 1
        if self._next - self._scored > LATE_EPOCHS:
            scores.append(self._score())

    def _score(self):
        at = len(self._counts) - (self._next - self._scored)
        activity = activity_q4(self._counts, at)
        stage, p_wake = self._judge(activity, self._flags[at])
        self._scored += 1
        return records.SCORE.tuple(self._scored - 1, stage, p_wake, 0, 0, 0)

    def _judge(self, activity_q4, flags):
        if flags & records.OFF_BODY:
            return records.NOT_WORN, 0
        if activity_q4 == UNHEARD or flags & _ALONE:
            return records.UNKNOWN, 0
        p_wake = next(p for limit, p in _P_WAKE if activity_q4 < limit)
        return (records.WAKE if activity_q4 >= _WAKE_Q4 else records.ASLEEP), p_wake
