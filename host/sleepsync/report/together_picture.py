"""The picture of the room and the night: its panels, laid out in one or two columns.

`together_panels.py` fills them.
"""

from typing import Any

from matplotlib import rc_context
from matplotlib.figure import Figure

from sleepsync.night import Night
from sleepsync.report import picture, together, together_panels
from sleepsync.report.palette import Palette
from sleepsync.report.together_panels import NARROW_PT, WORDS_PT, Block

_HEAD_PT, _GAP_PT, _KEY_PT, _LEAST_FOOT_PT = 24, 30, 16, 12
_COLUMNS_APART_PT = 56


def draw(
    night: Night, palette: Palette, width_pt: float, margin_pt: float = 0, head_pt: float = 0
) -> Figure | None:
    """The picture, as wide as asked for and as high as it needs; None if nobody slept.

    Free of it are a margin at both sides and below, and `head_pt` above.
    """
    if not together.sleep_span(night)[1]:
        return None
    with rc_context(picture.STYLE):
        rows = _rows(night, palette, width_pt, margin_pt)
        return _draw(rows, palette, width_pt, head_pt, margin_pt)


def _draw(
    rows: list[list[Block]], palette: Palette, width_pt: float, head_pt: float, foot_pt: float
) -> Figure:
    heights = [max(_head_pt(block) + block.height_pt for block in row) + _GAP_PT for row in rows]
    height_pt = head_pt + sum(heights) - _GAP_PT + max(foot_pt, _LEAST_FOOT_PT)
    figure = Figure((width_pt / picture.POINTS_PER_INCH, height_pt / picture.POINTS_PER_INCH))
    figure.set_facecolor(palette.paper)
    top_pt = head_pt
    for row, row_pt in zip(rows, heights, strict=True):
        for block in row:
            _place(figure, block, top_pt, height_pt, width_pt, palette)
        top_pt += row_pt
    return figure


def _place(
    figure: Figure,
    block: Block,
    top_pt: float,
    height_pt: float,
    width_pt: float,
    palette: Palette,
) -> None:
    head_pt = _head_pt(block)
    body_pt = block.height_pt - block.foot_pt
    box = (
        block.left_pt / width_pt,
        1 - (top_pt + head_pt + body_pt) / height_pt,
        (block.right_pt - block.left_pt) / width_pt,
        body_pt / height_pt,
    )
    axes = figure.add_axes(box)
    axes.set_facecolor("none")
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0, pad=6, labelcolor=palette.quiet, labelsize=WORDS_PT + 0.5)
    block.paint(axes)
    style: Any = {"color": palette.ink, "weight": "bold"}
    picture.write(figure, block.edge_pt, top_pt + 10, block.title, **style)
    if block.key:
        key_pt = top_pt + 10 + _KEY_PT
        picture.write(figure, block.edge_pt, key_pt, block.key, color=palette.quiet, size=WORDS_PT)


def _head_pt(block: Block) -> float:
    return _HEAD_PT + _KEY_PT * bool(block.key)


def _rows(night: Night, palette: Palette, width_pt: float, margin: float) -> list[list[Block]]:
    is_narrow = width_pt < NARROW_PT
    left, right = margin, width_pt - margin
    middle = (left + right) / 2
    columns = [(left, right)] * 2 if is_narrow else [
        (left, middle - _COLUMNS_APART_PT / 2), (middle + _COLUMNS_APART_PT / 2, right)
    ]  # fmt: skip
    small = [
        *together_panels.by_chance(night, palette, *columns[0]),
        *together_panels.by_hour(night, palette, *columns[1]),
    ]
    rows = [[block] for block in together_panels.before(night, palette, left, right)]
    rows += [[block] for block in small] if is_narrow else [small] if small else []
    return [*rows, [together_panels.the_room(night, palette, left, right)]]
