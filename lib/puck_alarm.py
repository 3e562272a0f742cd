"""The words about alarms: which there are, which is next, a new one, none of them, a nap.

Loaded when somebody asks. Each is a generator of lines to print. `puck` is the one that runs, in
safe mode or not; `alarms` is firmware/alarms.py. It must never set what it has not understood.
"""

from micropython import const
from puck_lines import date, line, listed, span

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SETS = {"once": 0, "daily": 0x7F, "weekdays": 0x1F, "weekends": 0x60}
_MOST_NAP_MIN = const(1439)
_HOW = "say puck.alarm('07:00'), with 'weekdays', 'weekends', 'daily' or days like 'mon fri'"


def told(puck, alarms):  # noqa: ANN201 (MicroPython has no typing)
    """The rows, and what is next."""
    found = 0
    for row in range(alarms.ROWS):
        is_on, minute, days = alarms.unpacked(puck.settings.get(alarms.NAMES[row]))
        if is_on:
            found += 1
            yield line("alarm %d" % (row + 1), "%s %s" % (_time(minute), _days(days)))
    if not found:
        yield "no alarm is set; " + _HOW
    yield from _next(puck)


def _next(puck):
    due_s, wall_s = puck.alarms.due_s, puck.clock.wall_s()
    if due_s:
        at = date(due_s + puck.clock.zone.offset_s(due_s)) if wall_s else "nobody knows when"
        yield line("next", "%s, in %s" % (at, span(puck.alarms.left_ms() // 1000)))
    elif not wall_s:
        yield "the time is unknown, so no alarm can ring at one: puck.set_time() first"
    else:
        yield line("next", "none")


def set_row(puck, alarms, at: str, days: str, number: int):  # noqa: ANN201 (the same)
    """A new alarm; `number` 0: in the first row that is free."""
    minute, mask = _minute(at), _mask(days)
    free = [row for row in range(alarms.ROWS) if not _is_on(puck, alarms, row)]
    if minute < 0 or mask < 0:
        yield "not understood: " + _HOW
    elif not 0 <= number <= alarms.ROWS:
        yield "there are alarms 1 to %d" % alarms.ROWS
    elif not (number or free):
        yield "all %d alarms are set; puck.no_alarm(1) frees one" % alarms.ROWS
    else:
        row = number - 1 if number else free[0]
        puck.settings.set(alarms.NAMES[row], alarms.packed(minute, mask))
        puck.changed(alarms.FIRST_SETTING + row)
        yield from told(puck, alarms)


def clear(puck, alarms, number: int):  # noqa: ANN201 (the same)
    """No such alarm any more; 0: none of them."""
    if not 0 <= number <= alarms.ROWS:
        yield "there are alarms 1 to %d, and 0 for all" % alarms.ROWS
        return
    for row in range(alarms.ROWS):
        if number in (0, row + 1):
            puck.settings.set(alarms.NAMES[row], 0)
            puck.changed(alarms.FIRST_SETTING + row)
    if not number:
        puck.alarms.nap(0)
    yield from told(puck, alarms)


def nap(puck, alarms, minutes: int):  # noqa: ANN201 (the same)
    """Ring in so many minutes; 0: not any more."""
    if not 0 <= minutes <= _MOST_NAP_MIN:
        yield "a nap is of 1 to %d minutes; 0 is none" % _MOST_NAP_MIN
        return
    puck.alarms.nap(minutes * 60)
    yield from _next(puck)


def _is_on(puck, alarms, row):
    return alarms.unpacked(puck.settings.get(alarms.NAMES[row]))[0]


def _minute(at):
    """Minutes after midnight of "7:05"; -1 if it is not a time."""
    hour, colon, minute = at.partition(":")
    if not (colon and hour.isdigit() and minute.isdigit() and len(minute) == 2):
        return -1
    hour, minute = int(hour), int(minute)
    return hour * 60 + minute if hour < 24 and minute < 60 else -1


def _mask(days):
    """A bit for each weekday; -1 if there is no such day."""
    mask = 0
    for day in days.lower().replace(",", " ").split():
        name = day[:3]
        if day in _SETS:
            mask |= _SETS[day]
        elif name in _DAYS:
            mask |= 1 << _DAYS.index(name)
        else:
            return -1
    return mask


def _days(mask):
    for name in ("once", "daily", "weekdays", "weekends"):
        if _SETS[name] == mask:
            return name
    return listed([name for i, name in enumerate(_DAYS) if mask >> i & 1])


def _time(minute):
    return "%02d:%02d" % (minute // 60, minute % 60)
