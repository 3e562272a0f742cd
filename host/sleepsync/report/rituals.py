"""What fills the panels of the rituals: the sleeper's states, and the alarm.

The acts themselves are in `acts.py`. It must never draw a ring that was not granted, nor a
state that is not known as if it were.
"""

from dataclasses import dataclass, field, replace
from typing import Any

from matplotlib.axes import Axes

from sleepsync.night import Night
from sleepsync.paths import records
from sleepsync.report import clock, hours, labels, panels, series, waking
from sleepsync.report.labels import Label
from sleepsync.report.palette import Palette
from sleepsync.report.waking import Alarm

MS_PER_H = 3_600_000
STRIP_PT = 10  # of the states
ALARM_PT = 16  # of the alarm's bars
_MOST_ROWS = 4
_ROLES = {
    "awake in bed": "wake",
    "settling": "light",
    "asleep": "asleep",
    "out of bed": "motion",
    "waking": "lamp",
}
_RING_ROLES = {"sunrise": "lamp", "early": "wake", "alarm": "heart"}
_RING_BOX = (5, 6)
_WINDOW_BOX = (2, 12)
_ARMED_PT = 0.8  # of the line from when it was set
_DUE_PT = 1.6
_EDGE_PT = 0.8
_MAIN_WORDS, _ALL_WORDS = 2, 9  # of one alarm
_AROUND_H = 5 / 60  # before and after the waking
_AIR_PT = 6
_TICKS_PT = 18
_LEAST_RUN = 4  # epochs: a shorter stage has its colour, and no name


@dataclass(frozen=True)
class Drawn:
    """A panel's labels, hours for a point of its axis, and the names of stages, if it has any."""

    placed: list[Label]
    h_per_pt: float
    names: list[Label] = field(default_factory=list)


def lay_states(night: Night, width_pt: float) -> Drawn:
    """The names of the states, the longest first."""
    spans = sorted(_spans(night), key=lambda span: span[0] - span[1])
    items = [(begin, name) for begin, _, name in spans]
    seen: dict[str, tuple[float, str]] = {}
    for item in items:
        seen.setdefault(item[1], item)
    rest = [item for item in items if item not in seen.values()]
    span_h = series.span_epochs(night) / series.EPOCHS_PER_H
    return _drawn([*seen.values(), *rest], 0, span_h, width_pt)


def paint_states(axes: Axes, night: Night, drawn: Drawn, palette: Palette) -> None:
    """A strip in the colours of its states, hatched where nothing is known; names below."""
    axes.set_ylim(STRIP_PT + labels.height_pt(drawn.placed), 0)
    for begin_h, end_h, name in _spans(night):
        bar = [(begin_h, end_h - begin_h)]
        if name in _ROLES:
            colour = getattr(palette, _ROLES[name])
            axes.broken_barh(bar, (0, STRIP_PT), facecolor=colour, linewidth=0)
        else:
            style: Any = {"facecolor": "none", "edgecolor": palette.hatch, "hatch": "///"}
            axes.broken_barh(bar, (0, STRIP_PT), linewidth=0, **style)
    labels.paint(axes, drawn.placed, drawn.h_per_pt, STRIP_PT, 1, palette)


def spoken_states(night: Night) -> str:
    """The states as a sentence, for those who hear it; empty if there are none."""
    told = [f"{name} from {clock.moment(night, t_ms)}" for t_ms, name in night.states]
    return f"The sleeper: {'; '.join(told)}." if told else ""


def lay_alarm(night: Night, width_pt: float) -> Drawn:
    """The words of the alarm over the whole night: for when it was set, and when it rang."""
    items = [(t_ms / MS_PER_H, text) for t_ms, text in _all_words(night, _MAIN_WORDS)]
    items += [
        (event.t_ms / MS_PER_H, "missed")  # the sentence says when it was due
        for event in waking.missed(night)
    ]
    return _drawn(items, 0, series.span_epochs(night) / series.EPOCHS_PER_H, width_pt)


