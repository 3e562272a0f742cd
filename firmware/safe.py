"""Safe mode: what is left when the application cannot be trusted: clock, governor and alarm.

The alarm rings as ever, through the governor and never around it; nothing else is seen, heard or
felt. It touches no sensor, no file and no radio. The ledger, which has no journal here, is what
the console prints.
"""

import asyncio
import sys

from micropython import const

from firmware import records
from firmware.alarms import Alarms
from firmware.alone import Alone
from firmware.bedside import gestures
from firmware.clock import take_time
from firmware.keep.settings import Settings
from firmware.keep.standing import Standing
from firmware.rituals import asking
from firmware.rituals.waking import Waking
from firmware.zone import Zone
from hw import storage

_LOOK_MS = const(5000)
_LEAST_WAIT_MS = const(100)

running = None  # the SafeMode, while it runs: whoever types then must leave time for it
latest = None  # and the one that ran last


class SafeMode(Alone):
    """The puck in safe mode, and its tasks."""

    def __init__(self, start):
        super().__init__(start, Standing(storage.Kept("standing")))
        self.settings = Settings(storage.Settings(), {"zone": Zone})
        self.clock.zone = Zone(self.settings.get("zone"))
        self.offered_ms = 0  # since when firmware/offer.py offers to forget everything
        self.waking = Waking(list(asking.SETTINGS))
        self.alarms = Alarms(self.settings, storage.Kept("alarm"), self.clock, self.governor)

    def open(self) -> None:
        """Take the time, and what stands: the off switch, and the alarm that is armed."""
        take_time(self.clock, self.board)
        wall_s = self.clock.wall_s()
        self.governor.begin(records.NIGHT.of(records.VERSION, 0, wall_s, 0))
        self.governor.started(0)
        self.alarms.open(True)

    def start_tasks(self, tasks) -> None:
        """Clock and alarm."""
        tasks.start("clock", self._keep_time)
        tasks.start("night", self._lead)

    def lead(self) -> None:
        """Ask for the alarm, when its time has come."""
        self.alarms.mind()
        wanted = self.waking.want(self.clock.now_ms())
        if wanted:
            self.governor.ask(*wanted)

    def changed(self, number: int) -> None:
        """Somebody has changed a setting."""
        self.clock.zone = Zone(self.settings.get("zone"))
        self.alarms.changed(number)
        self.lead()

    def append(self, kind, fields) -> None:
        """A record of the ledger, of which the alarm hears, too."""
        self.waking.take(kind, fields)
        super().append(kind, fields)

    def feel(self, gesture: int) -> None:
        """The button means something, perhaps for the alarm."""
        super().feel(gesture)
        if gesture == gestures.THRICE or self.offered_ms:
            from firmware import offer

            self.offered_ms = offer.felt(self, gesture)
        self.lead()

    async def _keep_time(self, alive):
        """Take the time from the chip as soon as it can be had."""
        while True:
            alive()
            if not self.clock.wall_s():
                take_time(self.clock, self.board)
            self.governor.mind_clock(self.clock.wall_s())
            await asyncio.sleep_ms(_LOOK_MS)

    async def _lead(self, alive):
        while True:
            alive()
            self.lead()
            wait_ms = min(self.waking.wait_ms(self.clock.now_ms()), self.alarms.wait_ms())
            await asyncio.sleep_ms(max(_LEAST_WAIT_MS, wait_ms))


def run(start) -> None:
    """Safe mode, until somebody interrupts it or switches the puck off. `start`: of boot.py."""
    global running, latest
    mode = running = latest = SafeMode(start)
    if not start.develop:
        mode.board.watchdog.start()
    print("safe mode: %s; switch off and on to leave it" % start.safe)
    for line in start.crashes():
        print("  " + line)
    try:
        mode.open()
    except Exception as error:  # an alarm that cannot be had must not take the rest along
        print("safe mode: no alarm; flash the puck anew")
        sys.print_exception(error)
    try:
        mode.serve()
    finally:
        running = None
