"""Driver of the DS3231 clock chip: the time that outlives a power cut.

Datasheet: Maxim 19-5170, Rev 10. It must never give a time that no calendar has; whether
a time can be believed stands in `stopped`. It knows no zone: it keeps what it is given, and
the firmware gives it UTC.
"""

from micropython import const
from registers import PartError, Registers

ADDRESS = const(0x68)
LATEST_S = const(3155759999)  # 2099-12-31 23:59:59, the last that two digits of a year hold

_SECONDS = const(0x00)
_CONTROL = const(0x0E)
_STATUS = const(0x0F)

# INTCN without an alarm: the pin rests, and EOSC = 0 keeps the oscillator on the coin cell.
_KEEP_RUNNING = const(0x04)
_STOPPED = const(0x80)  # OSF in _STATUS
_12_HOURS = const(0x40)  # in the hours' register
_PM = const(0x20)
_NEVER_SET = const(0x80)  # there, too
_CENTURY = const(0x80)  # in the month's register
_WEEKDAY_OF_2000 = const(5)  # 2000-01-01 was a Saturday; Monday is 0 here, 1 in the chip

_DAY_S = const(86400)
_FOUR_YEARS_DAYS = const(1461)
_BEFORE_MONTH = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365)


class DS3231:
    """The clock on `i2c`. `stopped`: its oscillator has stood still at some time since it was
    last set, so the time it tells is worth nothing.
    """

    def __init__(self, i2c):
        self.regs = Registers(i2c, ADDRESS, "clock chip", "check its wires to the bedside bus")
        self.error = self.regs.error
        self._raw = bytearray(_STATUS + 1)
        self._time = memoryview(self._raw)[:7]
        self.stopped = True

    def start(self) -> None:
        """Let it run on its coin cell, and find out whether it is `stopped`. PartError if
        silent.
        """
        self.regs.write(_CONTROL, _KEEP_RUNNING)
        self.stopped = bool(self.regs.read(_STATUS) & _STOPPED)

    def expect_running(self) -> None:
        """PartError with the remedy if the last look found the clock `stopped`."""
        if self.stopped:
            raise PartError(
                "clock chip: its oscillator has stopped; put a fresh coin cell in and set the time"
            )

    def read_s(self) -> int:
        """Seconds since 2000-01-01 00:00:00, 0 to LATEST_S; renews `stopped`.

        One burst, for which the chip holds the time still (datasheet, "Clock and
        Calendar"). From 2034 on the result is a big integer. PartError if silent, or if no
        calendar has what it tells, which a chip that has never been set may do.
        """
        self.regs.read_into(_SECONDS, self._raw)
        self.stopped = bool(self._raw[_STATUS] & _STOPPED)
        second, minute, hour, _, day, month, year = self._time
        try:
            days = days_since_2000(_number(year), _number(month), _number(day))
            return days * _DAY_S + _in_day_s(_hour(hour), _number(minute), _number(second))
        except ValueError:
            seen = bytes(self._time).hex(" ")
            raise self.regs.error("unreadable time " + seen) from None

    def set_s(self, s: int) -> None:
        """Set the time, in seconds since 2000-01-01, and clear `stopped`. The next second
        begins a second after this. ValueError outside 0 to LATEST_S, PartError if silent.
        """
        if not 0 <= s <= LATEST_S:
            raise ValueError("the clock chip knows 2000 to 2099 only")
        days, in_day_s = divmod(s, _DAY_S)
        year, month, day = date_of(days)
        weekday = (days + _WEEKDAY_OF_2000) % 7 + 1
        hour, minute, second = in_day_s // 3600, in_day_s // 60 % 60, in_day_s % 60
        fields = (second, minute, hour, weekday, day, month, year)
        for i in range(len(fields)):
            self._time[i] = fields[i] // 10 << 4 | fields[i] % 10
        self.regs.write_from(_SECONDS, self._time)
        self.regs.write(_STATUS, 0)  # only now: a clock half set still says that it stopped
        self.stopped = False


def days_since_2000(year: int, month: int, day: int) -> int:
    """Days from 2000-01-01; `year` 0 to 99, since 2000. ValueError for a day there is not."""
    leap = 1 if year % 4 == 0 else 0
    if not 1 <= month <= 12 or not 1 <= day <= _month_days(month, leap):
        raise ValueError("no such day")
    before = _BEFORE_MONTH[month - 1] + (leap if month > 2 else 0)
    return year * 365 + (year + 3) // 4 + before + day - 1


def date_of(days: int) -> tuple:
    """(year 0 to 99 since 2000, month, day) of days since 2000-01-01."""
    year = days * 4 // _FOUR_YEARS_DAYS  # every fourth is a leap year, 2000 the first
    days -= year * 365 + (year + 3) // 4
    leap = 1 if year % 4 == 0 else 0
    month = 1
    while days >= _month_days(month, leap):
        days -= _month_days(month, leap)
        month += 1
    return year, month, days + 1


def _month_days(month, leap):
    days = _BEFORE_MONTH[month] - _BEFORE_MONTH[month - 1]
    return days + leap if month == 2 else days


def _number(bcd):
    """Two decimal digits. ValueError for nibbles that are none: the century's bit, too."""
    if bcd >> 4 > 9 or bcd & 15 > 9:
        raise ValueError("no digits")
    return (bcd >> 4) * 10 + (bcd & 15)


def _hour(reg):
    """0 to 23 of the hours' register in either mode: someone else may have set 12 hours."""
    if not reg & _12_HOURS:
        return _number(reg)
    hour = _number(reg & (_PM - 1))
    if reg & _NEVER_SET or not 1 <= hour <= 12:
        raise ValueError("no such hour")
    return hour % 12 + (12 if reg & _PM else 0)


def _in_day_s(hour, minute, second):
    if hour > 23 or minute > 59 or second > 59:
        raise ValueError("no such time")
    return (hour * 60 + minute) * 60 + second
