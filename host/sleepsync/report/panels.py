"""What fills the panels of the sleeper, and the strokes that all panels share.

The axis of time is in hours since the start. The room's panels are `room_panels.py`.

It must never draw unknown time as sleep: that time stays empty, and time off
the body is hatched.
"""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from sleepsync.night import Night
from sleepsync.paths import records
from sleepsync.report import series
from sleepsync.report.captions import BESIDE_PT, Caption
from sleepsync.report.marks import Mark
from sleepsync.report.palette import Palette

NOT_WORN = records.NOT_WORN

# From the top of a hypnogram down: waking above, then as deep as sleep goes.
_ORDER = (records.WAKE, records.REM, records.ASLEEP, records.LIGHT, records.DEEP)
_ROLES = {
    records.WAKE: "wake",
    records.REM: "rem",
    records.ASLEEP: "asleep",
    records.LIGHT: "light",
    records.DEEP: "deep",
}
_BAR = 0.52  # of a row's height
STRIP_ROWS = 1.0  # below the rows, for the probabilities
_STRIP = 0.78  # of it is drawn on
# From below: the role of a colour, and its column in `series.probabilities`.
_STACKED = {"deep": 2, "light": 1, "asleep": 4, "rem": 3, "wake": 0}
_BAR_EDGE_PT = 0.6  # keeps a bar of one epoch visible
_LEAST_SPAN_BPM = 20  # a calmer night than this is drawn calm
_SPARE_BPM = 2
_LEAST_SPAN_BREATHS = 8
_SPARE_BREATHS = 1
_WORDS_ROW_PT = 16  # of the events
_LINE_SHARE = 0.75  # of its row is as far as an event's line goes beside its words
_TICK_PT = 0.9
_LEAST_STRIP_PT = 6
_LANE_PT = 5  # from one bar of an outage to the next
_BAR_TOP_PT, _BAR_PT = 3, 3
_STEP_PT = 1.0
_GROUND_PT = 0.8  # the line that motion stands on
_LEAST_COUNTS = 10  # and so is one without motion


def clear(axes: Axes, night: Night, palette: Palette) -> None:
    """Make an axis of time over the whole night: no frame, no ticks, quiet labels."""
    axes.set_facecolor("none")
    axes.set_xlim(0, max(1, series.span_epochs(night)) / series.EPOCHS_PER_H)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0, pad=8, labelbottom=False, labelcolor=palette.quiet)
    axes.set_yticks([])


def rows_of(stages: np.ndarray) -> list[int]:
    """The stages a hypnogram needs rows for, from the top.

    Where no depth of sleep is known, only waking and sleep; else waking, REM,
    light and deep, with a row for sleep of unknown depth only if there is some.
    """
    seen = set(stages.tolist())
    if seen.isdisjoint(series.DEPTHS):
        return [records.WAKE, records.ASLEEP]
    return [stage for stage in _ORDER if stage != records.ASLEEP or stage in seen]


def paint_score(
    axes: Axes, stages: np.ndarray, probabilities: np.ndarray, palette: Palette
) -> None:
    """A score: a bar in its stage's row, hatching where the pod was not worn, and below how
    probable each stage was.
    """
    rows = _stage_rows(axes, stages)
    _step(axes, stages, rows, palette.hatch)
    for stage, row in rows.items():
        colour = getattr(palette, _ROLES[stage])
        bars = spans(stages, stage)
        box = (row - _BAR / 2, _BAR)
        edge = {"edgecolor": colour, "linewidth": _BAR_EDGE_PT}
        axes.broken_barh(bars, box, facecolor=colour, zorder=2, **edge)
    hatch(axes, spans(stages, NOT_WORN), palette)
    _stack(axes, probabilities, len(rows), palette)


def _stack(axes: Axes, probabilities: np.ndarray, rows: int, palette: Palette) -> None:
    """A strip in the last row: the probabilities upon each other, waking on top."""
    bottom = rows - 0.5 + STRIP_ROWS
    axes.set_ylim(bottom, -0.5)
    sides = np.repeat(held(probabilities[:, 0])[0], 2)[1:-1]  # of each epoch, left and right
    low = np.full(len(sides), bottom)
    for role, column in _STACKED.items():
        high = low - np.repeat(probabilities[:, column], 2) * _STRIP
        axes.fill_between(sides, low, high, color=getattr(palette, role), linewidth=0)
        low = high


def paint_reference(axes: Axes, night: Night, palette: Palette) -> None:
    """The reference's stages as a thin quiet line, in rows of its own."""
    stages = series.reference_stages(night)
    rows = _stage_rows(axes, stages)
    _step(axes, stages, rows, palette.quiet)


def paint_heart(axes: Axes, night: Night, palette: Palette) -> None:
    """Heart rate for each epoch, the reference behind it; both break where unknown."""
    live, truth = series.rates_bpm(night), series.reference(night, "rate_bpm")
    _paint_rate(axes, live, truth, palette.heart, palette)
    fit(axes, np.concatenate((live, truth)), _LEAST_SPAN_BPM, _SPARE_BPM)


def paint_breath(axes: Axes, night: Night, palette: Palette) -> None:
    """Breathing rate for each epoch, likewise."""
    live, truth = series.breaths_per_min(night), series.reference(night, "breaths_per_min")
    _paint_rate(axes, live, truth, palette.breath, palette)
    fit(axes, np.concatenate((live, truth)), _LEAST_SPAN_BREATHS, _SPARE_BREATHS)


def _paint_rate(
    axes: Axes, live: np.ndarray, truth: np.ndarray, colour: str, palette: Palette
) -> None:
    axes.plot(*_points(truth), color=palette.quiet, linewidth=0.8, zorder=2)
    axes.plot(*_points(live), color=colour, linewidth=1.3, zorder=3)
    axes.yaxis.set_major_locator(MaxNLocator(3, integer=True, steps=[1, 2, 5, 10]))
    rule(axes, palette)


