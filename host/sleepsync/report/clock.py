"""The wall time of a moment of the night, as the puck's own clock had it then.

A clock that is set in the night (daylight saving, a drift made good) counts from there on. It
must never give a time that the puck did not know.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sleepsync.night import PUCK_EPOCH, Event, Night
from sleepsync.paths import records
from sleepsync.report.words import NBSP, duration

_LEAST_SHIFT_S = 600  # a drift made good is no other hour


def wall(night: Night, t_ms: int) -> datetime | None:
    """Wall time at `t_ms` of the night, None if it was not known then."""
    start = night.start
    for event in sorted(night.events, key=lambda each: each.t_ms):
        if event.kind == records.CLOCK_SET and event.t_ms <= t_ms:
            start = _start(event)
    return start + timedelta(milliseconds=t_ms) if start else None


def begun(start: datetime | None, events: Iterable[Event]) -> datetime | None:
    """When a night began that did not know: by the first time that the puck was told in it."""
    for event in sorted(events, key=lambda each: each.t_ms):
        if start is None and event.kind == records.CLOCK_SET and event.value:
            start = _start(event).replace(microsecond=0)
    return start


def moment(night: Night, t_ms: int) -> str:
    """`06:41`, or `7 h 43 min` since the start where the time was not known."""
    at = wall(night, t_ms)
    return f"{at:%H:%M}" if at else duration(max(0, t_ms) // 1000)


def at(night: Night, t_ms: int) -> str:
    """The same as an adverb: `at 06:41`, or `after 7 h 43 min`."""
    return f"{'at' if wall(night, t_ms) else 'after'}{NBSP}{moment(night, t_ms)}"


def shift(night: Night) -> str:
    """A sentence, if the clock was put so far that the picture's hours are not the puck's."""
    for event in night.events:
        if night.start and event.kind == records.CLOCK_SET and event.value:
            by_s = (_start(event) - night.start).total_seconds()
            if abs(by_s) >= _LEAST_SHIFT_S:
                way = "forward" if by_s > 0 else "back"
                return (
                    f"The clock was put {way} by {duration(int(abs(by_s)))}; the pictures keep the "
                    f"hours of the evening, and sentences have the new ones."
                )
    return ""


def _start(event):
    """The night's start by a clock that was set."""
    zero = PUCK_EPOCH + timedelta(seconds=event.value)
    return zero - timedelta(milliseconds=event.t_ms) if event.value else None
