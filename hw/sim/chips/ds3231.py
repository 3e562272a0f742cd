"""A DS3231 as its registers show it (Maxim 19-5170, Rev 10).

The calendar in BCD, 12 and 24 hours, the century's bit, the oscillator-stop flag. Its
oscillator is its own: off by what is asked for.
"""

import time

from clock import clock

_CLOCK_BYTES = 7
_DAY_S = 86400
_CONTROL = 0x0E
_STATUS = 0x0F
_REGS = 0x13  # the pointer wraps after the temperature
_STOPPED = 0x80
_32_KHZ = 0x08
_BUSY = 0x04
_12_HOURS = 0x40
_PM = 0x20
_CENTURY = 0x80


class DS3231:
    """The chip at 0x68, which knew at power-up that it was `start_s` seconds after
    2000-01-01; None: it had lost its supply, and counts from there. `rate_ppm`: how far
    its oscillator is off.

    A time that no calendar has (datasheet: "undefined operation") stands still.
    """

    ADDRESS = 0x68

    def __init__(self, start_s: int | None, rate_ppm: int = 0):
        self.rate_ppm = rate_ppm
        self._regs = bytearray(_REGS)
        self._regs[_CONTROL] = 0x1C
        self._regs[_STATUS] = _32_KHZ | (_STOPPED if start_s is None else 0)
        self._12_hours = False
        self._nonsense = None
        self._weekday = 5  # of 2000-01-01, a Saturday; Monday is 0
        self._set(start_s or 0, clock.us)

    def now_s(self) -> int:
        """What it takes the time to be, in seconds since 2000-01-01."""
        return self._base_s + self._elapsed_us() // 1000000

    def read(self, reg: int, buf) -> None:
        """A burst. The time is held still for all of it, and fetched anew at a wrap to 0."""
        self._latch()
        for i in range(len(buf)):
            buf[i] = self._regs[(reg + i) % _REGS]

    def write(self, reg: int, data) -> None:
        """A burst of writes. One of the seconds begins a second; OSF can only be cleared."""
        self._latch()
        touched = [(reg + i) % _REGS for i in range(len(data))]
        for i in range(len(data)):
            kept = self._regs[_STATUS] if touched[i] == _STATUS else 0xFF
            self._regs[touched[i]] = data[i] & (kept | ~(_STOPPED | _BUSY))
        if min(touched) < _CLOCK_BYTES:
            self._take_over(0 in touched)

    def _set(self, s, us):
        self._base_s = s
        self._base_us = us

    def _elapsed_us(self):
        return (clock.us - self._base_us) * (1000000 + self.rate_ppm) // 1000000

    def _latch(self):
        if self._nonsense is not None:
            self._regs[:_CLOCK_BYTES] = self._nonsense
            return
        year, month, day, hour, minute, second, _, _ = time.gmtime(self.now_s())
        weekday = (self.now_s() // _DAY_S + self._weekday) % 7 + 1
        fields = (_bcd(second), _bcd(minute), self._hours(hour), weekday, _bcd(day))
        self._regs[:5] = bytes(fields)
        self._regs[5] = _bcd(month) | (_CENTURY if year >= 2100 else 0)
        self._regs[6] = _bcd(year % 100)

    def _hours(self, hour):
        if not self._12_hours:
            return _bcd(hour)
        return _12_HOURS | (_PM if hour >= 12 else 0) | _bcd((hour + 11) % 12 + 1)

    def _take_over(self, seconds_written):
        """The time as it was written: on from there, or standing still if it is none."""
        written = bytes(self._regs[:_CLOCK_BYTES])
        s = _seconds(written)
        self._nonsense = written if s is None else None
        if s is None:
            return
        self._12_hours = bool(written[2] & _12_HOURS)
        part_us = 0 if seconds_written else self._elapsed_us() % 1000000
        self._set(s, clock.us - part_us * 1000000 // (1000000 + self.rate_ppm))
        self._weekday = (written[3] - 1 - s // _DAY_S) % 7


def _bcd(number):
    return number // 10 << 4 | number % 10


def _seconds(written):
    """Seconds since 2000-01-01 of the seven registers, or None if they are no time."""
    if any(value & 15 > 9 for value in written):
        return None
    second, minute, hours, _, day, month, year = written
    fields = (
        2000 + _number(year) + (100 if month & _CENTURY else 0),
        _number(month & ~_CENTURY),
        _number(day),
        _hour(hours),
        _number(minute),
        _number(second),
        0,
        0,
    )
    s = time.mktime(fields)
    return s if s >= 0 and time.gmtime(s)[:6] == fields[:6] else None


def _number(bcd):
    return (bcd >> 4) * 10 + (bcd & 15)


def _hour(reg):
    if not reg & _12_HOURS:
        return _number(reg)
    hour = _number(reg & 0x1F)
    return (hour % 12 + (12 if reg & _PM else 0)) if 1 <= hour <= 12 and reg < 0x80 else 99
