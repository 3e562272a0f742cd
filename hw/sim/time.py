"""MicroPython's `time` on the simulated puck, as the ESP32 port has it.

`ticks_ms` wraps at 2^30 and the epoch is 2000-01-01. It must never read the
desktop's clock: all time comes from `clock`.
"""

import utime
from clock import clock

_PERIOD = 1 << 30  # MICROPY_PY_UTIME_TICKS_PERIOD of the 32-bit ports
_EPOCH_2000_S = 946684800  # 2000-01-01 in seconds since 1970, the desktop port's epoch

_DAYS_TO_2000 = 730425  # what the formula below gives for January 2000

crystal_ppm = 0  # how far the puck's own crystal is off; `clock` is the truth
wall_start_s = 0  # time() at power-up: 0 is what a puck says that has lost the time


def _counted_us():
    """Microseconds since power-up, as the crystal has them."""
    us = clock.now_us()
    return us + us * crystal_ppm // 1000000 if crystal_ppm else us


def ticks_us() -> int:
    """Microseconds, wrapping at 2^30."""
    return _counted_us() % _PERIOD


def ticks_ms() -> int:
    """Milliseconds, wrapping at 2^30."""
    return _counted_us() // 1000 % _PERIOD


ticks_cpu = ticks_us


def ticks_add(ticks: int, delta: int) -> int:
    """`ticks` moved by `delta`, wrapped."""
    return (ticks + delta) % _PERIOD


def ticks_diff(end: int, start: int) -> int:
    """Signed distance from `start` to `end` on the circle of ticks."""
    return (end - start + _PERIOD // 2) % _PERIOD - _PERIOD // 2


def sleep_us(us: int) -> None:
    """Block for `us` microseconds of virtual time."""
    clock.wait(max(0, us))


def sleep_ms(ms: int) -> None:
    """Block for `ms` milliseconds of virtual time."""
    clock.wait(max(0, ms) * 1000)


def sleep(seconds: float) -> None:
    """Block for `seconds` of virtual time."""
    clock.wait(max(0, int(seconds * 1000000)))


def time() -> int:
    """Wall time in seconds since 2000-01-01."""
    return wall_start_s + _counted_us() // 1000000


def time_ns() -> int:
    """Wall time in nanoseconds since 2000-01-01."""
    return wall_start_s * 1000000000 + _counted_us() * 1000


def gmtime(seconds: int | None = None) -> tuple:
    """(year, month, day, hour, minute, second, weekday, day of year)."""
    return utime.gmtime((time() if seconds is None else seconds) + _EPOCH_2000_S)[:8]


localtime = gmtime  # the ESP32 port knows no zone


def mktime(fields: tuple) -> int:
    """Seconds since 2000-01-01 of a tuple as `gmtime` gives it."""
    days = _days_before(fields[0], fields[1]) + fields[2] - 1
    return ((days * 24 + fields[3]) * 60 + fields[4]) * 60 + fields[5]


def _days_before(year, month):
    """Days from 2000-01-01 to the first of a month (proleptic Gregorian calendar)."""
    if month <= 2:
        year, month = year - 1, month + 12
    leap_days = year // 4 - year // 100 + year // 400
    return 365 * year + leap_days + (153 * month - 457) // 5 - _DAYS_TO_2000
