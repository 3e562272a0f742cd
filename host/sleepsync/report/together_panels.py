"""What fills the panels of the room and the night: awakenings, chance, hours, advice.

It draws what `together.py` and `advice.py` give. It must never draw what is not known: such
time is hatched, and such a value is no mark.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from sleepsync.night import Night
from sleepsync.paths import records
from sleepsync.report import advice, clock, series, together
from sleepsync.report import together_words as words
from sleepsync.report.advice import Advice
from sleepsync.report.palette import Palette
from sleepsync.report.together import Awakening, Chance, Hour

MOST_ROWS = 14  # awakenings that are drawn; the table has all
NARROW_PT = 500  # a sheet that is narrower has everything in one column
WORDS_PT = 9.5
_ROW_PT, _FOOT_PT = 20, 26
_TOP_DB = 30  # over the median: the top of an awakening's row
_TIME_PT = 50  # of an awakening's time
_ACROSS_PT = (12, 64, 130)  # where an awakening's words stand, right of its row
_RIGHT_PT = 204  # kept for an awakening's words
_SMALL_PT = 96
_COLUMN_SHARE = 0.36  # of its panel: the highest column of the hours
_SCALES = {"Noise, energy mean": (20, 70), "Loudest heard": (20, 90), "Light, median": (-2, 3),
           "Temperature, median": (10, 28)}  # fmt: skip
_IN_DECADES = "Light, median"


@dataclass(frozen=True)
class Block:
    """One panel: `paint(axes)`, in a box from `left_pt` to `right_pt` of the sheet."""

    title: str
    key: str
    height_pt: float
    left_pt: float
    right_pt: float
    edge_pt: float
    foot_pt: float
    paint: Callable[[Axes], None]


# Before each awakening


def before(night: Night, palette: Palette, left: float, right: float) -> list[Block]:
    """A row for each awakening, in a night that had any."""
    found = together.awakenings(night)
    if not found:
        return []
    told = found[:MOST_ROWS]
    more = f": the first {len(told)} of {len(found)}" if len(found) > len(told) else ""
    return [
        Block(
            f"Before each awakening{more}",
            f"dark: {together.LOUD_DB} dB over the usual, dot: light, hatched: not counted",
            _ROW_PT * len(told) + _FOOT_PT,
            left + _TIME_PT,
            right - (_RIGHT_PT if right - left > NARROW_PT else 60),
            left,
            _FOOT_PT,
            lambda axes: _paint_before(axes, night, told, palette, right - left > NARROW_PT),
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
        tell = [words.rise(one)] + ([words.jump(one, " own"), words.warmth(one)] if is_wide else [])
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
            size=WORDS_PT, color=palette.quiet, annotation_clip=False,
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
            size=WORDS_PT,
            color=palette.ink if is_said else palette.quiet,
            annotation_clip=False,
            parse_math=False,
        )


# By chance


def by_chance(night: Night, palette: Palette, left: float, right: float) -> list[Block]:
    """How many had a noise before them, if there are enough to tell."""
    told = together.chance(night)
    if told.known < words.FEW:
        return []
    return [
        Block(
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


def by_hour(night: Night, palette: Palette, left: float, right: float) -> list[Block]:
    """Temperature and restlessness by the hour, where motion is known."""
    hours = [hour for hour in together.by_hour(night) if np.isfinite(hour.restless)]
    if not hours:
        return []
    return [
        Block(
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
    columns = restless / tall * _COLUMN_SHARE
    axes.bar(middles, columns, widths, color=palette.motion, linewidth=0, zorder=2)
    axes.axhline(0, color=palette.hatch, linewidth=1)
    for x, y, value in zip(middles, columns, restless, strict=True):
        _figure(axes, x, y, f"{value:.0f}", palette.quiet)
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
        size=WORDS_PT - 1, color=colour,
    )  # fmt: skip


# The room beside what is advised


def the_room(night: Night, palette: Palette, left: float, right: float) -> Block:
    """The room beside what is advised."""
    told = advice.of_night(night)
    is_wide = right - left > NARROW_PT
    return Block(
        "The room beside what is advised",
        "band: advised; ring: at bedtime, dot: asleep, line: at most",
        len(told) * _ROW_PT * (1.4 if is_wide else 2.2),
        left + (150 if is_wide else 0),
        right - (_RIGHT_PT if is_wide else 0),
        left,
        0,
        lambda axes: _paint_room(axes, told, palette, is_wide),
    )


def _paint_room(axes: Axes, told: list[Advice], palette: Palette, is_wide: bool) -> None:
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
        _mark_room(axes, y, one, palette)
        _name_room(axes, row, one, palette, is_wide)


def _mark_room(axes: Axes, y: float, one: Advice, palette: Palette) -> None:
    """A ring and a dot; a line up to the value where it may have been anything below."""
    marks = ((one.bedtime, palette.paper, 6.5), (one.asleep, palette.ink, 4.5))
    for value, fill, size in marks:
        if np.isfinite(value) and not one.is_at_most:
            x = np.clip(_along(one, value), 0, 1)
            style: Any = {"markerfacecolor": fill, "markeredgecolor": palette.ink}
            axes.plot([x], [y], "o", ms=size, zorder=3, **style)
    if one.is_at_most:
        x = np.clip(_along(one, one.asleep), 0, 1)
        axes.hlines(y, 0, x, color=palette.ink, linewidth=1.4, zorder=3)


def _name_room(axes: Axes, row: int, one: Advice, palette: Palette, is_wide: bool) -> None:
    said = f"{one.asleep_words} asleep"
    style: Any = {"size": WORDS_PT + 0.5, "va": "center", "parse_math": False}
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
