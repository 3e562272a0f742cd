"""The panels of the rituals: the sleeper's states, the acts, the alarm, the waking by minutes.

`rituals.py` and `acts.py` fill them. It must never have a panel of what a night did not have.
"""

from sleepsync.night import Night
from sleepsync.report import acts, labels, rituals, series, waking
from sleepsync.report.sheet import Panel, Sheet

_ALARM_KEY = "grey: may ring early, circle: snoozed, square: stopped"


def of_night(night: Night, sheet: Sheet) -> list[Panel]:
    """The panels that this night needs, from above."""
    asked = [*_acts(night, sheet), *_alarm(night, sheet), *_waking(night, sheet)]
    return [*_states(night, sheet), *asked]


def _states(night: Night, sheet: Sheet) -> list[Panel]:
    """What the puck took the sleeper's state to be, where it told."""
    if not night.states:
        return []
    drawn = rituals.lay_states(night, sheet.plot_width)
    has_unknown = any(name == "unknown" for _, name in night.states)
    return [
        Panel(
            "The sleeper, as the puck had it",
            "hatched: not known" * has_unknown,
            rituals.STRIP_PT + labels.height_pt(drawn.placed),
            lambda axes, night, palette: rituals.paint_states(axes, night, drawn, palette),
        )
    ]


def _alarm(night: Night, sheet: Sheet) -> list[Panel]:
    """The alarm, in a night that had one."""
    if not (rituals.shown(night) or waking.missed(night)):
        return []
    drawn = rituals.lay_alarm(night, sheet.plot_width)
    return [
        Panel(
            "Alarm",
            "" if rituals.waking_span(night) else _ALARM_KEY,
            rituals.ALARM_PT + labels.height_pt(drawn.placed),
            lambda axes, night, palette: rituals.paint_alarm(axes, night, drawn, palette),
        )
    ]


def _waking(night: Night, sheet: Sheet) -> list[Panel]:
    """The waking once more, on an axis of its own, since it is short."""
    span = rituals.waking_span(night)
    if not span:
        return []
    drawn = rituals.lay_waking(night, span, sheet.plot_width)
    return [
        Panel(
            "The waking, minute by minute",
            _ALARM_KEY,
            rituals.waking_height_pt(drawn),
            lambda axes, night, palette: rituals.paint_waking(axes, night, span, drawn, palette),
        )
    ]


def _acts(night: Night, sheet: Sheet) -> list[Panel]:
    """What the puck itself gave, in a night in which it was asked for something."""
    if not night.requests:
        return []
    last_h = series.span_epochs(night) / series.EPOCHS_PER_H
    has_off = bool(acts.off_spans(night.events, last_h))
    placed = acts.lay_acts(night, last_h, sheet.plot_width)
    return [
        Panel(
            "Acts of the puck",
            "height: share of the ceiling" + ", hatched: everything off" * has_off,
            acts.acts_height_pt(placed),
            lambda axes, night, palette: acts.paint_acts(axes, night, last_h, placed, palette),
        )
    ]
