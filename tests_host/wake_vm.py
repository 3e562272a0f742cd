"""Runs in the MicroPython VM: the puck of fight_vm.py with what leads a night, its alarms as they
are set by people, and power that stays away.

Waits of hours cost what the tasks do in them. While something acts for long, the puck mostly stands
still, as in a long stall: that is told, so that nobody takes it for silence of its own.
"""

import asyncio
import time

from clock import clock
from fight_vm import Fight, Room, Stages, _all_records

from firmware import app, records, tasks
from firmware.alarms import FIRST_SETTING, NAMES
from hw import storage

_EPOCH_MS = records.EPOCH_S * 1000
_NO_TIME_S = -(1 << 30)
_ACTED_MS = 5000  # what a wait lets act in real time
_FADING_MS = 4000  # what ends by a stage fades for as long
_STALL_MS = 7000  # and then stands still, between moments of
_ACTS_MS = 240
_OFTEN = 20  # for so many times; then a stall is as long as an epoch has room for
_SPARE_MS = 1500  # before the alarm: no stall keeps it
_BRIEF_S = 3
_PRESS_MS = {1: 120, 2: 120, 3: 2500, 4: 6500}  # gesture: how long the button was held


class Quiet:
    """In place of `sys` where a task dies: what it prints would go to the desktop as an answer."""

    def print_exception(self, error):
        print(repr(error))


class WakeStart:
    """As boot.py has it."""

    develop = True

    def __init__(self, cause):
        self.cause = cause

    def good(self):
        pass

    def record(self, what):
        pass


class Dreams:
    """In place of the pod's epoch: the stage that a move has chosen, and a heart rate."""

    def __init__(self):
        self.stage = 0
        self.rate_dbpm = 0

    def close_epoch(self):
        return 0, 0, self.rate_dbpm, 0, 0, self.stage, 0, 0, 0, 0

    def missed(self):
        pass

    def disturb(self, now_ms, length_ms):
        pass


