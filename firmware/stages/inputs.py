"""What the network is given of an epoch: six whole numbers, made of its features.

Activity by two logarithms, of which one tells much from little and the other little from
nothing; the heart rate's deviation beside the sleeper's own, by its ratio and that ratio's
logarithm; how late it is, and how early. What is unknown stays as it was.
"""

from array import array

from micropython import const

from firmware.stages.features import UNHEARD
from firmware.stages.powers import exp2_q14, log2_q8

COUNT = const(6)
MOST_RATIO_Q10 = const(4095)

_LITTLE_Q8 = const(13)  # of activity, a twentieth of a count: less is as good as nothing
_TENTH_Q10 = const(102)  # of the ratio: below it lies more noise than sleep
_LATEST = const(1440)  # the night's 12th hour: no later time is told from it
_HALF_EARLY = const(60)  # after half an hour it is half as early
_BINS_IN_OCTAVE = const(16)


class OwnDeviation:
    """The sleeper's own deviation: the third quartile of all so far, by a histogram.

    It has the deviation's unit, so that their ratio has none.
    """

    def __init__(self):
        self._bins = array("H", bytes(2 * 16 * _BINS_IN_OCTAVE))
        self._total = 0
        self._value = 1

    def add(self, deviation: int) -> None:
        """Take in one more, 0 to 65535."""
        self._bins[log2_q8(max(1, deviation)) * _BINS_IN_OCTAVE >> 8] += 1
        self._total += 1
        self._value = 0

    def value(self) -> int:
        """Of all so far, 1 or more."""
        if not self._value:
            self._value = self._third_quartile()
        return self._value

    def _third_quartile(self):
        left = (self._total - 1) * 3 // 4
        for i, count in enumerate(self._bins):
            left -= count
            if left < 0:
                middle_q8 = ((i << 8) + 128) // _BINS_IN_OCTAVE
                return max(1, exp2_q14(middle_q8) >> 14)


class Inputs:
    """The inputs of a night, epoch by epoch. Features are those of features.py."""

    def __init__(self):
        self._own = OwnDeviation()
        self.at = 0
        self._activity_q8 = self._ratio_q10 = 0

    def learn(self, deviation: int) -> None:
        """Let a deviation, UNHEARD or not, count for what is the sleeper's own."""
        if deviation != UNHEARD:
            self._own.add(deviation)

    def step(self, activity_q8: int, deviation: int, row) -> None:
        """Put the next epoch's inputs into `row`: Q8, Q8, Q8, Q10, epochs and Q10."""
        if activity_q8 != UNHEARD:
            self._activity_q8 = activity_q8
        if deviation != UNHEARD:
            self._ratio_q10 = min((deviation << 10) // self._own.value(), MOST_RATIO_Q10)
        row[0] = log2_q8(256 + self._activity_q8)
        row[1] = log2_q8(_LITTLE_Q8 + self._activity_q8)
        row[2] = log2_q8(_TENTH_Q10 + self._ratio_q10)
        row[3] = self._ratio_q10
        row[4] = min(self.at, _LATEST)
        row[5] = (_HALF_EARLY << 10) // (_HALF_EARLY + self.at)
        self.at += 1


class LiveInputs:
    """Inputs of a night that is still going on: each time the means of an epoch and the last."""

    def __init__(self):
        self._night = Inputs()
        self._last, self._row, self._mean = new_row(), new_row(), new_row()

    def step(self, activity_q8: int, deviation: int) -> array:
        """Take the next epoch's features; the row, the same array each time."""
        last, row = self._row, self._last
        self._night.learn(deviation)
        is_first = self._night.at == 0
        self._night.step(activity_q8, deviation, row)
        mean(row, row if is_first else last, self._mean)
        self._last, self._row = last, row
        return self._mean


def by_minutes(activities_q8, deviations):  # noqa: ANN201 (MicroPython has no typing)
    """A row for every two epochs, or a last one alone: their means; the same row each time.

    It knows the whole night.
    """
    night, row, second = Inputs(), new_row(), new_row()
    for deviation in deviations:
        night.learn(deviation)
    for i in range(0, len(activities_q8), 2):
        night.step(activities_q8[i], deviations[i], row)
        if i + 1 < len(activities_q8):
            night.step(activities_q8[i + 1], deviations[i + 1], second)
            mean(row, second, row)
        yield row


def mean(a, b, found) -> None:
    """Put the means of two rows, rounded down, into a third or either of them."""
    for i in range(COUNT):
        found[i] = (a[i] + b[i]) >> 1


def new_row() -> array:
    """Inputs, all 0."""
    return array("i", bytes(4 * COUNT))