def waking_span(night: Night) -> tuple[float, float] | None:
    """From and to when, in hours, the waking is told minute by minute; None if nothing rang."""
    rung = [alarm for alarm in shown(night) if alarm.rings]
    if not rung:
        return None
    begin_ms = min(min(one.window_ms, one.rings[0].begin_ms) for one in rung)
    end_ms = max(max(one.due_ms, *(ring.end_ms for ring in one.rings)) for one in rung)
    last_h = series.span_epochs(night) / series.EPOCHS_PER_H
    return max(0, begin_ms / MS_PER_H - _AROUND_H), min(last_h, end_ms / MS_PER_H + _AROUND_H)


def lay_waking(night: Night, span: tuple[float, float], width_pt: float) -> Drawn:
    """The words of the waking, minute by minute."""
    items = [(t_ms / MS_PER_H, text) for t_ms, text in _all_words(night, _ALL_WORDS)]
    drawn = _drawn(items, *span, width_pt)
    runs = _stage_runs(night)
    before = [(span[0], name) for begin_h, name in runs if begin_h < span[0]]
    names = [*before[-1:], *(run for run in runs if run[0] >= span[0])]
    return replace(drawn, names=_drawn(names, *span, width_pt).placed)


def _stage_runs(night: Night) -> list[tuple[float, str]]:
    """(from when in hours, name) of each stage of the live score that lasted minutes."""
    runs = series.runs(series.live_stages(night))
    told = [(a, value) for a, b, value in runs if b - a >= _LEAST_RUN]
    return [(a / series.EPOCHS_PER_H, records.STAGES[value]) for a, value in told]


def waking_height_pt(drawn: Drawn) -> float:
    """The height that `paint_waking` needs."""
    names_pt = labels.height_pt(drawn.names)
    return ALARM_PT + labels.height_pt(drawn.placed) + _AIR_PT + STRIP_PT + names_pt + _TICKS_PT


def paint_waking(
    axes: Axes, night: Night, span: tuple[float, float], drawn: Drawn, palette: Palette
) -> None:
    """The alarm on an axis of its own, below it the live score and the minutes."""
    axes.set_xlim(*span)
    height_pt = waking_height_pt(drawn)
    axes.set_ylim(height_pt, 0)
    for alarm in shown(night):
        _paint_one(axes, alarm, palette)
    labels.paint(axes, drawn.placed, drawn.h_per_pt, ALARM_PT, 1, palette)
    strip_pt = height_pt - STRIP_PT - labels.height_pt(drawn.names) - _TICKS_PT
    stages = series.live_stages(night)
    for name, colour in _stage_colours(palette).items():
        bars = panels.spans(stages, records.STAGES.index(name))
        axes.broken_barh(bars, (strip_pt, STRIP_PT), facecolor=colour, linewidth=0)
    labels.paint(axes, drawn.names, drawn.h_per_pt, strip_pt + STRIP_PT, 1, palette)
    axes.set_yticks([ALARM_PT / 2, strip_pt + STRIP_PT / 2], ["Alarm", "Sleep"])
    axes.tick_params(axis="y", length=0)
    for at_h, text in hours.within(night, *span):
        axes.vlines(at_h, 0, strip_pt + STRIP_PT, color=palette.hair, linewidth=0.8, zorder=0)
        style: Any = {"color": palette.quiet, "ha": "center", "va": "bottom"}
        axes.text(at_h, height_pt, text, **style)


def _stage_colours(palette: Palette) -> dict[str, str]:
    return {name: getattr(palette, name) for name in ("wake", "rem", "asleep", "light", "deep")}


def _drawn(items: list[tuple[float, str]], begin_h: float, end_h: float, width_pt: float) -> Drawn:
    """Those of the items (when in hours, words) that fall on an axis and find room there."""
    h_per_pt = (end_h - begin_h) / width_pt
    inside = [((h - begin_h) / h_per_pt, text) for h, text in items if begin_h <= h <= end_h]
    return Drawn(labels.place(inside, width_pt, _MOST_ROWS), h_per_pt)


def _all_words(night: Night, most: int) -> list[tuple[int, str]]:
    """The first `most` of each alarm's words, those that matter most of all of them first."""
    told = [_words(night, alarm)[:most] for alarm in shown(night)]
    return [words[i] for i in range(most) for words in told if i < len(words)]


