"""The picture of weeks of nights: a panel for each measure over one axis of days.

It must never join nights by a line: what lies between them was not measured.
"""

from functools import partial

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from sleepsync.report import picture
from sleepsync.report.palette import Palette
from sleepsync.report.sheet import Panel, Sheet
from sleepsync.trends import measures
from sleepsync.trends.gathered import Gathered
from sleepsync.trends.measures import Measure, by_day
from sleepsync.trends.spread import spread, weeks

_TIMES_PT, _STAGES_PT = 190, 96
_WIDTH = 0.66  # of a day, of a night's bar
_BAND_ALPHA = 0.2
_DOT_PT = 3.6
_WEEK_LABEL_PT = 52
_STACKED = ("deep", "light", "asleep", "rem")  # from below
_SPARE_H = 0.5


def draw(found: Gathered, palette: Palette, sheet: Sheet) -> Figure:
    """All panels on a sheet: a matplotlib figure as high as it needs."""
    with rc_context(picture.STYLE):
        figure = picture.stack(_panels(found), palette, sheet, found, _clear)
        _label_weeks(figure, found, sheet, palette)
    return figure


def _panels(found: Gathered) -> list[Panel]:
    has_gap = len(found.rows) < found.days
    times = "grey: in bed, blue: asleep first to last" + ", hatched: no night" * has_gap
    rows = [
        Panel("Nights", times, _TIMES_PT, _paint_times),
        _panel(found, measures.ASLEEP),
        Panel("Stages, hours", "from below: deep, light, REM", _STAGES_PT, _paint_stages),
    ]
    return rows + [_panel(found, measure) for measure in measures.DRAWN]


def _panel(found: Gathered, measure: Measure) -> Panel:
    title = f"{measure.title}, {measure.unit}"
    if not np.isfinite(by_day(found, measure)).any():
        return Panel(title, "not known", 8, lambda *_: None)
    key = "grey: where the truth may lie" if measure.off_min else ""
    return Panel(title, key, measure.height_pt, partial(_paint, measure))


def _clear(axes: Axes, found: Gathered, palette: Palette) -> None:
    axes.set_facecolor("none")
    axes.set_xlim(0, found.days)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0, pad=8, labelbottom=False, labelcolor=palette.quiet)


def _paint_times(axes: Axes, found: Gathered, palette: Palette) -> None:
    """A bar for each night, the evening above; the weeks' medians of both ends of sleep."""
    bed, up = by_day(found, measures.BED), by_day(found, _UP)
    onset, wake = by_day(found, measures.ONSET), by_day(found, measures.WAKE)
    _bars(axes, bed, up, palette.hatch)
    _bars(axes, onset, wake, palette.asleep)
    axes.set_ylim(np.nanmax(up) + _SPARE_H, np.nanmin(bed) - _SPARE_H)
    for values in (onset, wake):
        _medians(axes, found, values, palette.ink)
    first = int(np.nanmin(bed)) // 2 * 2
    ticks = list(range(first, int(np.nanmax(up)) + 2, 2))
    axes.set_yticks(ticks, [measures.clock_words(hour) for hour in ticks])
    low, high = np.nanmin(bed) - _SPARE_H, np.nanmax(up) + _SPARE_H
    axes.set_ylim(high, low)
    _rule(axes, palette)
    _hatch(axes, np.flatnonzero(np.isnan(bed)), (low, high - low), palette)


_UP = Measure("Up", "", "quiet", measures.of_clock(lambda row: row.up), measures.clock_words)


def _paint_stages(axes: Axes, found: Gathered, palette: Palette) -> None:
    bottom = np.zeros(found.days)
    days = np.arange(found.days) + 0.5
    for name in _STACKED:
        heights = np.zeros(found.days)
        for row in found.rows:
            heights[(row.day - found.first).days] = row.stages_s.get(name, 0) / 3600
        axes.bar(days, heights, _WIDTH, bottom, color=getattr(palette, name), linewidth=0)
        bottom += heights
    axes.set_ylim(0, max(1.0, bottom.max()))
    axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    _rule(axes, palette)


