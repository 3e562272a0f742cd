"""The morning's score: the whole night again, now that its end is known.

Loaded for its moment, and not before. It is kept nowhere: from the epochs of a journal it
comes out the same on the puck, on a desktop and in a year.
"""

from array import array

from firmware import records
from firmware.stages import model, rules, stager
from firmware.stages.features import UNHEARD, activity_q8, heart_deviation


class MorningScore:
    """Takes a night's epochs by `add`; then `scores` gives those of the whole night."""

    def __init__(self):
        self._counts = array("i")
        self._rates_dbpm = array("h")
        self._flags = array("H")

    def add(self, epoch) -> None:
        """Take the next epoch; holes in the index are epochs that nobody heard."""
        while len(self._flags) < epoch.index:
            self._append(UNHEARD, 0, rules.UNHEARD_FLAGS)
        unheard = epoch.flags & records.NO_MOTION_SENSOR
        self._append(UNHEARD if unheard else epoch.counts, epoch.rate_dbpm, epoch.flags)

    def scores(self):  # noqa: ANN201 (MicroPython has no typing)
        """Each epoch's `records.Score`, one after the other."""
        counts, flags = self._counts, self._flags
        activities = array("i", [activity_q8(counts, at) for at in range(len(counts))])
        deviations = heart_deviation(self._rates_dbpm)
        company = rules.Company()
        for i, staged in enumerate(stager.morning(model.MORNING, activities, deviations)):
            there = company.step(counts[i], flags[i])
            said = rules.said(staged, there, flags[i], activities[i], deviations[i])
            yield records.SCORE.tuple(i, *said)

    def _append(self, counts, rate_dbpm, flags):
        self._counts.append(counts)
        self._rates_dbpm.append(rate_dbpm)
        self._flags.append(flags)