def paint_motion(axes: Axes, night: Night, palette: Palette) -> None:
    """Activity counts, one column for each epoch, on a ground that breaks where unknown."""
    counts = series.motion_counts(night)
    top = max(_LEAST_COUNTS, float(np.nanmax(counts)))
    edges, ground = held(np.where(np.isfinite(counts), 0.0, np.nan))
    axes.stairs(np.nan_to_num(counts), edges, fill=True, color=palette.motion, linewidth=0.4)
    axes.step(edges, ground, where="post", color=palette.motion, linewidth=_GROUND_PT)
    axes.set_ylim(0, top)
    axes.yaxis.set_major_locator(MaxNLocator(2, integer=True, steps=[1, 2, 5, 10]))


def events_height_pt(marks: list[Mark]) -> float:
    """The height that `paint_events` needs, in points."""
    rows = [mark.caption.row + 1 for mark in marks if mark.caption]
    return _strip_pt(marks) + _WORDS_ROW_PT * max(rows, default=0)


def paint_events(axes: Axes, marks: list[Mark], palette: Palette) -> None:
    """Each event as a tick in a strip, a bar along each outage; lines down to the words."""
    axes.set_ylim(events_height_pt(marks), 0)  # in points, downwards
    at_h, strip_pt = [mark.at_h for mark in marks], _strip_pt(marks)
    axes.vlines(at_h, 0, strip_pt, color=palette.quiet, linewidth=_TICK_PT)
    for mark in marks:
        if mark.lane is not None:
            box = (_BAR_TOP_PT + _LANE_PT * mark.lane, _BAR_PT)
            bar = [(mark.at_h, mark.end_h - mark.at_h)]
            axes.broken_barh(bar, box, facecolor=palette.quiet, linewidth=0)
        if mark.caption:
            _tell(axes, mark.at_h, mark.caption, strip_pt, palette)


def _strip_pt(marks: list[Mark]) -> float:
    """The height of the strip of ticks and bars."""
    lanes = [mark.lane + 1 for mark in marks if mark.lane is not None]
    return _LEAST_STRIP_PT + _LANE_PT * max(lanes, default=0)


def _tell(axes: Axes, at_h: float, caption: Caption, strip_pt: float, palette: Palette) -> None:
    """Words in their row below the strip, and a line down to them."""
    top_pt = strip_pt + _WORDS_ROW_PT * caption.row
    down_pt = top_pt + _WORDS_ROW_PT * _LINE_SHARE
    axes.vlines(at_h, 0, down_pt, color=palette.quiet, linewidth=_TICK_PT)
    axes.annotate(
        caption.text,
        (at_h, top_pt + _WORDS_ROW_PT / 2),
        xytext=(-BESIDE_PT if caption.is_left else BESIDE_PT, 0),
        textcoords="offset points",
        ha="right" if caption.is_left else "left",
        va="center",
        color=palette.ink,
        bbox={"facecolor": palette.paper, "edgecolor": "none", "pad": 1},
        parse_math=False,
    )


def paint_nothing(axes: Axes, night: Night, palette: Palette) -> None:
    """Leave empty the panel of something that is not known; its title says so."""


def _stage_rows(axes: Axes, stages: np.ndarray) -> dict[int, int]:
    """Label a row for each stage, from the top; give the row of each."""
    rows = {stage: row for row, stage in enumerate(rows_of(stages))}
    names = [records.STAGES[stage] for stage in rows]
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_yticks(list(rows.values()), ["REM" if n == "rem" else n.capitalize() for n in names])
    return rows


def _step(axes: Axes, stages: np.ndarray, rows: dict[int, int], colour: str) -> None:
    """One line that steps from row to row, broken where no stage is known."""
    heights = np.array([rows.get(stage, np.nan) for stage in stages.tolist()])
    edges, steps = held(heights)
    axes.step(edges, steps, where="post", color=colour, linewidth=_STEP_PT, zorder=1)


def held(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Edges of the epochs in hours, and each value held from its first edge to its last."""
    return np.arange(len(values) + 1) / series.EPOCHS_PER_H, np.append(values, values[-1:])


def spans(values: np.ndarray, wanted: int) -> list[tuple[float, float]]:
    """Where a stage, or any other value, runs: (start, length) in hours."""
    found = [(a, b - a) for a, b, value in series.runs(values) if value == wanted]
    return [(a / series.EPOCHS_PER_H, n / series.EPOCHS_PER_H) for a, n in found]


def hatch(axes: Axes, where: list[tuple[float, float]], palette: Palette) -> None:
    """Hatch the whole height of a panel, whose limits are set, at (start, length) in hours."""
    low, high = sorted(axes.get_ylim())
    box = (low, high - low)
    axes.broken_barh(
        where, box, facecolor="none", edgecolor=palette.hatch, hatch="///", linewidth=0
    )


def rule(axes: Axes, palette: Palette) -> None:
    """Rule fine lines at the labelled values, behind what is drawn."""
    axes.grid(axis="y", color=palette.hair, linewidth=0.8)
    axes.set_axisbelow(True)


def fit(axes: Axes, values: np.ndarray, least_span: float, spare: float) -> None:
    """Limit a panel to its values, of which one is known, with `spare` on both sides.

    What spans less than `least_span` is drawn as calm as it is.
    """
    low, high = np.nanmin(values), np.nanmax(values)
    spare = max(spare, (least_span - (high - low)) / 2)
    axes.set_ylim(low - spare, high + spare)


def _points(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Values at the middle of their epochs."""
    return (np.arange(len(values)) + 0.5) / series.EPOCHS_PER_H, values
