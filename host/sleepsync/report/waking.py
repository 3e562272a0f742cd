"""The alarms of a night, put together from its records: set, rung, snoozed, stopped or missed.

It must never say that something rang without a request that was granted.
"""

from dataclasses import dataclass, field

from sleepsync.night import Event, Night
from sleepsync.paths import records
from sleepsync.report import series

RINGS = ("early", "alarm")  # uses; a sunrise comes before them, and makes no sound
EARLY_SETTING = 3  # of firmware/keep/settings.py: minutes before the alarm
DEFAULT_EARLY_MIN = 30
SHORT, DOUBLE, LONG, HOLD = range(1, 5)  # of records.GESTURES
_MINUTE_MS = 60_000
_TOGETHER_MS = 1000  # a gesture, and what the gate makes of it


@dataclass(frozen=True)
class Ring:
    """A request of the waking that was granted, of one of the uses sunrise, early, alarm."""

    begin_ms: int
    end_ms: int
    use: str
    stage: str
    why: str


@dataclass(frozen=True)
class Alarm:
    """One deadline, from when it was set until it was over.

    `due_ms`: when it was to ring at the latest. `window_ms`: from when light sleep may ring it.
    `end_ms`: when another took its place or it was over, else the night's end. `is_over`:
    somebody ended it. `by_hand`: whether by a long press. `off_ms`: when everything was switched
    off while it rang, or -1. `refused`: (use, why) of what was refused, each once.
    """

    set_ms: int
    due_ms: int
    window_ms: int
    end_ms: int
    is_over: bool
    by_hand: bool
    rings: list[Ring] = field(default_factory=list)
    snoozes_ms: list[int] = field(default_factory=list)
    off_ms: int = -1
    refused: list[tuple[str, str]] = field(default_factory=list)

    @property
    def rang_ms(self) -> int:
        """When it first rang, or -1."""
        return next((ring.begin_ms for ring in self.rings if ring.use in RINGS), -1)

    @property
    def first(self) -> Ring | None:
        """The first ring that is heard."""
        return next((ring for ring in self.rings if ring.use in RINGS), None)


def alarms(night: Night) -> list[Alarm]:
    """The alarms that were set, in order; one that was told again after a start is one."""
    last_ms = series.span_epochs(night) * records.EPOCH_S * 1000
    told = [event for event in _events(night) if event.kind == records.ALARM_SET]
    changes = [
        event
        for event, before in zip(told, [None, *told], strict=False)
        if not before or event.value != before.value
    ]
    ends = [*changes, None][1:]
    return [
        _alarm(night, event, end, last_ms)
        for event, end in zip(changes, ends, strict=True)
        if event.value
    ]


def missed(night: Night) -> list[Event]:
    """The alarms that could not ring, because the puck was without power or lost the time."""
    return [event for event in _events(night) if event.kind == records.ALARM_MISSED]


def _alarm(night: Night, event: Event, end: Event | None, last_ms: int) -> Alarm:
    end_ms = end.t_ms if end else last_ms
    asked = [
        request
        for request in night.requests
        if request.who == "the waking" and event.t_ms <= request.t_ms <= end_ms
    ]
    rings = [_ring(request, end_ms) for request in asked if request.ceilings]
    heard = [ring for ring in rings if ring.use in RINGS]
    off = _off_ms(night, heard)
    is_over = bool(end and not end.value)
    refused = [(one.use, one.refused) for one in asked if one.refused]
    return Alarm(
        set_ms=event.t_ms,
        due_ms=event.value,
        window_ms=event.value - _early_min(night, event.value) * _MINUTE_MS,
        end_ms=end_ms,
        is_over=is_over,
        by_hand=is_over and _is_pressed(night, end_ms, LONG),
        rings=rings,
        snoozes_ms=_snoozes(night, heard),
        off_ms=off,
        refused=list(dict.fromkeys(refused)),
    )


def _ring(request, last_ms: int) -> Ring:
    ends = [end.t_ms for end in request.ends]
    granted_ms = request.t_ms + request.length_s * 1000
    end_ms = max(ends) if ends else min(last_ms, granted_ms)
    if request.cut_ms >= 0 and not ends:
        end_ms = request.cut_ms
    return Ring(request.t_ms, end_ms, request.use, request.stage, request.why)


def _snoozes(night: Night, heard: list[Ring]) -> list[int]:
    """Short presses while it rang."""
    pressed = [e.t_ms for e in _events(night) if _is_gesture(e, SHORT)]
    return [t_ms for t_ms in pressed if _holds(heard, t_ms)]


def _off_ms(night: Night, heard: list[Ring]) -> int:
    opened = [
        event.t_ms
        for event in _events(night)
        if event.kind == records.BREAKER and event.value == records.OPENED
    ]
    return next((t_ms for t_ms in opened if _holds(heard, t_ms)), -1)


def _holds(heard: list[Ring], t_ms: int) -> bool:
    """Whether one of them rang when a hand pressed: its end follows the press at once."""
    return any(ring.begin_ms <= t_ms <= ring.end_ms + _TOGETHER_MS for ring in heard)


def _is_pressed(night: Night, t_ms: int, gesture: int) -> bool:
    told = [event for event in night.events if _is_gesture(event, gesture)]
    return any(abs(event.t_ms - t_ms) <= _TOGETHER_MS for event in told)


def _is_gesture(event: Event, gesture: int) -> bool:
    return event.kind == records.GESTURE and event.value == gesture


def _early_min(night: Night, due_ms: int) -> int:
    """The setting as it was when the alarm was due."""
    told = [
        event.value
        for event in _events(night)
        if event.kind == records.SETTING and event.part == EARLY_SETTING and event.t_ms <= due_ms
    ]
    return max(0, told[-1]) if told else DEFAULT_EARLY_MIN


def _events(night: Night) -> list[Event]:
    return sorted(night.events, key=lambda event: event.t_ms)
