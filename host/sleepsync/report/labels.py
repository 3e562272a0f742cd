"""Short words beside marks on an axis of time, in a few rows, where there is room for them.

It must never lay words on words, nor on the line that leads to another's.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from matplotlib.axes import Axes

from sleepsync.report.palette import Palette
from sleepsync.report.staircase import BESIDE_PT, Place, rows

ROW_PT = 14
_TEXT_PT = 9.5
_CHARACTER_EM = 0.6  # DejaVu Sans, lower case, with room to spare
_APART_PT = 8
_MARGIN_PT = 40  # left of the axis, where words may begin
_LINE_PT = 0.7
_LATE = 0.8  # of the axis


@dataclass(frozen=True)
class Label:
    """Words in `row` (0 nearest the marks), beside the line of the mark at `at_pt`."""

    text: str
    at_pt: float
    row: int
    is_left: bool


def place(items: list[tuple[float, str]], width_pt: float, most_rows: int) -> list[Label]:
    """The words of those items (at, text) that find room, what comes first before the rest."""
    places: list[Place] = []
    for at_pt, text in items:
        for option in _options(at_pt, text, width_pt):
            if rows([*places, option], most_rows):
                places = [*places, option]
                break
    told = zip(places, rows(places, most_rows), strict=True)
    return [Label(each.text, each.at_pt, row, each.is_left) for each, row in told]


def grouped(items: list[tuple[float, str]]) -> list[tuple[float, str]]:
    """The same, in the order of time; like ones that would crowd are one: `early ×2`."""
    groups: list[tuple[float, float, str, int]] = []  # first, last, text, how many
    for at_pt, text in sorted(items):
        same = [i for i, group in enumerate(groups) if group[2] == text]
        if same and at_pt - groups[same[-1]][1] < _length_pt(text) + _APART_PT:
            first_pt, _, _, count = groups[same[-1]]
            groups[same[-1]] = (first_pt, at_pt, text, count + 1)
        else:
            groups.append((at_pt, at_pt, text, 1))
    return [(at, f"{text} ×{n}" if n > 1 else text) for at, _, text, n in groups]


def height_pt(placed: list[Label]) -> float:
    """The height of all rows."""
    return ROW_PT * max((label.row + 1 for label in placed), default=0)


def paint(
    axes: Axes, placed: list[Label], per_pt: float, from_y: float, unit: float, palette: Palette
) -> None:
    """Words and their lines from `from_y` on, away from it by `unit` a point.

    `per_pt`: of the axis of time, whose limits are set.
    """
    from_x = axes.get_xlim()[0]
    for label in placed:
        x, row_y = from_x + label.at_pt * per_pt, from_y + unit * ROW_PT * label.row
        axes.vlines(x, from_y, row_y + unit * ROW_PT, color=palette.quiet, linewidth=_LINE_PT)
        axes.annotate(
            label.text,
            (x, row_y + unit * ROW_PT / 2),
            xytext=(-BESIDE_PT if label.is_left else BESIDE_PT, 0),
            textcoords="offset points",
            ha="right" if label.is_left else "left",
            va="center",
            size=_TEXT_PT,
            color=palette.ink,
            bbox={"facecolor": palette.paper, "edgecolor": "none", "pad": 0.5},
            parse_math=False,
        )


def _options(at_pt: float, text: str, width_pt: float) -> Iterator[Place]:
    """Where words may stand: right of their line first, left near the end of the axis."""
    length_pt = _length_pt(text)
    right = Place(text, at_pt, at_pt + BESIDE_PT, at_pt + length_pt)
    left = Place(text, at_pt, at_pt - length_pt, at_pt - BESIDE_PT)
    for option in (left, right) if at_pt > width_pt * _LATE else (right, left):
        if option.begin_pt >= -_MARGIN_PT and option.end_pt <= width_pt:
            yield option


def _length_pt(text: str) -> float:
    return BESIDE_PT + len(text) * _TEXT_PT * _CHARACTER_EM