def _paint(measure: Measure, axes: Axes, found: Gathered, palette: Palette) -> None:
    """A dot for each night; for each week its median, and a band that holds its middle half."""
    values, colour = by_day(found, measure), getattr(palette, measure.role)
    days = np.arange(found.days) + 0.5
    shown = [values]
    if measure.off_min:
        shown += _paint_off(axes, measure, days, values, palette)
    for week in weeks(found.first, found.days):
        told = spread(values[week.begin : week.end])
        if told:
            ends = [week.begin, week.end]
            axes.fill_between(
                ends, told.low, told.high, color=colour, alpha=_BAND_ALPHA, linewidth=0
            )
    _medians(axes, found, values, colour)
    axes.plot(days, values, "o", color=colour, markersize=_DOT_PT, markeredgewidth=0, zorder=3)
    _fit(axes, np.concatenate(shown), measure.least_span)
    axes.yaxis.set_major_locator(MaxNLocator(3, steps=[1, 2, 5, 10]))
    _rule(axes, palette)


def _paint_off(axes, measure, days, values, palette) -> list[np.ndarray]:
    """A line through each dot, as far as the truth may be from it; its ends."""
    low_min, high_min = measure.off_min
    per_min = 1 / 60 if measure.unit == "hours" else 1
    least = np.maximum(0, values - high_min * per_min)
    most = values - low_min * per_min
    axes.vlines(days, least, most, color=palette.hatch, linewidth=1.2, zorder=1)
    return [least, most]


def _bars(axes: Axes, begin: np.ndarray, end: np.ndarray, colour: str) -> None:
    days = np.arange(len(begin)) + 0.5
    is_known = np.isfinite(begin) & np.isfinite(end)
    heights = (end - begin)[is_known]
    axes.bar(days[is_known], heights, _WIDTH, begin[is_known], color=colour, linewidth=0)


def _medians(axes: Axes, found: Gathered, values: np.ndarray, colour: str) -> None:
    for week in weeks(found.first, found.days):
        told = spread(values[week.begin : week.end])
        if told:
            axes.hlines(told.middle, week.begin, week.end, color=colour, linewidth=1.3, zorder=2)


def _hatch(axes: Axes, days: np.ndarray, box: tuple[float, float], palette: Palette) -> None:
    axes.broken_barh(
        [(day + (1 - _WIDTH) / 2, _WIDTH) for day in days],
        box,
        facecolor="none",
        edgecolor=palette.hatch,
        hatch="///",
        linewidth=0,
    )


def _fit(axes: Axes, values: np.ndarray, least_span: float) -> None:
    """What spans less than `least_span` is drawn as calm as it is."""
    low, high = np.nanmin(values), np.nanmax(values)
    spare = max((high - low) / 12, (least_span - (high - low)) / 2)
    axes.set_ylim(max(low - spare, 0), high + spare)


def _rule(axes: Axes, palette: Palette) -> None:
    axes.grid(axis="y", color=palette.hair, linewidth=0.8)
    axes.set_axisbelow(True)


def _label_weeks(figure: Figure, found: Gathered, sheet: Sheet, palette: Palette) -> None:
    """Name the Mondays under the lowest panel, and rule them through all."""
    told = weeks(found.first, found.days)
    room = max(1, int(sheet.plot_width // _WEEK_LABEL_PT))
    every = -(-len(told) // room)
    named = [week for week in told[::every] if found.days - week.begin > 1 or len(told) == 1]
    for axes in figure.axes:
        for week in told:
            axes.axvline(week.begin, color=palette.hair, linewidth=0.8, zorder=0)
    lowest = figure.axes[-1]
    words = [f"{day.day} {day:%b}" for day in (_first_day(found, week) for week in named)]
    lowest.set_xticks([week.begin for week in named], words, ha="left")
    lowest.tick_params(axis="x", labelbottom=True, labelcolor=palette.quiet, pad=8)


def _first_day(found: Gathered, week):
    return max(week.monday, found.first)
