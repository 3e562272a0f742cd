"""Acts in a picture: a bar for each lane and act, as high as its peak beside its ceiling.

It must never draw a request that was refused as an act.
"""

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes

from sleepsync.night import Night
from sleepsync.paths import records
from sleepsync.report import deeds, labels
from sleepsync.report.labels import Label
from sleepsync.report.palette import Palette
from sleepsync.report.panels import hatch

Spans = list[tuple[float, float]]  # (begin, end) in hours since the start
MS_PER_H = 3_600_000

_ROLES = ("lamp", "noise", "climate")  # of light, sound and touch
_LEAST_SHARE = 0.04  # of the height: what is fainter is still seen
_QUIET_CDB = 2000  # the foot of sound: levels are logarithms
_EDGE_PT = 0.8  # keeps a bar of a second visible
_ROW = 0.8  # of a lane's row
_ROWS = len(records.LANES) + 2
_UNITS = _ROWS + 0.2
_ROWS_PT = 96
_MOST_LABEL_ROWS = 4
_PT_PER_IN = 72
_GESTURE_MARKS = {1: ".", 2: "D", 3: "|", 4: "s"}  # short, double, long, hold


def paint_lane(
    axes: Axes, requests: Sequence[Any], lane: int, last_h: float, palette: Palette
) -> None:
    """One lane's acts over a whole panel, 0 to 1 its ceiling.

    `requests`: see `sleepsync.replay.explained.Request`.
    """
    colour = getattr(palette, _ROLES[lane])
    for begin_h, length_h, share in _bars(requests, lane, last_h):
        axes.broken_barh(
            [(begin_h, length_h)], (0, share), color=colour, linewidth=_EDGE_PT, zorder=3
        )
    axes.set_ylim(0, 1)
    axes.set_yticks([0, 1], ["0", "1"])


def lay_acts(night: Night, last_h: float, width_pt: float) -> list[Label]:
    """The names of the acts, those that lasted longest first."""
    pt_per_h = width_pt / last_h
    longest: dict[str, int] = {}
    for deed in deeds.of_night(night):
        longest[deed.what] = max(longest.get(deed.what, 0), deed.end_ms - deed.begin_ms)
    begins = [(one.begin_ms / MS_PER_H * pt_per_h, one.what) for one in deeds.of_night(night)]
    items = labels.grouped(begins)
    items.sort(key=lambda item: -longest[item[1].split(" ×")[0]])
    return labels.place(items, width_pt, _MOST_LABEL_ROWS)


def acts_height_pt(placed: list[Label]) -> float:
    """The height that `paint_acts` needs."""
    return _ROWS_PT + labels.height_pt(placed)


def paint_acts(
    axes: Axes, night: Night, last_h: float, placed: list[Label], palette: Palette
) -> None:
    """The acts' names, then all lanes in rows of one panel, below them what was refused and
    what a hand pressed.
    """
    for row, name in enumerate(records.LANES):
        colour = getattr(palette, _ROLES[row])
        for begin_h, length_h, share in _bars(night.requests, row, last_h):
            box = (row + _ROW / 2 - _ROW * share, _ROW * share)
            axes.broken_barh([(begin_h, length_h)], box, color=colour, linewidth=_EDGE_PT)
        axes.axhline(row + _ROW / 2, color=palette.hair, linewidth=0.8, label=name, zorder=0)
    refused_h = [request.t_ms / MS_PER_H for request in night.requests if request.refused]
    axes.plot(refused_h, [len(records.LANES)] * len(refused_h), "x", color=palette.quiet, ms=4)
    _paint_hand(axes, night, palette)
    off = [(begin, end - begin) for begin, end in off_spans(night.events, last_h)]
    names = [name.capitalize() for name in records.LANES]
    axes.set_yticks(range(_ROWS), [*names, "Refused", "Hand"])
    unit = _UNITS / _ROWS_PT
    axes.set_ylim(_ROWS - 0.4, -0.6)
    hatch(axes, off, palette)
    axes.set_ylim(_ROWS - 0.4, -0.6 - unit * labels.height_pt(placed))
    width_pt = axes.get_window_extent().width / axes.figure.dpi * _PT_PER_IN
    labels.paint(axes, placed, last_h / width_pt, -0.6, -unit, palette)


def _paint_hand(axes: Axes, night: Night, palette: Palette) -> None:
    """Each gesture by its own mark, as long as it is to make."""
    for gesture, mark in _GESTURE_MARKS.items():
        at_h = [
            event.t_ms / MS_PER_H
            for event in night.events
            if event.kind == records.GESTURE and event.value == gesture
        ]
        axes.plot(at_h, [_ROWS - 1] * len(at_h), mark, color=palette.ink, ms=5, label=mark)


def off_spans(events: Sequence[Any], last_h: float) -> Spans:
    """When the breaker was open, by a night's `events`."""
    told = [event for event in events if event.kind == records.BREAKER]
    return spans([(event.t_ms, event.value != records.CLOSED) for event in told], last_h)


def spans(changes: list[tuple[int, bool]], last_h: float) -> Spans:
    """From each change to true to the next change to false."""
    found: Spans = []
    begun: float | None = None
    for t_ms, is_on in changes:
        at_h = min(t_ms / MS_PER_H, last_h)
        if is_on and begun is None:
            begun = at_h
        elif not is_on and begun is not None:
            found.append((begun, at_h))
            begun = None
    return [*found, (begun, last_h)] if begun is not None else found


def _bars(requests, lane: int, last_h: float):
    """(start, length in hours, share of the ceiling) of each act that held a lane."""
    for request in requests:
        if len(request.ceilings) <= lane or not request.ceilings[lane]:
            continue
        begin_h = request.t_ms / MS_PER_H
        ends = [end for end in request.ends if end.lane == lane]
        if not ends:
            yield begin_h, _cut_h(request, last_h) - begin_h, _LEAST_SHARE
        for end in ends:
            share = _share(lane, end.peak, request.ceilings[lane])
            yield begin_h, end.t_ms / MS_PER_H - begin_h, share


def _cut_h(request, last_h: float) -> float:
    """An act that was cut off left no word: it lasted till then at the longest, or as granted."""
    end_h = request.t_ms / MS_PER_H + request.length_s / 3600
    return min(last_h, end_h, request.cut_ms / MS_PER_H if request.cut_ms >= 0 else last_h)


def _share(lane: int, peak: int, ceiling: int) -> float:
    foot = _QUIET_CDB if lane == records.SOUND_LANE else 0
    return min(1.0, max(_LEAST_SHARE, (peak - foot) / (ceiling - foot)))


def spans_of_light(night: Night) -> list[tuple[float, float]]:
    """From and to which epoch, in parts of one, the puck itself shone."""
    epoch_ms = records.EPOCH_S * 1000
    lit = [r for r in night.requests if r.ceilings and r.ceilings[records.LIGHT_LANE]]
    found = []
    for request in lit:
        ends = [end.t_ms for end in request.ends if end.lane == records.LIGHT_LANE]
        end_ms = ends[0] if ends else request.t_ms + request.length_s * 1000
        found.append((request.t_ms / epoch_ms, end_ms / epoch_ms))
    return found
