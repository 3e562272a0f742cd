"""Acts in a picture: a bar for each lane and act, as high as its peak beside its ceiling.

It must never draw a request that was refused as an act.
"""

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes

from sleepsync.night import Night
from sleepsync.paths import records
from sleepsync.report.palette import Palette
from sleepsync.report.panels import hatch

Spans = list[tuple[float, float]]  # (begin, end) in hours since the start
MS_PER_H = 3_600_000

_ROLES = ("lamp", "noise", "climate")  # of light, sound and touch
_LEAST_SHARE = 0.04  # of the height: what is fainter is still seen
_QUIET_CDB = 2000  # the foot of sound: levels are logarithms
_EDGE_PT = 0.8  # keeps a bar of a second visible
_ROW = 0.8  # of a lane's row


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


def paint_acts(axes: Axes, night: Night, last_h: float, palette: Palette) -> None:
    """All lanes in rows of one panel, the refusals as crosses below them."""
    for row, name in enumerate(records.LANES):
        colour = getattr(palette, _ROLES[row])
        for begin_h, length_h, share in _bars(night.requests, row, last_h):
            box = (row + _ROW / 2 - _ROW * share, _ROW * share)
            axes.broken_barh([(begin_h, length_h)], box, color=colour, linewidth=_EDGE_PT)
        axes.axhline(row + _ROW / 2, color=palette.hair, linewidth=0.8, label=name, zorder=0)
    refused_h = [request.t_ms / MS_PER_H for request in night.requests if request.refused]
    axes.plot(refused_h, [len(records.LANES)] * len(refused_h), "x", color=palette.quiet, ms=4)
    off = [(begin, end - begin) for begin, end in off_spans(night.events, last_h)]
    names = [name.capitalize() for name in records.LANES]
    axes.set_yticks(range(len(names) + 1), [*names, "Refused"])
    axes.set_ylim(len(names) + 0.6, -0.6)
    hatch(axes, off, palette)


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
