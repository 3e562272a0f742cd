"""Words below marks on an axis: in which row each stands, so that none hides another.

A line leads from each mark down to its words. It must never lay words on words, nor on the line
that leads down to another's.
"""

from dataclasses import dataclass

BESIDE_PT = 5  # from a mark's line to its words
_PAD_PT = 12  # between the words of two marks
_BEYOND_PT = _PAD_PT - BESIDE_PT  # from words to the line of the next
_LINE_PT = 2  # between words and a line beside their own


@dataclass(frozen=True)
class Place:
    """Where words would stand: from `begin_pt` to `end_pt` of the axis, their line at `at_pt`."""

    text: str
    at_pt: float
    begin_pt: float
    end_pt: float

    @property
    def is_left(self) -> bool:
        """Whether the words stand left of their line."""
        return self.begin_pt < self.at_pt

    @property
    def order(self) -> tuple[bool, int]:
        """From above, where any order would do: like a staircase, down to both ends.

        To the point: what is drawn as one line keeps the order in which it was told.
        """
        return self.is_left, round(self.at_pt if self.is_left else -self.at_pt)

    def covers(self, other: "Place") -> bool:
        """Whether these words would hide the other's line, or crowd it, if they stood higher."""
        low_pt = self.begin_pt - (_BEYOND_PT if self.is_left else _LINE_PT)
        high_pt = self.end_pt + (_LINE_PT if self.is_left else _BEYOND_PT)
        return low_pt < other.at_pt < high_pt

    def meets(self, other: "Place") -> bool:
        """Whether the words of both would meet, if they stood in one row."""
        return max(self.begin_pt, other.begin_pt) < min(self.end_pt, other.end_pt) + _PAD_PT


def rows(places: list[Place], most: int) -> list[int]:
    """A row for each of these, 0 the highest; none if they cannot all be told in `most` rows.

    Whose words would hide another's line stands below it.
    """
    order = sorted(range(len(places)), key=lambda i: places[i].order)
    found = _rows([places[i] for i in order], most)
    by_place = dict(zip(order, found, strict=False))
    return [by_place[i] for i in range(len(places))] if found else []


def _rows(places: list[Place], most: int) -> list[int]:
    """The same for places in their `order`."""
    above = [[j for j in range(len(places)) if _is_above(places, j, i)] for i in range(len(places))]
    found = [0] * len(places)
    for _ in range(most):
        lower = [max((found[j] + 1 for j in each), default=0) for each in above]
        if lower == found:
            return found
        found = lower
    return []


def _is_above(places: list[Place], high: int, low: int) -> bool:
    """Whether one has to stand above another; the first, where either might."""
    if places[low].covers(places[high]):
        return high != low
    if places[high].covers(places[low]) or not places[low].meets(places[high]):
        return False
    return high < low
