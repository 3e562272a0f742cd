"""The timeline of a night's acts: sleep, light, sound, touch, the hand, consents, findings.

It must never draw an act that the journal does not tell of, nor hide a finding.
"""

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from sleepsync.evaluate import canvas
from sleepsync.paths import records
from sleepsync.reading import Journal
from sleepsync.replay.explained import Explained
from sleepsync.replay.spans import consents, end_h, off_spans
from sleepsync.report.acts import MS_PER_H, paint_lane
from sleepsync.report.palette import LIGHT

SUFFIXES = (".png", ".svg")

_LANES = ("light", "sound", "touch")
_ROWS = [["sleep"], *[[lane] for lane in _LANES], ["hand"], ["consents"]]
_HEIGHTS = [1.2, 1, 1, 1, 0.8, 1]
_WIDTH_IN, _HEIGHT_IN = 11, 8.5
_STAGES = (records.DEEP, records.LIGHT, records.ASLEEP, records.REM, records.WAKE)  # from below
_ROLES = {records.LIGHT: "light", records.DEEP: "deep", records.WAKE: "wake", records.REM: "rem"}
_GESTURES = dict(enumerate(records.GESTURES[1:], 1))
_BAR = 0.7


def draw(found: Journal, explained: Explained, kind: str) -> bytes:
    """The picture as a PNG or SVG file (`kind`, one of `SUFFIXES`)."""
    figure = compose(found, explained)
    return canvas.svg(figure) if kind == ".svg" else canvas.png(figure)


def compose(found: Journal, explained: Explained) -> Any:
    """The picture as a figure of matplotlib."""
    with canvas.mosaic(LIGHT, _ROWS, _HEIGHTS, _WIDTH_IN, _HEIGHT_IN) as (figure, cells):
        last_h = end_h(found)
        for axes in cells.values():
            axes.set_xlim(0, last_h)
        _paint_sleep(cells["sleep"], found)
        for lane, name in enumerate(_LANES):
            paint_lane(cells[name], explained.requests, lane, last_h, LIGHT)
            canvas.name(cells[name], LIGHT, f"{name.capitalize()}: peaks, share of the ceiling")
            _shade_off(cells[name], found)
        _paint_hand(cells["hand"], found, explained)
        _paint_consents(cells["consents"], found, explained)
        _mark_findings(cells, explained)
        title = figure.suptitle(_title(found, explained), x=0.01, ha="left", color=LIGHT.ink)
        title.set_parse_math(False)
    return figure


def _title(found: Journal, explained: Explained) -> str:
    nights = found.of(records.NIGHT)
    name = f"Night {nights[0].night}" if nights else "A night without a beginning"
    acts = sum(bool(request.ceilings) for request in explained.requests)
    refused = sum(bool(request.refused) for request in explained.requests)
    count = len(explained.findings)
    verdict = f"{count} not explained" if count else "every act is explained"
    return f"{name}: {acts} acts, {refused} refusals; {verdict}"


def _paint_sleep(axes: Axes, found: Journal) -> None:
    width_h = records.EPOCH_S / 3600
    scores = found.of(records.SCORE)
    for row, stage in enumerate(_STAGES):
        at_h = [score.index * width_h for score in scores if score.stage == stage]
        colour = getattr(LIGHT, _ROLES.get(stage, "asleep"))
        axes.barh([row] * len(at_h), width_h, _BAR, at_h, align="center", color=colour)
    axes.set_yticks(range(len(_STAGES)), [records.STAGES[stage] for stage in _STAGES])
    axes.set_ylim(-0.6, len(_STAGES) - 0.4)
    canvas.name(axes, LIGHT, "Sleep, as the live score had it")


def _shade_off(axes: Axes, found: Journal) -> None:
    """Grey, while everything was off."""
    spans = [(begin, end - begin) for begin, end in off_spans(found)]
    down = axes.get_xaxis_transform()
    axes.broken_barh(spans, (0, 1), color=LIGHT.hatch, transform=down, linewidth=0, zorder=0)


def _paint_hand(axes: Axes, found: Journal, explained: Explained) -> None:
    """Gestures in their rows, and every request that was refused."""
    _shade_off(axes, found)
    for gesture in _GESTURES:
        told = [e for e in found.of(records.EVENT) if e.kind == records.GESTURE]
        at_h = [e.t_ms / MS_PER_H for e in told if e.value == gesture]
        axes.plot(at_h, [gesture] * len(at_h), "o", color=LIGHT.ink, markersize=4)
    refused_h = [r.t_ms / MS_PER_H for r in explained.requests if r.refused]
    axes.plot(refused_h, [0] * len(refused_h), "x", color=LIGHT.quiet, markersize=5)
    axes.set_yticks(range(len(_GESTURES) + 1), ["refused", *_GESTURES.values()])
    axes.set_ylim(-0.6, len(_GESTURES) + 0.6)
    canvas.name(axes, LIGHT, "The hand, and what was refused; grey: everything is off")


def _paint_consents(axes: Axes, found: Journal, explained: Explained) -> None:
    rows = consents(found)
    for row, (_, spans) in enumerate(rows):
        bars = [(begin, end - begin) for begin, end in spans]
        axes.broken_barh(bars, (row - _BAR / 2, _BAR), color=LIGHT.asleep, linewidth=0)
    uses = explained.uses
    names = [uses[use] if use < len(uses) else str(use) for use, _ in rows]
    axes.set_yticks(range(len(rows)), names)
    axes.set_ylim(-0.6, max(1, len(rows)) - 0.4)
    canvas.name(axes, LIGHT, "Allowed" if rows else "Allowed: nothing", "hours since the start")


def _mark_findings(cells: dict[str, Axes], explained: Explained) -> None:
    """A red line through all rows at each finding that has a time."""
    times_h = np.unique([f.t_ms / MS_PER_H for f in explained.findings if f.t_ms >= 0])
    for axes in cells.values():
        for at_h in times_h:
            axes.axvline(at_h, color=LIGHT.heart, linewidth=1.2, zorder=5)
