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
from sleepsync.report.staircase import BESIDE_PT, Place, rows

MOST_ROWS = 6
MOST_WORDS = 20  # what finds no room in so much keeps its mark

_CHARACTER_EM = 0.58  # DejaVu Sans, lower case, with room to spare
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


def place(
    told: list[Incident], width_pt: float, pt_per_ms: float, text_pt: float
) -> dict[Incident, Caption]:
    """The words of those events that are told, on an axis `width_pt` wide, at a size of text.

    `told`: in the order in which they began. Words stand right of their event where they
    can, else left. Like events that would crowd are one: `pulse sensor gap ×3`.
    """
    character_pt = text_pt * _CHARACTER_EM
    firsts: list[Incident] = []
    places: list[Place] = []
    for group in sorted(_groups(told, character_pt / pt_per_ms), key=lambda each: each.priority):
        at_pt = group.members[0].begin_ms * pt_per_ms
        for option in _options(group, at_pt, width_pt, character_pt):
            more = [*places, option]
            if len(places) < MOST_WORDS and rows(more, MOST_ROWS):
                places, firsts = more, [*firsts, group.members[0]]
                break
    return {
        first: Caption(each.text, row, each.is_left)
        for first, each, row in zip(firsts, places, rows(places, MOST_ROWS), strict=True)
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


def _options(group: _Group, at_pt: float, width_pt: float, character_pt: float) -> Iterator[Place]:
    """Where the group may be told on the axis, the best first."""
    for text in group.texts:
        length_pt = BESIDE_PT + len(text) * character_pt
        if at_pt + length_pt <= width_pt:
            yield Place(text, at_pt, at_pt + BESIDE_PT, at_pt + length_pt)
        if at_pt - length_pt >= -_MARGIN_PT:
            yield Place(text, at_pt, at_pt - length_pt, at_pt - BESIDE_PT)
