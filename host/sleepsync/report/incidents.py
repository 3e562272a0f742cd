"""What happened in a night, as a person tells it: moments, and outages of a part.

The journal has an event when a part is missed and one when it is back; here both are
one outage. It must never leave out a record, nor end an outage that no record ends.
"""

from dataclasses import dataclass

from sleepsync.night import Event, Night
from sleepsync.paths import records
from sleepsync.report import series

_EPOCH_MS = records.EPOCH_S * 1000


@dataclass(frozen=True)
class Incident:
    """A moment, told by its `record`; or an outage, told by the one of the missing part.

    `end_ms` after the night's start it was over: for a moment when it began, for an outage
    when the part was back, or at the end of the night if it never was (`is_to_end`).
    """

    record: Event
    end_ms: int
    is_to_end: bool = False

    @property
    def begin_ms(self) -> int:
        """When it happened or began, in ms after the night's start."""
        return self.record.t_ms

    @property
    def span_ms(self) -> int:
        """How long it lasted: 0 for a moment."""
        return self.end_ms - self.begin_ms

    @property
    def is_outage(self) -> bool:
        """Whether it is an outage of a part."""
        return self.record.kind == records.PART_MISSING

    @property
    def is_all_night(self) -> bool:
        """Whether a part was away from the first epoch to the end."""
        return self.is_to_end and self.begin_ms < _EPOCH_MS


def of_night(night: Night) -> list[Incident]:
    """Everything that happened, in the order in which it began.

    A puck that starts anew knows nothing of an outage before: what is still away is told
    again within an epoch, and goes on; what is not has come back unseen, at the start at
    the latest.
    """
    events = sorted(night.events, key=lambda event: event.t_ms)
    told: list[Incident] = []
    away: dict[int, Event] = {}  # by part, the record of its outage so far
    for event in events:
        if event.kind == records.PART_MISSING:
            away.setdefault(event.part, event)
        elif event.kind == records.PART_BACK and event.part in away:
            told.append(Incident(away.pop(event.part), event.t_ms))
        else:
            told.append(Incident(event, event.t_ms))
        if event.kind == records.START:
            for part in away.keys() - _told_anew(events, event.t_ms):
                told.append(Incident(away.pop(part), event.t_ms))
    end_ms = series.span_epochs(night) * _EPOCH_MS
    told += [Incident(event, end_ms, is_to_end=True) for event in away.values()]
    return sorted(told, key=lambda one: one.begin_ms)


def _told_anew(events: list[Event], start_ms: int) -> set[int]:
    """The parts that are missed within an epoch of a start."""
    missed = [event for event in events if event.kind == records.PART_MISSING]
    return {event.part for event in missed if 0 <= event.t_ms - start_ms < _EPOCH_MS}
