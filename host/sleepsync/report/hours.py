"""The hours under the picture: whole steps of the clock, few enough to read."""

from sleepsync.night import Night
from sleepsync.report import series

_STEPS_H = (0.25, 0.5, 1, 2, 3, 4, 6, 12, 24)


def ticks(night: Night, most: int) -> list[tuple[float, str]]:
    """At most `most` + 1 ticks: (hours since the start, words).

    Whole steps of the wall clock (`23:00`), or of the time since the start (`2 h`,
    `0:30 h` within hours) where the puck did not know the time.
    """
    span_h = series.span_epochs(night) / series.EPOCHS_PER_H
    step_h = next((step for step in _STEPS_H if span_h / step <= most), _STEPS_H[-1])
    offset_h = _clock_h(night)
    first = int(-(-offset_h // step_h))
    last = int((offset_h + span_h) // step_h)
    hours = [step * step_h for step in range(first, last + 1)]
    return [(hour - offset_h, _words(hour, night, step_h)) for hour in hours]


def _clock_h(night: Night) -> float:
    """The clock's reading at the start, in hours; 0 where the puck did not know it."""
    at = night.start
    return at.hour + at.minute / 60 + at.second / 3600 if at else 0.0


def _words(hour: float, night: Night, step_h: float) -> str:
    whole, minute = divmod(round(hour * 60), 60)
    if night.start:
        return f"{whole % 24:02}:{minute:02}"
    return f"{whole} h" if step_h >= 1 else f"{whole}:{minute:02} h"
