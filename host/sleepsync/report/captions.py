"""The words of the events: which are told, and where they stand.

Words go first to the start and the stop, then to the longest outages and the first event of
each kind, then to the rest. It must never lay words on words, nor on the line that leads
down to another's.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sleepsync.paths import records
from sleepsync.report import words
from sleepsync.report.incidents import Incident

MOST_ROWS = 6
MOST_WORDS = 20  # what finds no room in so much keeps its mark
BESIDE_PT = 5  # from an event's line to its words

_CHARACTER_EM = 0.58  # DejaVu Sans, lower case, with room to spare
_PAD_PT = 12  # between the words of two events
_BEYOND_PT = _PAD_PT - BESIDE_PT  # from words to the line of the next
_LINE_PT = 2  # between words and a line beside their own
_MARGIN_PT = 40  # left of the axis, where words may begin: less than any sheet has
_LONG_MS = 600_000  # an outage that a sleeper should be told of by itself,
_MOST_ALONE = 3  # unless its part has so many that were longer


@dataclass(frozen=True)
class Caption:
    """Words below their event, in `row` (0 the highest), left of its line if `is_left`."""

    text: str
    row: int
    is_left: bool


@dataclass(frozen=True)
class _Group:
    """Like events that would crowd, told as one at the place of the first."""

    members: list[Incident]
    is_first: bool  # of its kind

    @property
    def texts(self) -> tuple[str, ...]:
        """How it may be told, the best first."""
        kind, n = words.kind(self.members[0]), len(self.members)
        return (f"{kind} ×{n}",) if n > 1 else (words.incident(self.members[0]), kind)

    @property
    def priority(self) -> tuple[int, int, int]:
        """The least is told first."""
        first = self.members[0]
        is_bound = first.record.kind == records.STOP or words.is_new_night(first)
        rank = 0 if is_bound else 1 if self.is_first or _is_long(first) else 2
        return rank, -max(one.span_ms for one in self.members), first.begin_ms


@dataclass(frozen=True)
class _Place:
    """Where words would stand: from `begin_pt` to `end_pt` of the axis, their line at `at_pt`."""

    first: Incident
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

    def covers(self, other: "_Place") -> bool:
        """Whether these words would hide the other's line, or crowd it, if they stood higher."""
        low_pt = self.begin_pt - (_BEYOND_PT if self.is_left else _LINE_PT)
        high_pt = self.end_pt + (_LINE_PT if self.is_left else _BEYOND_PT)
        return low_pt < other.at_pt < high_pt

    def meets(self, other: "_Place") -> bool:
        """Whether the words of both would meet, if they stood in one row."""
        return max(self.begin_pt, other.begin_pt) < min(self.end_pt, other.end_pt) + _PAD_PT


def place(
    told: list[Incident], width_pt: float, pt_per_ms: float, text_pt: float
) -> dict[Incident, Caption]:
    """The words of those events that are told, on an axis `width_pt` wide, at a size of text.

    `told`: in the order in which they began. Words stand right of their event where they
    can, else left. Like events that would crowd are one: `pulse sensor gap ×3`.
    """
    character_pt = text_pt * _CHARACTER_EM
    places: list[_Place] = []
    for group in sorted(_groups(told, character_pt / pt_per_ms), key=lambda each: each.priority):
        at_pt = group.members[0].begin_ms * pt_per_ms
        for option in _options(group, at_pt, width_pt, character_pt):
            more = sorted([*places, option], key=lambda each: each.order)
            if len(places) < MOST_WORDS and _rows(more):
                places = more
                break
    return {
        each.first: Caption(each.text, row, each.is_left)
        for each, row in zip(places, _rows(places), strict=True)
    }


def _groups(told: list[Incident], character_ms: float) -> list[_Group]:
    """Those of a kind that begin within their own words' length of the one before, as one."""
    alone = _alone(told)
    groups: list[list[Incident]] = []
    latest: dict[str, list[Incident]] = {}
    for one in told:
        kind = words.kind(one)
        last = latest.get(kind)
        if last and one not in alone and _apart_ms(last, one) < len(kind) * character_ms:
            last.append(one)
            continue
        groups.append([one])
        if one not in alone:
            latest[kind] = groups[-1]
    firsts = {words.kind(one): one for one in reversed(told)}.values()
    return [_Group(members, members[0] in firsts) for members in groups]


def _alone(told: list[Incident]) -> list[Incident]:
    """The outages that are told by themselves: of each part the longest, or to the end."""
    by_length = sorted(filter(_is_long, told), key=lambda one: -one.span_ms)
    parts = {one.record.part for one in by_length}
    longest = {part: [one for one in by_length if one.record.part == part] for part in parts}
    return [
        one
        for outages in longest.values()
        for n, one in enumerate(outages)
        if n < _MOST_ALONE or one.is_to_end
    ]


def _is_long(one: Incident) -> bool:
    return one.span_ms >= _LONG_MS or one.is_to_end


def _apart_ms(group: list[Incident], one: Incident) -> int:
    return one.begin_ms - group[-1].end_ms


def _options(group: _Group, at_pt: float, width_pt: float, character_pt: float) -> Iterator[_Place]:
    """Where the group may be told on the axis, the best first."""
    for text in group.texts:
        length_pt = BESIDE_PT + len(text) * character_pt
        if at_pt + length_pt <= width_pt:
            yield _Place(group.members[0], text, at_pt, at_pt + BESIDE_PT, at_pt + length_pt)
        if at_pt - length_pt >= -_MARGIN_PT:
            yield _Place(group.members[0], text, at_pt, at_pt - length_pt, at_pt - BESIDE_PT)


def _rows(places: list[_Place]) -> list[int]:
    """A row for each of these, which are in their `order`; none if they cannot all be told.

    Whose words would hide another's line stands below it.
    """
    above = [[j for j in range(len(places)) if _is_above(places, j, i)] for i in range(len(places))]
    rows = [0] * len(places)
    for _ in range(MOST_ROWS):
        lower = [max((rows[j] + 1 for j in each), default=0) for each in above]
        if lower == rows:
            return rows
        rows = lower
    return []


def _is_above(places: list[_Place], high: int, low: int) -> bool:
    """Whether one has to stand above another; the first, where either might."""
    if places[low].covers(places[high]):
        return high != low
    if places[high].covers(places[low]) or not places[low].meets(places[high]):
        return False
    return high < low
