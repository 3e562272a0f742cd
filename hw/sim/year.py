"""Days of a puck that is never switched off, one after the other: journal, alarms, clock, settings
and counters are the firmware's own, on the modelled flash; epochs are made, at their true size and
cadence. What acts is not here: an alarm that is asked for has rung, and a hand ends it.
"""

import time

import scheduler

scheduler.install()

from clock import clock
from deeds.journal import FOLDER, Rtc, add
from deeds.kept import bonds, pair
from supply import Supply
from table import table

_EPOCH_S = 30
_DAY_EPOCHS = 24 * 120
_LOOK_EPOCHS = 20  # between two looks whether another alarm is next
_SOON_MS = 900000
_ANSWERED_EPOCHS = 1  # after which a hand ends the alarm
_BLOCK = b"\x55" * 4096


class Told:
    """In place of the governor: the gate and the journal, and no lanes."""

    def __init__(self, night, now_ms, waking):
        from firmware.governor.gate import Gate

        self.gate = Gate()
        self._night, self._now_ms, self._waking = night, now_ms, waking

    def tell(self, kind: int, part: int, value: int) -> None:
        """An event, and what the gate says to it."""
        from firmware import records

        told = [(records.EVENT, records.EVENT.of(self._now_ms(), kind, part, value))]
        told += self.gate.take(*told[0])
        for layout, fields in told:
            self._night.append(layout.pack(*fields))
            self._waking.take(layout, fields)


class Day:
    """One start of the puck, and the day that follows. `rung`: when alarms rang, seconds of UTC."""

    def __init__(self, zone: str):
        import boot
        from firmware.alarms import Alarms
        from firmware.clock import Clock
        from firmware.keep import journal
        from firmware.keep.settings import Settings
        from firmware.rituals import asking
        from firmware.rituals.waking import Waking
        from firmware.zone import Zone
        from hw import storage

        self.rung = []
        self._start = boot.start
        self.settings = Settings(storage.Settings(), {"zone": Zone})
        if self.settings.get("zone") != zone:
            self.settings.set("zone", zone)
        self._clock = Clock(time)
        self._clock.zone = Zone(zone)
        self._clock.resume_at(0)
        self._night, begun = journal.open_night(FOLDER, Rtc())
        assert not begun
        self._night.begin(self._clock.wall_s(), 1)
        self._waking = Waking(list(asking.SETTINGS))
        self._told = Told(self._night, self._clock.now_ms, self._waking)
        self.alarms = Alarms(self.settings, storage.Kept("alarm"), self._clock, self._told)
        self.alarms.open(False)

    def live(self) -> None:
        """Epoch by epoch, to the night's end."""
        from firmware import records

        self._start.good()
        answer = 0
        for index in range(_DAY_EPOCHS - 1):
            clock.wait(_EPOCH_S * 1000000)
            self._clock.now_ms()
            add(self._night, index)
            if self._night.due():
                self._night.flush()
            if answer and index >= answer:
                answer = 0
                self._told.tell(records.GESTURE, records.BUTTON, 3)
            if index % _LOOK_EPOCHS == 0 or self._told.gate.alarm_ms:
                answer = self._mind(index) or answer
        self._night.end_run()
        self._told.tell(records.STOP, records.PUCK, 0)
        self._night.flush()
        clock.wait(_EPOCH_S * 1000000)

    def _mind(self, index):
        """Whether an alarm rings now; then, the epoch in which a hand ends it."""
        now_ms, due_ms = self._clock.now_ms(), self._told.gate.alarm_ms
        if due_ms and due_ms - now_ms > _SOON_MS and index % _LOOK_EPOCHS:
            return 0
        self.alarms.mind()
        wanted = self._waking.want(now_ms)
        if not (wanted and wanted[1] == 9):  # asking.DUE: the rest may be refused
            return 0
        if not self.rung or self.rung[-1][1] != due_ms:
            self.rung.append((self._clock.utc_s(), due_ms))
        return index + _ANSWERED_EPOCHS


def run(image: str, tree: str, start_s: int, zone: str, rows: list, run_days: int) -> dict:
    """A puck that begins at `start_s` (UTC, seconds since 2000), its ticks `run_days` old. `rows`:
    for each day what the alarms' rows are to be, [] as before. {"rung": [UTC], "erases": [per
    sector], "programmed": bytes, "nights": how many are kept, "broken": seals and records that are
    not whole, "wraps": of the ticks}.
    """
    supply = Supply(image, tree)
    supply.on()
    _fill_clips()
    clock.wait(run_days * 86400 * 1000000)
    time.wall_start_s = start_s - clock.us // 1000000
    begun_us, rung = clock.us, []
    for day in range(len(rows)):
        if day:
            supply.flash.life += 1  # a reset: RTC memory stays
        table.reset_cause = 2
        supply.on()
        today = Day(zone)
        _live_a_day(today, day, rows[day])
        rung += [at_s for at_s, _ in today.rung]
    nights, broken = _kept_nights()
    wraps = clock.us // 1000 // (1 << 30) - begun_us // 1000 // (1 << 30)
    found = {"rung": rung, "erases": supply.flash.erases, "nights": nights, "broken": broken}
    return found | {"wraps": wraps, "programmed": supply.flash.programmed_bytes}


def _live_a_day(today, day, rows):
    from firmware.alarms import FIRST_SETTING, NAMES

    for row, value in enumerate(rows):
        today.settings.set(NAMES[row], value)
        today.alarms.changed(FIRST_SETTING + row)
    if day % 30 == 15:
        pair(bonds(), day // 30 % 3 + 1, 1000 + day)
    today.live()


def _fill_clips():
    """As many clips as the flash map has room for: what never moves leaves the rest the wear."""
    import os

    os.mkdir(FOLDER + "/clips")
    for number in range(48):
        with open("%s/clips/%d.wav" % (FOLDER, number), "wb") as file:
            for _ in range(15):
                file.write(_BLOCK)


def _kept_nights():
    """(how many nights are kept, how many records and seals of them are not whole)."""
    from firmware.keep import journal

    kept, broken = journal.nights(FOLDER), 0
    for number in kept:
        seals = journal.Seals()
        for kind, record in journal.parse(journal._chunks(journal.path(FOLDER, number), None)):
            broken += not kind
            seals.look(kind, record)
        broken += seals.broken
    return len(kept), broken
