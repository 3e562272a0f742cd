"""Which alarm is next: from rows of local times to the one deadline that a night is told.

A deadline is a counter of the night, made once from the wall clock. What is armed lies in memory
that outlives a power cut, so that a puck that comes back knows what it owes: an alarm whose time
has passed rings now, and so does one whose time nobody can know. It must never lose an alarm to a
clock that jumps, nor ring the same one twice.
"""

from struct import calcsize, pack, unpack

from micropython import const

from firmware import records

ROWS = const(8)
_NAP = const(8)  # the row of "in so many minutes", beside those of the settings
FIRST_SETTING = const(11)  # of firmware/keep/settings.py: where the rows stand
NAMES = tuple(["alarm%d" % (row + 1) for row in range(ROWS)])  # there

_MINUTES = const(0x7FF)  # of a row: minutes after midnight, then a bit for each day, then "on"
_DAYS_AT = const(11)
_ON = const(1 << 18)
_WEEK = const(0x7F)

_DAY_S = const(86400)
_WEEKDAY_OF_2000 = const(5)  # 2000-01-01 was a Saturday; Monday is 0
_SOMETIME = const(1)  # armed by a counter alone: the time was unknown
# Half a day: an alarm that is late by more is over; and of two times of one row that lie closer
# together, as when the clock was set back, the second is the first once more.
_HALF_DAY_S = const(43200)
_NEAR_MS = const(3600000)  # an hour before it rings, no clock moves an alarm any more
_CLOCK_MS = const(5000)  # by which the clocks may differ: each tells whole seconds
_RINGING_MS = const(1000)
_CALM_MS = const(8000)
_VERSION = const(1)
_LAYOUT = "<BIBI9IH"  # version, due, row, the nap's end, when each row rang last, checksum
_BYTES = calcsize(_LAYOUT)


def packed(minute: int, days: int) -> int:
    """A row that is on: minutes after midnight (0-1439), a bit for each weekday from Monday on; no
    day is once.
    """
    return minute | days << _DAYS_AT | _ON


def unpacked(row: int) -> tuple:
    """(whether it is on, minute, days) of a row."""
    return bool(row & _ON), row & _MINUTES, row >> _DAYS_AT & _WEEK


def next_s(row: int, after_s: int, zone, rang_s: int) -> int:
    """When a row rings next after `after_s`; 0 never. All in seconds of UTC since 2000.

    `rang_s`: when it was last due, 0 never.
    """
    is_on, minute, days = unpacked(row)
    if not is_on or minute >= _DAY_S // 60:
        return 0
    today = (after_s + zone.offset_s(after_s)) // _DAY_S
    for day in range(today - 1, today + 9):
        if days and not days >> (day + _WEEKDAY_OF_2000) % 7 & 1:
            continue
        due_s = zone.utc_s(day * _DAY_S + minute * 60)
        is_again = rang_s and abs(due_s - rang_s) < _HALF_DAY_S
        if due_s > after_s and not is_again:
            return due_s
    return 0


