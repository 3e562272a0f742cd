"""The picture of a night: stages, heart rate, motion, the room, events over one axis of time.

It lays panels out on a sheet; `panels.py` and `room_panels.py` fill them. It must
never draw what was not recorded: unknown time stays empty or is hatched.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sleepsync.night import Night
from sleepsync.report import hours, panels, ritual_panels, room_panels, series
from sleepsync.report.marks import Mark, place_marks
from sleepsync.report.palette import Palette
from sleepsync.report.sheet import Panel, Sheet

POINTS_PER_INCH = 72
TEXT_PT = 11

# Fixed, so that one night gives one drawing, byte for byte.
STYLE: Any = {
    "font.family": "DejaVu Sans",
    "font.size": TEXT_PT,
    "hatch.linewidth": 0.7,
    "svg.fonttype": "none",
    "svg.hashsalt": "sleepsync",
}

_TITLE_PT = 24  # from a panel's title to its top
_TITLE_BASE_PT = 10  # the title's own baseline
_KEY_PT = 16  # from the title down to a key that finds no room beside it
_BOLD_EM, _PLAIN_EM = 0.68, 0.58  # a character of DejaVu Sans, with room to spare
_APART_EM = 1.5  # between title and key
_GAP_PT = 30  # below a panel; under the last one it holds the hours
_STAGE_ROW_PT = 22
_NOT_KNOWN_PT = 8  # of a panel with nothing to draw
_HOUR_LABEL_PT = 62  # a time and the air beside it


def draw(night: Night, palette: Palette, sheet: Sheet) -> Figure:
    """The night on a sheet: a matplotlib figure as wide as the sheet, as high as it needs."""
    with rc_context(STYLE):
        return _draw(night, palette, sheet)


def save(figure: Figure, target, **options) -> None:
    """Write a figure to a path or file in the style it was drawn in (`options`: see `savefig`)."""
    with rc_context(STYLE):
        figure.savefig(target, facecolor=figure.get_facecolor(), **options)


def write(figure: Figure, x_pt: float, y_pt: float, words: str, **style) -> None:
    """Words on a figure, their baseline `y_pt` below its top edge."""
    width_in, height_in = figure.get_size_inches()
    x, y = x_pt / (width_in * POINTS_PER_INCH), 1 - y_pt / (height_in * POINTS_PER_INCH)
    with rc_context(STYLE):
        figure.text(x, y, words, va="baseline", parse_math=False, **style)


def stack(
    rows: list[Panel], palette: Palette, sheet: Sheet, subject: Any, clear: Callable
) -> Figure:
    """Panels below each other on a sheet as high as they need; each axis is made by `clear`, and
    both it and `paint` are given `subject`. To be called in `STYLE`.
    """
    body_pt = sum(_title_pt(row, sheet) + row.height_pt + _GAP_PT for row in rows)
    height_pt = sheet.head + body_pt + sheet.foot
    figure = Figure((sheet.width / POINTS_PER_INCH, height_pt / POINTS_PER_INCH))
    figure.set_facecolor(palette.paper)
    top_pt = sheet.head
    for row in rows:
        title_pt = _title_pt(row, sheet)
        axes = _axes(figure, row, top_pt + title_pt, sheet)
        clear(axes, subject, palette)
        row.paint(axes, subject, palette)
        _name(figure, axes, row, top_pt, sheet, palette)
        top_pt += title_pt + row.height_pt + _GAP_PT
    return figure


def _draw(night: Night, palette: Palette, sheet: Sheet) -> Figure:
    rows = _panels(night, sheet)
    figure = stack(rows, palette, sheet, night, panels.clear)
    if rows:
        _label_hours(figure, night, sheet, palette)
    return figure


def _panels(night: Night, sheet: Sheet) -> list[Panel]:
    if not series.span_epochs(night):
        return []
    marks = place_marks(night, sheet.plot_width, TEXT_PT)
    sleeper = [*_sleep(night), _heart(night), _breath(night), _motion(night)]
    return [*sleeper, *_room(night), *ritual_panels.of_night(night, sheet), _events(marks)]


def _sleep(night: Night) -> list[Panel]:
    rows = []
    if night.morning:
        rows.append(_score(night, "morning", series.morning_stages(night), night.morning))
    rows.append(_score(night, "live", series.live_stages(night), night.scores))
    if series.any_known(series.reference_stages(night)):
        rows.insert(1, _reference())
    return rows


def _score(night: Night, name: str, stages: np.ndarray, scores: list) -> Panel:
    title = f"Sleep, {name} score"
    has_hatch = bool((stages == panels.NOT_WORN).any())
    if not (series.any_known(stages) or has_hatch):
        return Panel(title, "not known", _NOT_KNOWN_PT, panels.paint_nothing)
    height_pt = _STAGE_ROW_PT * (len(panels.rows_of(stages)) + panels.STRIP_ROWS)
    probabilities = series.probabilities(night, scores)
    return Panel(
        title,
        "below: how probable" + ", hatched: not worn" * has_hatch,
        height_pt,
        lambda axes, _, palette: panels.paint_score(axes, stages, probabilities, palette),
    )


def _reference() -> Panel:
    return Panel("Sleep, reference", "", 64, panels.paint_reference)


def _heart(night: Night) -> Panel:
    rates, truth = series.rates_bpm(night), series.reference(night, "rate_bpm")
    return _rate("Heart rate, beats per minute", rates, truth, 84, panels.paint_heart)


def _breath(night: Night) -> Panel:
    rates, truth = series.breaths_per_min(night), series.reference(night, "breaths_per_min")
    return _rate("Breathing, breaths per minute", rates, truth, 56, panels.paint_breath)


def _rate(
    title: str, rates: np.ndarray, truth: np.ndarray, height_pt: float, paint: Callable
) -> Panel:
    if not series.any_number(rates):
        return Panel(title, "not known", _NOT_KNOWN_PT, panels.paint_nothing)
    return Panel(title, "grey: reference" * series.any_number(truth), height_pt, paint)


def _motion(night: Night) -> Panel:
    title = "Motion, activity counts"
    if not series.any_number(series.motion_counts(night)):
        return Panel(title, "not known", _NOT_KNOWN_PT, panels.paint_nothing)
    return Panel(title, "", 48, panels.paint_motion)


def _room(night: Night) -> list[Panel]:
    """A panel for each sense, or one in all for a puck that senses nothing of its room."""
    if not any(series.any_number(sense.measured(night)) for sense in room_panels.SENSES):
        return [Panel("Room", "not known", _NOT_KNOWN_PT, panels.paint_nothing)]
    return [_sense(night, sense) for sense in room_panels.SENSES]


def _sense(night: Night, sense: room_panels.Sense) -> Panel:
    values = sense.measured(night)
    if not series.any_number(values):
        return Panel(sense.title, "not known", _NOT_KNOWN_PT, panels.paint_nothing)
    has_truth = series.any_number(series.reference(night, sense.reference))
    has_gap = bool(series.gaps(night, values).any())
    keys = [sense.key, "grey: reference" * has_truth, "hatched: not known" * has_gap]
    return Panel(sense.title, ", ".join(filter(None, keys)), sense.height_pt, sense.paint)


def _events(marks: list[Mark]) -> Panel:
    if not marks:
        return Panel("Events", "none", 1, panels.paint_nothing)
    has_bar = any(mark.lane is not None for mark in marks)
    return Panel(
        "Events",
        "bar: part away" if has_bar else "",
        panels.events_height_pt(marks),
        lambda axes, _, palette: panels.paint_events(axes, marks, palette),
    )


def _axes(figure: Figure, row: Panel, top_pt: float, sheet: Sheet) -> Axes:
    width_pt, height_pt = (inches * POINTS_PER_INCH for inches in figure.get_size_inches())
    bottom = 1 - (top_pt + row.height_pt) / height_pt
    return figure.add_axes(
        (sheet.left / width_pt, bottom, sheet.plot_width / width_pt, row.height_pt / height_pt)
    )


def _name(
    figure: Figure, axes: Axes, row: Panel, top_pt: float, sheet: Sheet, palette: Palette
) -> None:
    """Write a panel's title and key above it, and align the names of its rows with the title."""
    axes.tick_params(axis="y", pad=sheet.left - sheet.edge)
    for label in axes.get_yticklabels():
        label.set_horizontalalignment("left")
    y_pt, right_pt = top_pt + _TITLE_BASE_PT, sheet.width - sheet.right
    write(figure, sheet.edge, y_pt, row.title, color=palette.ink, weight="bold")
    if _is_crowded(row, sheet):
        write(figure, sheet.edge, y_pt + _KEY_PT, row.key, color=palette.quiet)
    else:
        write(figure, right_pt, y_pt, row.key, color=palette.quiet, ha="right")


def _is_crowded(row: Panel, sheet: Sheet) -> bool:
    """Whether a panel's key finds no room beside its title and goes below."""
    words_em = len(row.title) * _BOLD_EM + len(row.key) * _PLAIN_EM + _APART_EM
    return words_em * TEXT_PT > sheet.width - sheet.right - sheet.edge


def _title_pt(row: Panel, sheet: Sheet) -> float:
    """From the top of a panel's title to the panel."""
    return _TITLE_PT + _KEY_PT * _is_crowded(row, sheet)


def _label_hours(figure: Figure, night: Night, sheet: Sheet, palette: Palette) -> None:
    """Name the hours under the lowest panel and rule them through all of them."""
    ticks = hours.ticks(night, int(sheet.plot_width // _HOUR_LABEL_PT))
    lowest = figure.axes[-1]
    for axes in figure.axes:
        if axes.get_xlim() == lowest.get_xlim():  # and not an axis of its own
            for hour, _ in ticks:
                axes.axvline(hour, color=palette.hair, linewidth=0.8, zorder=0)
    lowest.set_xticks([hour for hour, _ in ticks], [words for _, words in ticks])
    lowest.tick_params(axis="x", bottom=False, labelbottom=True, labelcolor=palette.quiet, pad=8)