class Wake(Fight):
    """A scenario of the night: see `Fight`. More rows of the log: ["wall", us, seconds] at each
    start, 0 unknown. Wall time of a move's beginning is the simulator's.
    """

    def __init__(self, folder, moves, seed):
        super().__init__(folder, moves, seed)
        self._pod = Dreams()
        self._outage_s, self._is_time_kept = _BRIEF_S, True

    def _unplug(self, is_cut):
        wall_start_s = time.wall_start_s
        super()._unplug(is_cut)
        if is_cut:
            clock.wait(self._outage_s * 1000000)
            if self._is_time_kept:
                time.wall_start_s = wall_start_s
        self._outage_s, self._is_time_kept = _BRIEF_S, True

    async def _life(self):
        self._start()
        puck = self.puck
        puck.tasks.start("acts", puck.governor.run, puck.governor.wake)
        puck.tasks.start("night", puck._lead)
        puck.tasks.start("keeper", puck._keep, puck._flush)
        await self._act_out()

    def _start(self):
        storage.mount()
        puck = self.puck = app.Puck(WakeStart("power on" if self._cause == 2 else "reset"))
        puck.live, puck.pod, puck.room = Stages(), self._pod, Room()
        puck._look_for_parts, puck.sensors = self._look, lambda: ()
        self.log.append(["start", clock.us, self._cause, _all_records()])
        self.log.append(["wall", clock.us, max(0, time.time())])
        puck.open()

    def _begin_move(self):
        now_ms = self.puck.clock.now_ms()
        self.log.append(["begin", clock.us, self._at, now_ms, max(0, time.time())])
        self._is_moving = True

    # -- the moves

    async def _move_alarm(self, row, in_min, days):
        """Set for so many minutes from now; `days` a bit for each weekday, 0 once."""
        minute = (max(0, time.time()) // 60 + in_min) % 1440
        self._set(row, minute | days << 11 | 1 << 18)

    async def _move_clear(self, row):
        self._set(row, 0)

    def _set(self, row, value):
        self.puck.settings.set(NAMES[row], value)
        self.puck.changed(FIRST_SETTING + row)

    async def _move_nap(self, minutes):
        self.puck.alarms.nap(minutes * 60)

    async def _move_setting(self, name, value):
        self.puck.changed(self.puck.settings.set(name, value))

    async def _move_stage(self, stage):
        """From the end of this epoch on."""
        self._pod.stage = stage
        await self._move_wait(self._left_ms() + 20)

    async def _move_bedtime(self, in_min):
        await self._move_setting("bedtime", (max(0, time.time()) // 60 + in_min) % 1440)

    async def _move_programme(self, number):
        self.puck.tell(records.PROGRAMME, records.PUCK, number)
        self.puck.lead()

    async def _move_heart(self, rate_dbpm):
        self._pod.rate_dbpm = rate_dbpm

    async def _move_feel(self, gesture):
        """A press is told when it is over, a gesture when it is certain."""
        tell, held_ms = self.puck.tell, _PRESS_MS[gesture]
        await asyncio.sleep_ms(held_ms)
        if gesture < 4:
            tell(records.PRESSED, records.BUTTON, held_ms)
        if gesture == 1:
            await asyncio.sleep_ms(420)
        elif gesture == 2:
            await asyncio.sleep_ms(100)
        self.puck._feel(gesture)
        if gesture in (2, 4):
            await asyncio.sleep_ms(120)
            tell(records.PRESSED, records.BUTTON, held_ms if gesture == 4 else 120)

    async def _move_clock(self, wall_s):
        time.wall_start_s = wall_s - clock.now_us() // 1000000
        self._clock_is_set()

    async def _move_shift(self, by_s):
        """Somebody sets a clock that is known forth or back."""
        if time.time() > 0:
            time.wall_start_s += by_s
            self._clock_is_set()

    def _clock_is_set(self):
        puck = self.puck
        puck.clock.forget()
        puck.clock.sets += 1
        puck.governor.mind_clock(puck.clock.wall_s())

    async def _move_cut(self, outage_s, is_time_kept):
        self._outage_s, self._is_time_kept = outage_s, is_time_kept
        await super()._move_cut()

    def _left_ms(self):
        """Of the epoch that runs."""
        now_ms = self.puck.clock.now_ms()
        return _EPOCH_MS - now_ms % _EPOCH_MS

    async def _move_wait(self, ms):
        """Let `ms` pass, epoch by epoch."""
        end_us, acted_ms, stalls = clock.us + ms * 1000, 0, 0
        while clock.us < end_us:
            slice_ms = min((end_us - clock.us + 999) // 1000, self._left_ms())
            if self.puck.governor._is_at_rest():
                await asyncio.sleep_ms(slice_ms)
            elif acted_ms < _ACTED_MS:
                slice_ms = min(slice_ms, 1000)
                await asyncio.sleep_ms(slice_ms)
                acted_ms += slice_ms
            else:
                stalls += 1
                await self._stand_still(slice_ms, _STALL_MS if stalls < _OFTEN else slice_ms)
            stage = self.puck.governor.gate.stage
            self.puck.close_epochs(self.puck.clock.now_ms())
            if stage != self.puck.governor.gate.stage:
                acted_ms = min(acted_ms, _ACTED_MS - _FADING_MS)
            self._actuators.drain()

    async def _stand_still(self, ms, stall_ms):
        gate = self.puck.governor.gate
        left_ms = gate.alarm_ms - self.puck.clock.now_ms() - _SPARE_MS
        stall_ms = min(ms, stall_ms)
        if left_ms + _SPARE_MS > 0:
            stall_ms = min(stall_ms, left_ms)
        if stall_ms > 0:
            clock.charge("flash", stall_ms * 1000)
            ms -= stall_ms
        await asyncio.sleep_ms(max(1, min(ms, _ACTS_MS)))


tasks.sys = Quiet()


def run(folder, moves, seed):
    """The log of a scenario: see `Wake`."""
    return Wake(folder, moves, seed).run()
