"""A night in plain words: durations, the title, the one sentence, events, the picture read aloud.

It must never say more than the records do: what is not known is said to be so.
"""

from datetime import timedelta

import numpy as np

from sleepsync.night import Event, Night
from sleepsync.paths import records
from sleepsync.report import incidents, series
from sleepsync.report.incidents import Incident

NBSP = "\u00a0"

_STARTS = ("start", "reset", "power cut")
_BREAKER = ("on again", "everything off", "still off")
# By the numbers of firmware/keep/settings.py.
_SETTINGS = {1: "evening", 2: "bedtime", 3: "early", 4: "zone", 7: "organic"}
_ORGANIC = 7
# By the numbers of firmware/rituals/programmes.py.
_PROGRAMMES = ("none", "wind-down", "breathing", "story", "music", "back to sleep")
_FIRST_ALARM, _ALARMS = 11, 8
_HELD_MS = 1000  # a press this long is told with its length
_MOST_HEARD = 3  # of one kind; more are told as one

# By the values of a LINK event.
LINKS = ("link", "phones let in", "phone paired", "phone refused", "phone forgotten")


def duration(seconds: int) -> str:
    """Seconds (>= 0) to the nearest minute, half up: `6 h 52 min`, `14 min`."""
    hours, minutes = divmod((seconds + 30) // 60, 60)
    words = f"{hours} h {minutes} min" if hours else f"{minutes} min"
    return words.replace(" ", NBSP)


def title(night: Night) -> str:
    """The night's date and times, or its name where the puck did not know the time."""
    if night.start is None:
        return night.name
    start, span_s = night.start, series.span_epochs(night) * records.EPOCH_S
    words = f"{start:%A} {start.day} {start:%B} {start.year}, {start:%H:%M}"
    return f"{words} to {start + timedelta(seconds=span_s):%H:%M}" if span_s else words


def lead(night: Night) -> str:
    """The one sentence that a tired person reads."""
    if not night.epochs:
        return "No epochs were recorded."
    if series.never_worn(night):
        return "The pod was not worn."
    if not series.any_known(series.best_stages(night)):
        return "Sleep could not be scored."
    return _asleep(night.summary)


def _asleep(summary: dict[str, int]) -> str:
    asleep_s = summary.get("total_sleep_time_s", -1)
    in_bed_s = summary.get("time_in_bed_s", -1)
    if asleep_s < 0:
        return "Total sleep time is not known."
    slept = f"Asleep {duration(asleep_s)}" if asleep_s else "No sleep was seen"
    return f"{slept} of {duration(in_bed_s)} in bed." if in_bed_s >= 0 else f"{slept}."


def event(record: Event) -> str:
    """An event in two or three words: `pulse sensor gap`.

    Raises ValueError for a kind, part or start that `firmware/records.py` does not name.
    """
    try:
        part = "" if record.kind == records.SETTING else records.PARTS[record.part]
        return {
            records.START: lambda: _STARTS[record.value],
            records.STOP: lambda: "stop",
            records.GAP: lambda: f"{part} gap",
            records.PART_MISSING: lambda: f"{part} missing",
            records.PART_BACK: lambda: f"{part} back",
            records.PRESSED: lambda: _pressed(record.value),
            records.GESTURE: lambda: f"gesture {records.GESTURES[record.value]}",
            records.BREAKER: lambda: _BREAKER[record.value],
            records.CLOCK_SET: lambda: "clock set" if record.value else "time lost",
            records.ALARM_SET: lambda: "alarm set" if record.value else "alarm over",
            records.CALIBRATED: lambda: "speaker calibrated",
            records.ASKED: lambda: "asked by typing",
            records.ALARM_MISSED: lambda: "alarm missed",
            records.SETTING: lambda: _set(record),
            records.PROGRAMME: lambda: "programme asked for" if record.value else "programme over",
            records.CLIP: lambda: "a clip sounds",
            records.LINK: lambda: LINKS[record.value],
            records.DROPPED: lambda: f"night {record.value} made room",
        }[record.kind]()
    except LookupError as error:
        raise ValueError(
            f"report: {record} is no event that this version knows; "
            "read the night with the software that wrote it"
        ) from error


def _pressed(held_ms: int) -> str:
    """A press, with whole seconds (half up) only where it was held longer than a tap."""
    if held_ms < _HELD_MS:
        return "button pressed"
    return f"button held {(held_ms + 500) // 1000} s"


def _set(record: Event) -> str:
    """Of organic mode, what was chosen: what is missing then is not a fault."""
    if record.part == _ORGANIC:
        return "organic: pod and radio off" if record.value else "organic mode is over"
    return f"{setting(record.part)} set"


def setting(number: int) -> str:
    """The name of a setting: `early`, `alarm2`, or `setting 99` of one that is not known."""
    if _FIRST_ALARM <= number < _FIRST_ALARM + _ALARMS:
        return f"alarm{number - _FIRST_ALARM + 1}"
    return _SETTINGS.get(number, f"setting {number}")


def programme(number: int) -> str:
    """What a programme of the evening is called, or `programme 9` of one that is not known."""
    known = 0 < number < len(_PROGRAMMES)
    return f"the programme {_PROGRAMMES[number]}" if known else f"programme {number}"


def incident(one: Incident) -> str:
    """A moment as `event` tells it, an outage with its length: `pulse sensor away 30 min`."""
    if not one.is_outage:
        return event(one.record)
    if one.is_to_end:
        return f"{kind(one)} {'all night' if one.is_all_night else 'to the end'}"
    return f"{kind(one)} {_length(one.span_ms)}"


def kind(one: Incident) -> str:
    """What it has in common with others of its kind: `pulse sensor away`, `button pressed`.

    Raises ValueError as `event` does.
    """
    name = event(one.record)
    if one.record.kind == records.PRESSED:
        return _pressed(0)
    return f"{records.PARTS[one.record.part]} away" if one.is_outage else name


def is_new_night(one: Incident) -> bool:
    """Whether a night begins with it, and does not go on."""
    return one.record.kind == records.START and one.record.value == 0


def _length(span_ms: int) -> str:
    """Whole minutes as `duration` has them, or whole seconds (half up) below one."""
    seconds = (span_ms + 500) // 1000
    return duration(seconds) if seconds >= 60 else f"{seconds}{NBSP}s"


def moment(night: Night, t_s: float) -> str:
    """`t_s` seconds after the start: as wall time `23:05`, or as `1 h 5 min` since the start."""
    if night.start is None:
        return duration(int(t_s))
    return f"{night.start + timedelta(seconds=t_s):%H:%M}"


def at(night: Night, t_s: float) -> str:
    """The same as an adverb: `at 23:05`, or `after 1 h 5 min`."""
    return f"{'at' if night.start else 'after'}{NBSP}{moment(night, t_s)}"


def picture(night: Night) -> str:
    """What the picture shows, for those who hear it instead."""
    parts = [f"Chart of stages, heart rate, motion, the room and events. {lead(night)}"]
    rates_bpm = series.rates_bpm(night)
    if series.any_number(rates_bpm):
        low, high = np.nanmin(rates_bpm), np.nanmax(rates_bpm)
        parts.append(f"Heart rate {low:.0f} to {high:.0f} beats per minute.")
    told = [_heard(night, like) for like in _alike(incidents.of_night(night))]
    return " ".join([*parts, f"Events: {'; '.join(told)}." if told else "No events."])


def _alike(told: list[Incident]) -> list[list[Incident]]:
    """One by one, but for a kind that there is too much of; in the order of each first."""
    kinds: dict[str, list[Incident]] = {}
    for one in told:
        kinds.setdefault(kind(one), []).append(one)
    many = [like for like in kinds.values() if len(like) > _MOST_HEARD]
    few = [[one] for like in kinds.values() if len(like) <= _MOST_HEARD for one in like]
    return sorted(few + many, key=lambda like: like[0].begin_ms)


def _heard(night: Night, like: list[Incident]) -> str:
    """`stop at 06:58`, `motion sensor away 33 times from 22:58 to 06:52, at longest 2 min`."""
    first, begin = like[0], moment(night, like[0].begin_ms / 1000)
    if len(like) == 1:
        if not first.is_to_end:
            return f"{incident(first)} {at(night, first.begin_ms / 1000)}"
        return incident(first) if first.is_all_night else f"{kind(first)} from {begin} to the end"
    end = moment(night, like[-1].begin_ms / 1000)
    words = f"{kind(first)} {len(like)} times from {begin} to {end}"
    longest_ms = max(one.span_ms for one in like)
    return f"{words}, at longest {_length(longest_ms)}" if first.is_outage else words
