"""The words that tell and set the time, and what else people set.

Loaded when somebody asks. Each is a generator of lines to print. Where no night runs, what is set
holds from the next one on.
"""

import sys

from ds3231 import days_since_2000
from micropython import const
from puck_lines import date, line

_EPOCH = const(2000)
_AGREES_S = const(1)  # each tells whole seconds
_FORM = "2026-11-27 22:15:00"


def time(app):  # noqa: ANN201 (MicroPython has no typing)
    """What time it is here, and how well that is known."""
    clock = app.known_clock()
    utc_s = clock.utc_s()
    yield line("time", date(clock.wall_s()) if utc_s else _unknown())
    yield line("zone", clock.zone.text)
    if utc_s:
        yield line("ahead of UTC", _span(clock.zone.offset_s(utc_s)))
        next_s = clock.zone.next_s(utc_s)
        yield line("next change", _change(clock.zone, next_s) if next_s else "none")
    if app.running:
        yield line("clock chip", _chip(app.running, utc_s))
        yield line("drift", _drift(app.running.chip_watch.drift()))


def set_time(app, local: str):  # noqa: ANN201 (the same)
    """Set the time, as the clock on the wall has it."""
    local_s = _seconds(local)
    if local_s is None:
        yield 'no such time; write it like "%s"' % _FORM
        return
    clock = app.known_clock(_board(app))
    try:
        clock.set(clock.zone.utc_s(local_s))
    except ValueError as error:
        yield str(error)
        return
    except OSError as error:
        yield "the puck has it, but only until its power is cut: %s" % error
    if app.running:
        app.running.governor.mind_clock(clock.wall_s())
    yield line("time", "%s, %s" % (date(clock.wall_s()), clock.zone.text))


def settings(app):  # noqa: ANN201 (the same)
    """What is set, and what each setting means."""
    for row, value in app.known_settings().rows():
        if row.name.startswith("alarm"):
            continue  # which puck.alarms() tells
        yield "%-8s %-26s %-14s %s" % (row.name, value, row.unit, row.meaning)


def set(app, name: str, value):  # noqa: ANN201 (the same)
    """Set one of them."""
    try:
        number = app.known_settings().set(name, value)
    except ValueError as error:
        yield str(error)
        return
    except OSError as error:
        yield "%s stays as it was: it cannot be kept (%s); flash the puck anew" % (name, error)
        return
    if app.running:
        app.running.changed(number)
    yield "%s is %s from now on" % (name, value)


def _unknown():
    return 'unknown: puck.set_time("%s") sets it' % _FORM


def _board(app):
    """The parts of whatever runs, or else such as safe mode would have."""
    safe = sys.modules.get("firmware.safe")
    if safe and safe.running:
        return safe.running.board
    return app.latest.board if app.latest else app.board.Actuators()


def _seconds(local):
    """Seconds since 2000-01-01 of a date and a time, or None if no calendar has them."""
    try:
        day, in_day = local.split(" ")
        year, month, day = [int(part) for part in day.split("-")]
        if in_day.count(":") == 1:
            in_day += ":00"
        hour, minute, second = [int(part) for part in in_day.split(":")]
        days = days_since_2000(year - _EPOCH, month, day)
    except (AttributeError, TypeError, ValueError):
        return None
    is_time = 0 <= hour < 24 and 0 <= minute < 60 and 0 <= second < 60
    if not is_time or not 0 <= year - _EPOCH < 100:
        return None
    return ((days * 24 + hour) * 60 + minute) * 60 + second


def _span(s):
    sign = "-" if s < 0 else ""
    return "%s%d h %02d min" % (sign, abs(s) // 3600, abs(s) // 60 % 60)


def _change(zone, next_s):
    """When, by the clock on the wall before it, and by how much."""
    before_s, after_s = zone.offset_s(next_s - 1), zone.offset_s(next_s)
    way = "forward" if after_s > before_s else "back"
    return "%s, %s by %s" % (date(next_s + before_s), way, _span(abs(after_s - before_s)))


def _chip(puck, utc_s):
    """Whether the clock chip agrees, asked now."""
    sensor = puck.clock_chip
    chip_s = sensor.ask(sensor.driver.read_s)
    if not chip_s:
        return sensor.error or "does not answer at this moment"
    ahead_s = chip_s - puck.clock.utc_s()
    if not utc_s:
        return "says %s UTC, and is taken within half a minute" % date(chip_s)
    if abs(ahead_s) <= _AGREES_S:
        return "agrees"
    return "is %d s %s" % (abs(ahead_s), "ahead" if ahead_s > 0 else "behind")


def _drift(known):
    """Of the puck's own crystal beside the chip's."""
    if not known:
        return "unknown: it takes an hour or more beside the clock chip"
    ppm, within_ppm = known
    way = "fast" if ppm >= 0 else "slow"
    return "%d ppm %s, within %d ppm; it is corrected" % (abs(ppm), way, within_ppm)
