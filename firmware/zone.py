"""Time zones: what the clock on the wall shows, by a rule as POSIX writes it.

"CET-1CEST,M3.5.0,M10.5.0/3": the names, the hours west of Greenwich, and when daylight saving
begins and ends (POSIX.1-2024, 8.3, TZ). Seconds since 2000-01-01 throughout, for 2000 to 2099. It
must never guess: what it cannot read it refuses, with what would do.
"""

from micropython import const

_DAY_S = const(86400)
_FOUR_YEARS_DAYS = const(1461)
_SATURDAY = const(6)  # 2000-01-01 was one; Sunday is 0
_LEAP_DAY = const(59)  # of a year, counted from 0
_MOST_CHARACTERS = const(63)
_MOST_OFFSET_H = const(24)
_MOST_RULE_H = const(167)
_TWO_O_CLOCK_S = const(7200)
_BEFORE_MONTH = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365)


class Zone:
    """The zone of `text`, which is kept. ValueError with the remedy if it is none."""

    def __init__(self, text: str):
        self.text = text
        self._rest = text
        self._std_s = self._dst_s = 0
        self._rules = ()  # (when daylight saving begins, when it ends)
        try:
            self._read()
        except (IndexError, ValueError):
            raise ValueError(
                "no zone: %r; write one like UTC0, EST5EDT,M3.2.0,M11.1.0 or <+0530>-5:30 "
                "(hours WEST of Greenwich)" % (text,)
            ) from None

    def offset_s(self, utc_s: int) -> int:
        """By how many seconds the clock on the wall is ahead of `utc_s`."""
        offset_s = self._std_s
        if self._rules:
            latest_s = None
            for at_s, after_s in self._changes(_year(utc_s)):
                if at_s <= utc_s and (latest_s is None or at_s >= latest_s):
                    latest_s, offset_s = at_s, after_s
        return offset_s

    def utc_s(self, local_s: int) -> int:
        """When the clock on the wall shows `local_s`: of a time that comes twice, the first; of
        one that is left out, what it would be if the clock had not been put forward.
        """
        few_s, many_s = sorted((self._std_s, self._dst_s))
        for offset_s in (many_s, few_s):
            if self.offset_s(local_s - offset_s) == offset_s:
                return local_s - offset_s
        return local_s - few_s

    def next_s(self, utc_s: int) -> int:
        """When after `utc_s` the clock on the wall is next put forward or back; 0 never."""
        found_s = 0
        if self._rules:
            for at_s, _ in self._changes(_year(utc_s)):
                is_change = at_s > utc_s and self.offset_s(at_s) != self.offset_s(at_s - 1)
                if is_change and (not found_s or at_s < found_s):
                    found_s = at_s
        return found_s

    def _changes(self, this_year):
        """(when, offset from then on) of each change around a year; of two at the same moment the
        later one counts, so that daylight saving may last for ever.
        """
        begins, ends = self._rules
        for year in range(this_year - 1, this_year + 2):
            yield _at_s(begins, year) - self._std_s, self._dst_s
            yield _at_s(ends, year) - self._dst_s, self._std_s

    # -- reading: each takes its part from the front of `_rest`

    def _read(self):
        if len(self.text) > _MOST_CHARACTERS:
            raise ValueError
        self._name()
        self._std_s = self._dst_s = -self._time_s(_MOST_OFFSET_H)
        if self._rest:
            self._name()
            is_usual = self._rest[0] == ","
            self._dst_s = self._std_s + 3600 if is_usual else -self._time_s(_MOST_OFFSET_H)
            self._rules = self._rule(), self._rule()
        if self._rest:
            raise ValueError

    def _takes(self, character):
        """Whether it comes next, and is taken."""
        if not self._rest.startswith(character):
            return False
        self._rest = self._rest[1:]
        return True

    def _while(self, is_wanted):
        n = 0
        while n < len(self._rest) and is_wanted(self._rest[n]):
            n += 1
        taken, self._rest = self._rest[:n], self._rest[n:]
        return taken

    def _name(self):
        if self._takes("<"):
            name = self._while(lambda c: c in "+-" or _is_digit(c) or _is_letter(c))
            if not self._takes(">"):
                raise ValueError
        else:
            name = self._while(_is_letter)
        if len(name) < 3:
            raise ValueError

    def _number(self, least, most):
        number = int(self._while(_is_digit))
        if not least <= number <= most:
            raise ValueError
        return number

    def _time_s(self, most_h):
        """Seconds of [+-]hours[:minutes[:seconds]]."""
        sign = -1 if self._takes("-") else 1
        if sign > 0:
            self._takes("+")
        time_s = self._number(0, most_h) * 3600
        for unit_s in (60, 1):
            if not self._takes(":"):
                break
            time_s += self._number(0, 59) * unit_s
        return sign * time_s

    def _rule(self):
        """(month, week, weekday, s), (0, day of the year, is the leap day counted, s)."""
        if not self._takes(","):
            raise ValueError
        if self._takes("M"):
            month = self._number(1, 12)
            found = month, self._dot(1, 5), self._dot(0, 6)
        elif self._takes("J"):
            found = 0, self._number(1, 365) - 1, 0
        else:
            found = 0, self._number(0, 365), 1
        return found + (self._time_s(_MOST_RULE_H) if self._takes("/") else _TWO_O_CLOCK_S,)

    def _dot(self, least, most):
        if not self._takes("."):
            raise ValueError
        return self._number(least, most)


def _is_digit(character):
    return "0" <= character <= "9"


def _is_letter(character):
    return "a" <= character <= "z" or "A" <= character <= "Z"


def _year(utc_s):
    """Of a moment, since 2000."""
    return utc_s // _DAY_S * 4 // _FOUR_YEARS_DAYS


def _at_s(rule, year):
    """When a rule's moment comes in a year since 2000, by the clock that it is read on."""
    month, week, day, s = rule
    first = year * 365 + (year + 3) // 4
    leap = 1 if year % 4 == 0 else 0
    if not month:
        is_later = leap and not day and week >= _LEAP_DAY
        return (first + week + (1 if is_later else 0)) * _DAY_S + s
    first += _BEFORE_MONTH[month - 1] + (leap if month > 2 else 0)
    days = _BEFORE_MONTH[month] - _BEFORE_MONTH[month - 1] + (leap if month == 2 else 0)
    at = (day - first - _SATURDAY) % 7 + week * 7 - 7
    return (first + (at if at < days else at - 7)) * _DAY_S + s
