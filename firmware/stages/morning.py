"""The morning's score: the whole night again, now that its end is known; and a night's figures.

Loaded for its moment, and not before. It is kept nowhere: from the epochs of a journal it
comes out the same on the puck, on a desktop and in a year.
"""

from array import array

from firmware import records
from firmware.stages import model, rules, stager
from firmware.stages.features import UNHEARD, activity_q8, heart_deviation

_ASLEEP = (records.ASLEEP, records.LIGHT, records.DEEP, records.REM)
_NAMES = ("unknown_s", "not_worn_s", "wake_s", "asleep_s", "light_s", "deep_s", "rem_s")


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


def summarise(stages) -> dict:
    """Figures, as AASM defines them, of a night whose epoch i was in stage `stages[i]` (bytes of
    records' stages). Unknown time is neither sleep nor wake, and is told as such.

    Times in seconds, efficiency in per cent. -1 is not known: sleep onset latency if
    nobody slept, the stages of sleep if the night tells only wake and asleep.
    """
    figures = {name: 0 for name in _NAMES}
    onset = -1
    waso = awakenings = 0
    for i, stage in enumerate(stages):
        figures[_NAMES[stage]] += records.EPOCH_S
        if stage in _ASLEEP and onset < 0:
            onset = i
        if stage == records.WAKE and onset >= 0:
            waso += records.EPOCH_S
            awakenings += stages[i - 1] != records.WAKE
    asleep = sum([figures[_NAMES[stage]] for stage in _ASLEEP])
    in_bed = len(stages) * records.EPOCH_S
    figures["time_in_bed_s"] = in_bed
    figures["sleep_onset_latency_s"] = onset * records.EPOCH_S if onset >= 0 else -1
    figures["total_sleep_time_s"] = asleep
    figures["waso_s"] = waso
    figures["awakenings"] = awakenings
    figures["efficiency_pct"] = asleep * 100 // in_bed if in_bed else 0
    if figures["asleep_s"] == asleep > 0:
        figures["light_s"] = figures["deep_s"] = figures["rem_s"] = -1
    return figures
