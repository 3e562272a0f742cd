"""The hours under the picture: whole steps of the clock, few enough to read."""

from sleepsync.night import Night
from sleepsync.paths import records
from sleepsync.report import series

_HOUR_S = 3600
_STEPS_S = tuple(minutes * 60 for minutes in (15, 30, 60, 120, 180, 240, 360, 720, 1440))
_FINE_S = (300, 600, 1800, 3600, 7200)  # steps of a part of the night
_MOST_FINE = 7


def ticks(night: Night, most: int) -> list[tuple[float, str]]:
    """At most `most` + 1 ticks: (hours since the start, words).

    Whole steps of the wall clock (`23:00`), or of the time since the start (`2 h`,
    `0:30 h` within hours) where the puck did not know the time.
    """
    start_s, span_s = _clock_s(night), series.span_epochs(night) * records.EPOCH_S
    step_s = next((step for step in _STEPS_S if span_s <= step * most), _STEPS_S[-1])
    first_s = -(-start_s // step_s) * step_s
    at_s = range(first_s, start_s + span_s + 1, step_s)
    return [((s - start_s) / _HOUR_S, _words(s, night, step_s)) for s in at_s]


def within(night: Night, begin_h: float, end_h: float) -> list[tuple[float, str]]:
    """The same, of a few minutes to a few hours: every five minutes, ten, or more."""
    start_s, span_s = _clock_s(night), (end_h - begin_h) * _HOUR_S
    step_s = next((step for step in _FINE_S if span_s <= step * _MOST_FINE), _FINE_S[-1])
    first_s = -(-(start_s + begin_h * _HOUR_S) // step_s) * step_s
    at_s = range(round(first_s), round(start_s + end_h * _HOUR_S) + 1, step_s)
    return [((s - start_s) / _HOUR_S, _words(s, night, step_s)) for s in at_s]


def _clock_s(night: Night) -> int:
    """The clock's reading at the start, in seconds; 0 where the puck did not know it."""
    at = night.start
    return at.hour * _HOUR_S + at.minute * 60 + at.second if at else 0


def _words(at_s: int, night: Night, step_s: int) -> str:
    hour, minute = divmod(at_s // 60, 60)
    if night.start:
        return f"{hour % 24:02}:{minute:02}"
    return f"{hour} h" if step_s >= _HOUR_S else f"{hour}:{minute:02} h"
