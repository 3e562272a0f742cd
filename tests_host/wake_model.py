"""When the puck owes a ring, by what people set and what befell it: a model of its own.

It knows rows of local times, hands, clocks and outages, and keeps time in the simulator's
microseconds. Where nobody can say what the puck knows it stops judging: `fog_us`.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import fight_words as words

S_US = 1_000_000
HOUR_US = 3600 * S_US
DAY_S, HALF_DAY_S = 86_400, 43_200
NAP = 8  # the row of the nap

_ZERO = datetime(2000, 1, 1)  # local time, of a zone without an offset
_LATE_US = 3 * S_US
_BACK_US = 20 * S_US  # from power to a ring
_SNOOZED_US = 10 * S_US  # by which it may be late after a snooze
_LOOK_US = 8 * S_US  # whoever leads the night looks so often
_ROUND_US = 31 * S_US  # an epoch, which a restart without a clock costs
_EDGE_US = 2 * S_US


@dataclass
class Row:
    """An alarm: minutes after midnight, a bit for each weekday from Monday on, none: once."""

    minute: int
    days: int


@dataclass
class Owed:
    """What rings next, or rings: `utc` None if only a counter knows."""

    row: int
    utc: int | None
    us: int
    late_us: int = _LATE_US
    called: bool = False  # early, before its time


@dataclass
class Span:
    """From `from_us`, or by `by_us` at the latest, until `to_us` a ring must be given off."""

    from_us: int
    by_us: int
    to_us: int = 0
    row: int = 0
    spare_us: int = S_US


def next_due(row: Row, after_s: int, rang_s: int | None) -> int:
    """When it rings next after `after_s`, in seconds since 2000."""
    today = (_ZERO + timedelta(seconds=after_s)).replace(hour=0, minute=0, second=0)
    for day in range(-1, 9):
        at = today + timedelta(days=day, minutes=row.minute)
        due_s = round((at - _ZERO).total_seconds())
        is_day = not row.days or row.days >> at.weekday() & 1
        is_again = rang_s is not None and abs(due_s - rang_s) < HALF_DAY_S
        if is_day and due_s > after_s and not is_again:
            return due_s
    return 0


@dataclass
class Model:
    """Follows one puck. `zero_s`: wall time at 0 us, None unknown."""

    zero_s: int | None = None
    rows: dict[int, Row] = field(default_factory=dict)
    rang: dict[int, int | None] = field(default_factory=dict)
    nap_s: int | None = None
    armed: Owed | None = None
    ring: Owed | None = None
    quiet_us: int = 0
    spans: list[Span] = field(default_factory=list)
    fog_us: int | None = None
    is_away: bool = False
    _span: Span | None = None
    _after_s: int | None = None  # of what rings: later deadlines take its place
    _end_us: int = 0
    _known_s: int | None = None  # when the clock was set while a nap's counter ran

    def utc(self, us: float) -> int:
        """Wall time."""
        assert self.zero_s is not None
        return self.zero_s + int(us // S_US)

    def doubt(self, us: int) -> None:
        """From here on nobody knows."""
        if self.fog_us is None:
            self.fog_us = us

    # -- time passes

    def advance(self, us: int) -> None:
        """What falls due until `us`."""
        while not self.is_away:
            if self.ring:
                other = self._other()
                at_us = max(self.ring.us, self._us(other[0])) if other else us + 1
                if min(at_us, self._end_us) > us:
                    return
                if at_us < self._end_us:
                    self._over(at_us)
                    self._begin(Owed(other[1], other[0], at_us), _LOOK_US + _LATE_US)
                else:
                    self._over(self._end_us, _LOOK_US + _LATE_US)
            elif self.armed and self._sooner():
                self.armed = self._sooner()
            elif self.armed and self.armed.us <= us:
                owed, self.armed = self.armed, None
                self._begin(owed, owed.late_us)
            else:
                return

    def _sooner(self):
        """Another than a nap that only a counter knew, now that the clock tells of it."""
        if self._known_s is None or self.armed.row != NAP:
            return None
        found = [one for one in self._all(self._known_s) if self._us(one[0]) < self.armed.us]
        return Owed(min(found)[1], min(found)[0], self._us(min(found)[0])) if found else None

    def _us(self, utc_s):
        return (utc_s - self.zero_s) * S_US

    def _other(self):
        """(UTC, row) of the next that would take the place of what rings."""
        if self.zero_s is None or self._after_s is None:
            return None
        found = self._all(self._after_s)
        found = [one for one in found if one[1] != self.ring.row]
        return min(found) if found else None

    def _all(self, after_s):
        found = [(next_due(row, after_s, self.rang.get(i)), i) for i, row in self.rows.items()]
        if self.nap_s is not None and self.nap_s > after_s:
            found.append((self.nap_s, NAP))
        return [one for one in found if one[0]]

    def _begin(self, owed, late_us):
        self.ring, self.armed = owed, None
        self.quiet_us = 0
        self._after_s = owed.utc
        if owed.utc is None and self.zero_s is not None:
            self._after_s = self.utc(owed.us)
        self._end_us = owed.us + words.RING_MS * 1000
        self._span = Span(owed.us, owed.us + late_us, row=owed.row)

    def _close(self, us, spare_us=S_US):
        span, self._span = self._span, None
        if span and us > span.from_us:
            span.to_us, span.spare_us = us, spare_us
            self.spans.append(span)

    def _over(self, us, spare_us=S_US):
        """An episode is: its row, and any of the same time, have rung."""
        owed = self.ring or self.armed
        self._close(us, spare_us)
        for i, row in list(self.rows.items()):
            is_same = owed.utc is not None and next_due(row, owed.utc - 1, None) == owed.utc
            if i == owed.row or is_same:
                self.rang[i] = owed.utc
                if not row.days:
                    del self.rows[i]
        if owed.row == NAP:
            self.nap_s = None
        self.ring = self.armed = None
        self._plan(us)

    def _plan(self, us):
        """The next one is armed, if the time is known."""
        if self.zero_s is None:
            return
        found = self._all(self.utc(us))
        was = self.armed
        self.armed = Owed(min(found)[1], min(found)[0], self._us(min(found)[0])) if found else None
        if was and self.armed and (was.row, was.utc) == (self.armed.row, self.armed.utc):
            self.armed.called = was.called and abs(was.us - self.armed.us) < 5 * S_US

    # -- what people do

    def set_row(self, us: int, number: int, row: Row | None) -> None:
        """A row is set, or cleared."""
        self.rows.pop(number, None)
        if row:
            self.rows[number] = row
        self.rang[number] = None
        self._obey(us, number)

    def nap(self, us: int, minutes: int) -> None:
        """A nap, or none any more."""
        self.nap_s = None
        if self.zero_s is not None:
            self.nap_s = self.utc(us) + minutes * 60 if minutes else None
            self._obey(us, NAP)
        elif minutes:
            self._close(us)
            self.ring, self.armed = None, Owed(NAP, None, us + minutes * 60 * S_US)
        else:
            self._obey(us, NAP)

    def _obey(self, us, number):
        if self.ring and self.ring.row != number:
            return
        if self.ring:
            self._close(us)
            self.ring = None
        if self.zero_s is not None:
            self._plan(us)
        elif self.armed and self.armed.row == number:
            self.armed = None

    def press(self, us: int, gesture: int, is_held: bool) -> None:
        """A gesture is told. `is_held`: an alarm acts."""
        ring = self.ring
        is_between = self._span and self._span.from_us <= us < self._span.by_us and not is_held
        if ring and is_between and gesture in (words.SHORT, words.LONG):
            self.doubt(us)
        near = self.armed and abs(self.armed.us - us) < _EDGE_US
        if near or (ring and abs(self._end_us - us) < _LOOK_US + _EDGE_US):
            self.doubt(us)
        if gesture == words.SHORT and ring and is_held:
            self._close(us)
            self.quiet_us = us + words.SNOOZE_MS * 1000
            self._span = Span(self.quiet_us, self.quiet_us + _SNOOZED_US, row=ring.row)
        elif gesture == words.LONG and (ring or (self.armed and self.armed.called)):
            self._over(us)

    def clock(self, us: int, zero_s: int) -> None:
        """Somebody sets the time."""
        self.zero_s, self._known_s = zero_s, None
        armed = self.armed
        if self.ring:
            if self._after_s is None:
                self._after_s = self.utc(us)
            self._from(us)
        elif not armed:
            self._plan(us)
        else:
            left_us = armed.us - us
            if abs(left_us - HOUR_US) < 10 * S_US:
                self.doubt(us)
            if left_us < HOUR_US and armed.utc is None:
                armed.utc = self.nap_s = self.utc(us) + left_us // S_US
                self._known_s = self.utc(us)
            elif left_us < HOUR_US:
                return
            elif armed.utc is None:
                armed.utc = self.nap_s = self.utc(us) + left_us // S_US
                self._plan(us)
            elif armed.utc <= self.utc(us):
                self._begin(Owed(armed.row, armed.utc, us), _LOOK_US + _LATE_US)
            else:
                self._plan(us)

    def _from(self, us):
        """No other takes the place of what rings before now."""
        self.ring.us = max(self.ring.us, us)

    # -- the puck is away

    def away(self, us: int) -> None:
        """A life ends."""
        self._close(us)
        self.is_away = True

    def back(self, us: int, was_cut: bool, zero_s: int | None) -> None:
        """Another begins."""
        self.is_away = False
        self.zero_s = zero_s
        if was_cut:
            self._back_with_power(us)
        elif self.ring:
            spare_us = 0 if zero_s is not None else _ROUND_US
            from_us = max(us, self.quiet_us)
            self._end_us += spare_us
            self._span = Span(from_us, max(us + _BACK_US, from_us + _SNOOZED_US) + spare_us)
            self._from(us)
        elif self.armed and (zero_s is None or self.armed.utc is None):
            self.armed.late_us += _ROUND_US
        else:
            self._back_in_time(us)

    def _back_with_power(self, us):
        owed = self.ring or self.armed
        self.ring, self.armed = None, owed
        if not owed:
            self._plan(us)
        elif self.zero_s is None or owed.utc is None:
            self._begin(Owed(owed.row, owed.utc, us), _BACK_US)
        else:
            self._back_in_time(us)

    def _back_in_time(self, us):
        owed = self.armed
        while owed and self.utc(us) - owed.utc >= HALF_DAY_S:
            last_s = owed.utc
            self.armed = owed
            self._over(us)
            found = self._all(last_s)
            owed = Owed(min(found)[1], min(found)[0], us) if found else None
        if not owed:
            self._plan(us)
        elif owed.utc < self.utc(us):
            self._begin(Owed(owed.row, owed.utc, us), _BACK_US)
        else:
            self.armed = Owed(owed.row, owed.utc, self._us(owed.utc), _BACK_US, owed.called)