def shown(night: Night) -> list[Alarm]:
    """The alarms that are drawn: what rang or should have, and what stands at the end."""
    alarms = waking.alarms(night)
    return [one for one in alarms if one.rings or one.refused or one is alarms[-1]]


def paint_alarm(axes: Axes, night: Night, drawn: Drawn, palette: Palette) -> None:
    """For each alarm a line while it is set, its window, its rings, and marks of the hand."""
    axes.set_ylim(ALARM_PT + labels.height_pt(drawn.placed), 0)
    for alarm in shown(night):
        _paint_one(axes, alarm, palette)
    missed_h = [event.t_ms / MS_PER_H for event in waking.missed(night)]
    middle = ALARM_PT / 2
    axes.plot(missed_h, [middle] * len(missed_h), "X", color=palette.heart, ms=7, zorder=5)
    labels.paint(axes, drawn.placed, drawn.h_per_pt, ALARM_PT, 1, palette)


def _paint_one(axes: Axes, alarm: Alarm, palette: Palette) -> None:
    middle, due_h = ALARM_PT / 2, alarm.due_ms / MS_PER_H
    last_h = min(max(alarm.due_ms, alarm.end_ms), alarm.end_ms) / MS_PER_H
    axes.hlines(
        middle, alarm.set_ms / MS_PER_H, last_h, color=palette.quiet, linewidth=_ARMED_PT, zorder=1
    )
    window = [(alarm.window_ms / MS_PER_H, (alarm.due_ms - alarm.window_ms) / MS_PER_H)]
    axes.broken_barh(window, _WINDOW_BOX, facecolor=palette.hatch, linewidth=0, zorder=2)
    for ring in alarm.rings:
        colour = getattr(palette, _RING_ROLES.get(ring.use, "heart"))
        bar = [(ring.begin_ms / MS_PER_H, (ring.end_ms - ring.begin_ms) / MS_PER_H)]
        edge: Any = {"edgecolor": colour, "linewidth": _EDGE_PT}
        axes.broken_barh(bar, _RING_BOX, facecolor=colour, zorder=3, **edge)
    axes.vlines(due_h, 0, ALARM_PT, color=palette.ink, linewidth=_DUE_PT, zorder=4)
    snoozes_h = [t_ms / MS_PER_H for t_ms in alarm.snoozes_ms]
    ring_style: Any = {"color": palette.ink, "markerfacecolor": palette.paper}
    axes.plot(snoozes_h, [middle] * len(snoozes_h), "o", ms=4, zorder=5, **ring_style)
    if alarm.is_over:
        axes.plot([alarm.end_ms / MS_PER_H], [middle], "s", color=palette.ink, ms=4, zorder=5)


def _words(night: Night, alarm: Alarm) -> list[tuple[int, str]]:
    """(when, words), what matters most first."""
    is_due = alarm.due_ms <= alarm.end_ms or alarm.rings
    at_ms = alarm.due_ms if is_due else alarm.set_ms
    told = [(at_ms, f"set for {clock.moment(night, alarm.due_ms)}")]
    if alarm.rang_ms >= 0:
        told.append((alarm.rang_ms, f"rang {clock.moment(night, alarm.rang_ms)}"))
    if alarm.is_over:
        told.append((alarm.end_ms, f"stopped {clock.moment(night, alarm.end_ms)}"))
    dawn = [ring.begin_ms for ring in alarm.rings if ring.use == "sunrise"]
    told += [(t_ms, f"sunrise {clock.moment(night, t_ms)}") for t_ms in dawn[:1]]
    told += [(t_ms, f"snoozed {clock.moment(night, t_ms)}") for t_ms in alarm.snoozes_ms]
    return told


def _spans(night: Night) -> list[tuple[float, float, str]]:
    """(from, to, name) of each state in hours, to the night's end."""
    last_h = series.span_epochs(night) * records.EPOCH_S / 3600
    begins = [min(t_ms / MS_PER_H, last_h) for t_ms, _ in night.states]
    ends = [*begins[1:], last_h]
    names = [name for _, name in night.states]
    return list(zip(begins, ends, names, strict=True))
