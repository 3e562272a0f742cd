"""The picture of the room and the night: before each awakening, by chance, by the hour, the room.

It draws what `together.py` and `advice.py` give. It must never draw what is not known: such
time is hatched, and such a value is no mark.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from sleepsync.night import Night
from sleepsync.paths import records
from sleepsync.report import advice, clock, picture, series, together
from sleepsync.report import together_words as words
from sleepsync.report.advice import Advice
from sleepsync.report.palette import Palette
from sleepsync.report.together import Awakening, Chance, Hour

MOST_ROWS = 14  # awakenings that are drawn; the table has all
_ROW_PT, _FOOT_PT, _HEAD_PT, _GAP_PT = 20, 26, 24, 30
_KEY_PT = 16
_LEAST_FOOT_PT = 12
_WORDS_PT = 9.5
_TOP_DB = 30  # over the median: the top of an awakening's row
_TIME_PT = 50  # of an awakening's time
_ACROSS_PT = (12, 58, 118)  # where an awakening's words stand, right of its row
_RIGHT_PT = 196  # kept for an awakening's words
_NARROW_PT = 500  # a sheet that is narrower has everything in one column
_COLUMNS_APART_PT = 56
_SMALL_PT = 96
_EPOCHS_PER_MIN = 60 // records.EPOCH_S
_SCALES = {"Noise, energy mean": (20, 70), "Loudest heard": (20, 90), "Light, median": (-2, 3),
           "Temperature, median": (10, 28)}  # fmt: skip
_IN_DECADES = "Light, median"


@dataclass(frozen=True)
class _Block:
    """One panel: `paint(axes)`, in a box from `left_pt` to `right_pt` of the sheet."""

    title: str
    key: str
    height_pt: float
    left_pt: float
    right_pt: float
    edge_pt: float
    foot_pt: float
    paint: Callable[[Axes], None]


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
    rows: list[list[_Block]], palette: Palette, width_pt: float, head_pt: float, foot_pt: float
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
    block: _Block,
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
    axes.tick_params(length=0, pad=6, labelcolor=palette.quiet, labelsize=_WORDS_PT + 0.5)
    block.paint(axes)
    style: Any = {"color": palette.ink, "weight": "bold"}
    picture.write(figure, block.edge_pt, top_pt + 10, block.title, **style)
    if block.key:
        key_pt = top_pt + 10 + _KEY_PT
        picture.write(figure, block.edge_pt, key_pt, block.key, color=palette.quiet, size=_WORDS_PT)


def _head_pt(block: _Block) -> float:
    return _HEAD_PT + _KEY_PT * bool(block.key)


def _rows(night: Night, palette: Palette, width_pt: float, margin: float) -> list[list[_Block]]:
    is_narrow = width_pt < _NARROW_PT
    left, right = margin, width_pt - margin
    middle = (left + right) / 2
    columns = [(left, right)] * 2 if is_narrow else [
        (left, middle - _COLUMNS_APART_PT / 2), (middle + _COLUMNS_APART_PT / 2, right)
    ]  # fmt: skip
    small = [*_chance(night, palette, *columns[0]), *_hours(night, palette, *columns[1])]
    rows = [[block] for block in _before(night, palette, left, right)]
    rows += [[block] for block in small] if is_narrow else [small] if small else []
    return [*rows, [_room(night, palette, left, right)]]


# Before each awakening


def _before(night: Night, palette: Palette, left: float, right: float) -> list[_Block]:
    found = together.awakenings(night)
    if not found:
        return []
    told = found[:MOST_ROWS]
    more = f": the first {len(told)} of {len(found)}" if len(found) > len(told) else ""
    return [
        _Block(
            f"Before each awakening{more}",
            f"noise over the usual, dark from {together.LOUD_DB} dB on; dot: a light",
            _ROW_PT * len(told) + _FOOT_PT,
            left + _TIME_PT,
            right - (_RIGHT_PT if right - left > _NARROW_PT else 60),
            left,
            _FOOT_PT,
            lambda axes: _paint_before(axes, night, told, palette, right - left > _NARROW_PT),
        )
    ]


def _paint_before(
    axes: Axes, night: Night, told: list[Awakening], palette: Palette, is_wide: bool
) -> None:
    """A row for each awakening: levels as columns, the two minutes before it on a ground."""
    before, after = together.SHOWN_BEFORE, together.SHOWN_AFTER
    axes.set_xlim(-before, after)
    axes.set_ylim(len(told), 0)
    axes.axvspan(-together.BEFORE, 0, facecolor=palette.deaf, edgecolor="none", zorder=0)
    for row, one in enumerate(told):
        _paint_row(axes, row, one, palette)
        axes.axhline(row + 1, color=palette.hair, linewidth=0.8, zorder=1)
        tell = [words.rise(one)] + ([words.jump(one), words.warmth(one)] if is_wide else [])
        _write_row(axes, row, tell, one, palette)
    axes.axvline(0, color=palette.wake, linewidth=1.4, zorder=4)
    moments = [clock.moment(night, one.index * records.EPOCH_S * 1000) for one in told]
    axes.set_yticks(np.arange(len(told)) + 0.6, moments)
    axes.tick_params(axis="y", pad=_TIME_PT)
    for label in axes.get_yticklabels():
        label.set_horizontalalignment("left")
    for text, x_pt in list(zip(("noise", "light", "room"), _ACROSS_PT, strict=True))[: len(tell)]:
        axes.annotate(
            text, (1, 1), xycoords="axes fraction", xytext=(x_pt, 5), textcoords="offset points",
            size=_WORDS_PT, color=palette.quiet, annotation_clip=False,
        )  # fmt: skip
    ticks = {-before: "10 min", -before / 2: "5 min", -together.BEFORE: "2 min", 0: "awake"}
    axes.set_xticks(list(ticks), list(ticks.values()))


def _paint_row(axes: Axes, row: int, one: Awakening, palette: Palette) -> None:
    edges = np.arange(len(one.shown_db) + 1) - together.SHOWN_BEFORE
    heights = np.clip(one.shown_db / _TOP_DB, 0, 0.92)
    for is_loud, colour in ((False, palette.peak), (True, palette.noise)):
        shown = (one.shown_db >= together.LOUD_DB) == is_loud
        tops = row + 1 - np.where(shown & np.isfinite(heights), heights, 0)
        axes.stairs(tops, edges, baseline=row + 1, fill=True, color=colour, linewidth=0, zorder=2)
    unknown = np.isnan(one.shown_db[: together.SHOWN_BEFORE])
    for first, after, is_unknown in series.runs(unknown):
        if is_unknown:
            box = (row + 0.35, 0.65)
            style: Any = {"facecolor": "none", "edgecolor": palette.hatch, "linewidth": 0}
            span = [(first - together.SHOWN_BEFORE, after - first)]
            axes.broken_barh(span, box, hatch="////", zorder=1, **style)
    if one.is_after_light:
        axes.plot([-together.BEFORE / 2], [row + 0.3], "o", color=palette.lamp, ms=5, zorder=5)


def _write_row(axes: Axes, row: int, tell: list[str], one: Awakening, palette: Palette) -> None:
    for i, text in enumerate(tell):
        is_said = (one.is_after_noise, one.is_after_light, False)[i]
        axes.annotate(
            text,
            (1, row + 0.6),
            xycoords=("axes fraction", "data"),
            xytext=(_ACROSS_PT[i], 0),
            textcoords="offset points",
            va="center",
            size=_WORDS_PT,
            color=palette.ink if is_said else palette.quiet,
            annotation_clip=False,
            parse_math=False,
        )


# By chance


def _chance(night: Night, palette: Palette, left: float, right: float) -> list[_Block]:
    told = together.chance(night)
    if told.known < words.FEW:
        return []
    return [
        _Block(
            "Awakenings with a noise before them",
            "pale: how often by chance; line: this night",
            _SMALL_PT + _FOOT_PT,
            left,
            right,
            left,
            _FOOT_PT,
            lambda axes: _paint_chance(axes, told, palette),
        )
    ]


def _paint_chance(axes: Axes, told: Chance, palette: Palette) -> None:
    edges = np.arange(told.known + 2) - 0.5
    counts, _ = np.histogram(told.counts, edges)
    share = counts / max(1, counts.max())
    axes.bar(np.arange(told.known + 1), share, 0.82, color=palette.peak, linewidth=0, zorder=2)
    axes.axvline(told.after_noise, 0, 0.98, color=palette.ink, linewidth=1.8, zorder=4)
    axes.set_xlim(-0.7, told.known + 0.7)
    axes.set_ylim(0, 1.15)
    axes.axhline(0, color=palette.hatch, linewidth=1)
    axes.set_yticks([])
    axes.xaxis.set_major_locator(MaxNLocator(8, integer=True))


# By the hour


def _hours(night: Night, palette: Palette, left: float, right: float) -> list[_Block]:
    hours = [hour for hour in together.by_hour(night) if np.isfinite(hour.restless)]
    if not hours:
        return []
    return [
        _Block(
            "By the hour",
            "columns: half minutes with motion, %; line: room, °C",
            _SMALL_PT + _FOOT_PT,
            left,
            right,
            left,
            _FOOT_PT,
            lambda axes: _paint_hours(axes, night, hours, palette),
        )
    ]


def _paint_hours(axes: Axes, night: Night, hours: list[Hour], palette: Palette) -> None:
    """Restlessness as columns below, the temperature as a line above, each with its figures."""
    middles = np.array([(hour.begin_h + hour.end_h) / 2 for hour in hours])
    restless = np.array([hour.restless * 100 for hour in hours])
    widths = np.array([hour.end_h - hour.begin_h for hour in hours]) * 0.82
    tall = max(10.0, restless.max())
    axes.bar(middles, restless / tall * 0.42, widths, color=palette.motion, linewidth=0, zorder=2)
    axes.axhline(0, color=palette.hatch, linewidth=1)
    for x, value in zip(middles, restless, strict=True):
        _figure(axes, x, value / tall * 0.42, f"{value:.0f}", palette.quiet)
    warm = np.array([hour.temperature_c for hour in hours])
    if np.isfinite(warm).any():
        low, high = np.nanmin(warm), np.nanmax(warm)
        heights = 0.68 + (warm - (low + high) / 2) / max(2, high - low) * 0.2
        axes.plot(middles, heights, "o-", color=palette.climate, ms=4, linewidth=1.3, zorder=3)
        for x, y, value in zip(middles, heights, warm, strict=True):
            if np.isfinite(value):
                _figure(axes, x, y + 0.03, f"{value:.1f}", palette.quiet)
    axes.set_ylim(0, 1)
    axes.set_xlim(hours[0].begin_h, hours[-1].end_h)
    axes.set_yticks([])
    begins = [hour.begin_h for hour in hours]
    names = [clock.moment(night, round(begin * 3_600_000)) for begin in begins]
    step = 1 if len(hours) <= 5 else 2
    first = 1 if len(hours) > 2 else 0  # the first begins at sleep onset, not at the hour
    axes.set_xticks(begins[first::step], names[first::step])


def _figure(axes: Axes, x: float, y: float, text: str, colour: str, above_pt: float = 2) -> None:
    axes.annotate(
        text, (x, y), xytext=(0, above_pt), textcoords="offset points", ha="center", va="bottom",
        size=_WORDS_PT - 1, color=colour,
    )  # fmt: skip


# The room beside what is advised


def _room(night: Night, palette: Palette, left: float, right: float) -> _Block:
    told = advice.of_night(night)
    is_wide = right - left > _NARROW_PT
    return _Block(
        "The room beside what is advised",
        "band: advised; ring: at bedtime, dot: asleep",
        len(told) * _ROW_PT * (1.4 if is_wide else 2.2),
        left + (150 if is_wide else 0),
        right - (_RIGHT_PT if is_wide else 0),
        left,
        0,
        lambda axes: _paint_room(axes, told, palette, left, is_wide),
    )


def _paint_room(
    axes: Axes, told: list[Advice], palette: Palette, left: float, is_wide: bool
) -> None:
    """A scale for each thing of the room: the band that is advised, and what was measured."""
    axes.set_xlim(0, 1)
    axes.set_ylim(len(told), 0)
    axes.set_xticks([])
    axes.set_yticks([])
    for row, one in enumerate(told):
        y = row + (0.5 if is_wide else 0.72)
        low, high = (np.clip(_along(one, value), 0, 1) for value in (one.low, one.high))
        axes.hlines(y, 0, 1, color=palette.hair, linewidth=1.2, zorder=1)
        axes.hlines(y, low, high, color=palette.hatch, linewidth=7, zorder=2, capstyle="butt")
        for limit, at in ((one.low, low), (one.high, high)):
            if 0 < at < 1:
                _figure(axes, at, y, f"{limit:g}", palette.quiet, 4)
        marks = ((one.bedtime, palette.paper, 6.5), (one.asleep, palette.ink, 4.5))
        for value, fill, size in marks:
            if np.isfinite(value):
                x = np.clip(_along(one, value), 0, 1)
                style: Any = {"markerfacecolor": fill, "markeredgecolor": palette.ink}
                axes.plot([x], [y], "o", ms=size, zorder=3, **style)
        _name_room(axes, row, one, palette, is_wide)


def _name_room(axes: Axes, row: int, one: Advice, palette: Palette, is_wide: bool) -> None:
    said = f"{one.asleep_words} asleep"
    style: Any = {"size": _WORDS_PT + 0.5, "va": "center", "parse_math": False}
    if not is_wide:
        axes.text(0, row + 0.3, one.name, color=palette.ink, **style)
        axes.text(1, row + 0.3, said, color=palette.quiet, ha="right", **style)
        return
    for text, x, offset, colour in ((one.name, 0, -150, palette.ink), (said, 1, 12, palette.quiet)):
        axes.annotate(
            text, (x, row + 0.5), xytext=(offset, 0), textcoords="offset points", color=colour,
            annotation_clip=False, **style,
        )  # fmt: skip


def _along(one: Advice, value: float) -> float:
    """Where a value stands on its scale, 0 to 1."""
    low, high = _SCALES[one.name]
    if one.name == _IN_DECADES:
        value = float(np.log10(max(value, 10**low)))
    return (value - low) / (high - low)