class Alarms:
    """`settings`: firmware/keep/settings.py's; `store` can `load()` and `save(bytes)`; `clock`: a
    firmware.clock.Clock; `governor` is told. `row`, `due_s`: what is armed, 0 is nothing.
    """

    def __init__(self, settings, store, clock, governor):
        self._settings, self._store, self._clock = settings, store, clock
        self._governor = governor
        self.due_s = 0
        self.row = 0
        self._nap_s = 0
        self._rang_s = [0] * (ROWS + 1)
        self._is_torn = False

    # -- what happens

    def open(self, was_cut: bool) -> None:
        """The night has begun, or goes on. `was_cut`: the puck cannot know how long it was away,
        unless its clock tells.
        """
        self._load()
        gate = self._governor.gate
        if self._is_torn and any([self._packed(row) & _ON for row in range(ROWS)]):
            self._ring_late(0)  # what was armed cannot be read
        elif not self.due_s:
            if gate.alarm_ms:  # a hand had ended it, and that record was lost
                self._tell(0)
        elif self._clock.utc_s() and self.due_s > _SOMETIME:
            self._compare(was_cut)
        elif was_cut or not gate.alarm_ms:
            self._ring_late(0)
        self.mind()

    def mind(self) -> None:
        """Look whether another alarm is next. To be called now and then, and after each gesture."""
        gate, now_ms, utc_s = self._governor.gate, self._clock.now_ms(), self._clock.utc_s()
        if self.due_s and not gate.alarm_ms:  # a hand has ended it
            self._is_over()
        elif gate.is_rung_out(now_ms):
            self._tell(0)
            self._is_over()
        if not utc_s:
            return
        if self.due_s == _SOMETIME and self.row == _NAP and not self._is_ringing():
            self._know(utc_s)
        if self.due_s and gate.alarm_ms - now_ms < _NEAR_MS:
            self._overtake(utc_s)
        elif 0 < self.due_s <= utc_s:  # the clock was set beyond it
            self._ring_late(self.due_s)
        else:
            self._plan(utc_s, False)

    def changed(self, number: int) -> None:
        """Setting `number` has been set. Whoever sets a row is obeyed at once."""
        row = number - FIRST_SETTING
        if 0 <= row < ROWS:
            self._rang_s[row] = 0
            self._obey(row)
        else:  # the zone, perhaps
            self.mind()

    def nap(self, length_s: int) -> None:
        """Ring in so many seconds, whatever the clock knows; 0: not any more."""
        utc_s = self._clock.utc_s()
        self._nap_s = utc_s + length_s if utc_s and length_s else 0
        self._rang_s[_NAP] = 0
        if length_s and not utc_s:
            self._arm(_NAP, _SOMETIME, self._clock.now_ms() + length_s * 1000)
        else:
            self._obey(_NAP)

    def wait_ms(self) -> int:
        """How long nothing need be minded: while one rings, another may come due any second."""
        return _RINGING_MS if self._is_ringing() else _CALM_MS

    def left_ms(self) -> int:
        """Until the alarm that is armed rings; 0 if none is."""
        left_ms = self._governor.gate.alarm_ms - self._clock.now_ms()
        return max(1, left_ms) if self.due_s else 0

    # -- what follows

    def _obey(self, row):
        """The sleeper has changed what there is: even near its time an alarm may move then."""
        if self.due_s and row != self.row and self._is_ringing():
            return  # another rings: what is next is seen to when that is over
        utc_s = self._clock.utc_s()
        if utc_s:
            self._plan(utc_s, True)
        elif row == self.row and self.due_s:
            self._tell(0)
            self._disarm()

    def _know(self, utc_s):
        """What a counter alone has kept, the clock can tell now; and whether another is sooner."""
        left_s = (self._governor.gate.alarm_ms - self._clock.now_ms()) // 1000
        self.due_s = self._nap_s = utc_s + left_s
        self._save()
        self._plan(utc_s, False)

    def _compare(self, was_cut):
        """The clock is known: is what the journal has what was armed?"""
        gate, now_ms = self._governor.gate, self._clock.now_ms()
        late_s = self._clock.utc_s() - self.due_s
        is_ringing = 0 < gate.alarm_ms <= now_ms and not was_cut
        if late_s >= _HALF_DAY_S:
            print("alarm: its time was %d h ago; it is let go" % (late_s // 3600))
            self._tell(0)
            self._is_over()
            self._make_up(self._clock.utc_s())
        elif late_s > 0 and not is_ringing:
            self._ring_late(self.due_s)
        elif late_s <= 0 and abs(gate.alarm_ms - now_ms + late_s * 1000) > _CLOCK_MS:
            self._tell(now_ms - late_s * 1000)

    def _make_up(self, utc_s):
        """What was armed is let go; another may have come due since, and be owed still."""
        row, due_s = self._earliest(utc_s - _HALF_DAY_S, -1)
        if 0 < due_s <= utc_s:
            self.row, self.due_s = row, due_s
            self._ring_late(due_s)

    def _ring_late(self, due_s):
        """It should have rung, at `due_s`, or nobody knows when: it rings now, and says so."""
        zone = self._clock.zone
        local_s = due_s + zone.offset_s(due_s) if due_s > _SOMETIME else 0
        self._governor.tell(records.ALARM_MISSED, records.PUCK, local_s)
        self._arm(self.row, self.due_s or _SOMETIME, max(1, self._clock.now_ms()))

    def _overtake(self, utc_s):
        """One is near, or rings: another whose time comes meanwhile takes its place."""
        if not self._is_ringing():
            return
        row, due_s = self._earliest(self.due_s if self.due_s > _SOMETIME else utc_s, self.row)
        if 0 < due_s <= utc_s:
            self._is_over()
            self._arm(row, due_s, self._clock.now_ms())

    def _plan(self, utc_s, is_obeyed):
        """Arm the next alarm, if it is not what is armed. Unless somebody `is_obeyed` who took it
        back, what is armed stays though its row cannot be read any more.
        """
        gate, now_ms = self._governor.gate, self._clock.now_ms()
        row, due_s = self._earliest(utc_s, -1)
        is_gone = not due_s or (row != self.row and due_s > self.due_s)
        if self.due_s and is_gone and not is_obeyed:
            return
        if not due_s:
            if self.due_s:
                self._tell(0)
                self._disarm()
            return
        due_ms = now_ms + (due_s - utc_s) * 1000
        is_same = (row, due_s) == (self.row, self.due_s)
        if not is_same or abs(gate.alarm_ms - due_ms) > _CLOCK_MS:
            self._arm(row, due_s, due_ms)

    def _earliest(self, after_s, but_row):
        """(row, UTC) of the next alarm after `after_s`; (0, 0) if there is none."""
        found, zone = (0, 0), self._clock.zone
        for row in range(ROWS + 1):
            if row == but_row:
                continue
            if row == _NAP:
                due_s = self._nap_s if self._nap_s > after_s else 0
            else:
                due_s = next_s(self._packed(row), after_s, zone, self._rang_s[row])
            if due_s and (not found[1] or due_s < found[1]):
                found = row, due_s
        return found

    def _is_ringing(self):
        return 0 < self._governor.gate.alarm_ms <= self._clock.now_ms()

    def _arm(self, row, due_s, due_ms):
        """Kept first: what is told and then lost would be an alarm nobody owes."""
        now_ms, was_ms = self._clock.now_ms(), self._governor.gate.alarm_ms
        self.row, self.due_s = row, due_s
        self._save()
        if 0 < was_ms < now_ms + _NEAR_MS and due_ms > now_ms:
            self._tell(0)  # what another has begun ends with it
        self._tell(due_ms)

    def _is_over(self):
        """One alarm is one episode: this has been its own, and that of any row of the same time."""
        due_s = self.due_s
        for row in range(ROWS):
            is_same = next_s(self._packed(row), due_s - 1, self._clock.zone, 0) == due_s
            if (row == self.row and due_s > _SOMETIME) or is_same:  # what was torn names no row
                self._rang_s[row] = due_s
                self._spend(row)
        if self.row == _NAP:
            self._nap_s = 0
        self._disarm()

    def _spend(self, row):
        """A row without weekdays rings once."""
        its = self._packed(row)
        if its & _ON and not unpacked(its)[2]:
            try:
                self._settings.set(NAMES[row], its & ~_ON)
            except OSError as error:
                print("alarm %d: cannot be taken off (%s); it rings again" % (row + 1, error))

    def _packed(self, row):
        return self._settings.get(NAMES[row])

    def _disarm(self):
        self.due_s = self.row = 0
        self._save()

    def _tell(self, due_ms):
        self._governor.tell(records.ALARM_SET, records.PUCK, due_ms)

    # -- what outlives a power cut

    def _load(self):
        saved = self._store.load()
        if not saved:
            return
        self._is_torn = True
        if len(saved) == _BYTES and saved[0] == _VERSION:
            _, due_s, row, nap_s, *rest = unpack(_LAYOUT, saved)
            if rest.pop() == records.checksum(saved[: _BYTES - 2]) and row <= _NAP:
                self.due_s, self.row, self._nap_s, self._rang_s = due_s, row, nap_s, rest
                self._is_torn = False

    def _save(self):
        """OSError is told, and does not keep an alarm from ringing."""
        now = pack(_LAYOUT[:-1], _VERSION, self.due_s, self.row, self._nap_s, *self._rang_s)
        now += pack("<H", records.checksum(now))
        self._is_torn = False
        try:
            self._store.save(now)
        except OSError as error:
            print("alarm: cannot be kept (%s); it may not outlive a power cut" % error)
