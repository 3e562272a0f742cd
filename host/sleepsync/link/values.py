"""Settings as people say them: alarms with their days, times of day, numbers, text.

The packed form of an alarm is the puck's (docs/settings.md). It must never send what it has not
understood.
"""

from typing import NamedTuple

_MINUTES, _DAYS_AT, _ON = 0x7FF, 11, 1 << 18
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SETS = {"once": 0, "daily": 0x7F, "weekdays": 0x1F, "weekends": 0x60}
_OF_DAY = "min after 0:00"  # the unit of a time of day; -1 is never
_PACKED = "packed"  # the unit of an alarm
_HOW = "say '07:00', with once, daily, weekdays, weekends or days like 'mon fri'; or off"


class Setting(NamedTuple):
    """One of the puck's, as it tells of it. `least` and `most` hold for numbers."""

    name: str
    value: int | str
    unit: str
    least: int
    most: int
    meaning: str


def shown(its: Setting) -> str:
    """The value as a person says it."""
    if its.unit == _PACKED:
        return alarm_words(int(its.value))
    if its.unit == _OF_DAY:
        return "never" if int(its.value) < 0 else _clock(int(its.value))
    return str(its.value)


def meant(its: Setting, words: str) -> int | str:
    """What `words` say for this setting. ValueError with what would do."""
    if isinstance(its.value, str):
        return words
    if words.lstrip("-").isdigit():
        return int(words)
    if its.unit == _PACKED:
        return alarm_row(words)
    if its.unit == _OF_DAY:
        return -1 if words.strip().lower() == "never" else _minute(words, f"{its.name}: a time")
    allowed = f"{its.least} to {its.most} ({its.unit})"
    raise ValueError(f"{its.name}: '{words}' is no number; it takes {allowed}")


def alarm_words(row: int) -> str:
    """A packed alarm: "07:00 weekdays", "06:30 mon fri", "off"."""
    if not row & _ON:
        return "off"
    mask = row >> _DAYS_AT & 0x7F
    names = [name for name, days in _SETS.items() if days == mask]
    days = names or [name for day, name in enumerate(_DAYS) if mask >> day & 1]
    return f"{_clock(row & _MINUTES)} {' '.join(days)}"


def alarm_row(words: str) -> int:
    """The packed form of such words. ValueError with what would do."""
    at, *days = words.lower().replace(",", " ").split() or [""]
    if at == "off":
        return 0
    mask = 0
    for day in days:
        mask |= _mask(day, words)
    return _minute(at, f"alarm '{words}': '{at}'") | mask << _DAYS_AT | _ON


def _mask(day, words):
    if day in _SETS:
        return _SETS[day]
    if day[:3] in _DAYS:
        return 1 << _DAYS.index(day[:3])
    raise ValueError(f"alarm '{words}': '{day}' is no day; {_HOW}")


def _minute(at, what):
    """Minutes after midnight of "7:05"."""
    hour, colon, minute = at.strip().partition(":")
    is_time = colon and hour.isdecimal() and minute.isdecimal() and len(minute) == 2
    if not is_time or int(hour) > 23 or int(minute) > 59:
        raise ValueError(f"{what} is no time of day; {_HOW}")
    return int(hour) * 60 + int(minute)


def _clock(minute):
    return f"{minute // 60:02d}:{minute % 60:02d}"
