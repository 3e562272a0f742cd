"""The live score, about five minutes after the fact.

A pure step: epochs in, scores out. The features of an epoch need the five minutes after it;
of the night the score knows no more than that.
"""

from array import array

from micropython import const

from firmware import records
from firmware.stages import model, rules
from firmware.stages.features import UNHEARD, activity_q8, heart_restlessness
from firmware.stages.stager import LiveStager

RULES = const(3)  # changes whenever a score could come out otherwise, live or in the morning
LATE_EPOCHS = const(10)  # an epoch is scored when the one that ends 5 min later is known

BEFORE = const(14)  # epochs before it that an epoch's heart rate is seen among
_SEEN = const(BEFORE + 1 + LATE_EPOCHS)
_ALONE = const(1 << 15)  # a flag of this file's own, beside those of the epoch


class LiveScore:
    """Scores a night epoch by epoch. `step` and `finish` give lists of `records.Score`."""

    def __init__(self):
        self._counts = array("i", [UNHEARD] * _SEEN)
        self._rates_dbpm = array("h", [0] * _SEEN)
        self._flags = array("H", [0] * _SEEN)
        self._company = rules.Company()
        self._stager = LiveStager(model.LIVE)
        self._next = 0  # the index of the epoch that comes next
        self._scored = 0  # and of the one that is scored next

    def step(self, epoch) -> list:
        """Take the next epoch; holes in the index are epochs that nobody heard."""
        scores: list = []
        while self._next < epoch.index:
            self._push(UNHEARD, 0, rules.UNHEARD_FLAGS, scores)
        unheard = epoch.flags & records.NO_MOTION_SENSOR
        counts = UNHEARD if unheard else epoch.counts
        self._push(counts, epoch.rate_dbpm, epoch.flags, scores)
        return scores

    def finish(self) -> list:
        """Score what is left at the end of a night, with what is known by then."""
        scores = []
        while self._scored < self._next:
            scores.append(self._score())
        return scores

    def _push(self, counts, rate_dbpm, flags, scores):
        if not self._company.step(counts, flags):
            flags |= _ALONE
        _shift(self._counts, counts)
        _shift(self._rates_dbpm, rate_dbpm)
        _shift(self._flags, flags)
        self._next += 1
        if self._next - self._scored > LATE_EPOCHS:
            scores.append(self._score())

    def _score(self):
        at = _SEEN - (self._next - self._scored)
        flags = self._flags[at]
        activity = activity_q8(self._counts, at)
        start = max(at - BEFORE, _SEEN - self._next)  # not before the night, as in training
        deviation = heart_restlessness(self._rates_dbpm[start:], at - start)
        staged = self._stager.step(activity, deviation)
        said = rules.said(staged, not flags & _ALONE, flags, activity, deviation)
        self._scored += 1
        return records.SCORE.tuple(self._scored - 1, *said)


def _shift(row, value):
    for i in range(len(row) - 1):
        row[i] = row[i + 1]
    row[len(row) - 1] = value
