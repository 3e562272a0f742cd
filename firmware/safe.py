"""Safe mode: what is left when the application cannot be trusted.

Everything that can be seen, heard or felt is held off; the clock runs, the console answers, and
the watchdog looks on. The governor and the alarm have their places here, and nothing else: it
must stay under 20 KiB with all that it imports, and touch no sensor, no file and no radio.
"""

import asyncio
import time

from micropython import const

from firmware import console
from firmware.clock import Clock, take_time
from firmware.tasks import Tasks
from hw.essentials import Essentials

_LOOK_MS = const(5000)

running = None  # the SafeMode, while it runs: whoever types then must leave time for it


class SafeMode:
    """The puck in safe mode, and its one task."""

    def __init__(self, start):
        self.start = start
        self.board = Essentials()
        self.clock = Clock(time)
        self.tasks = Tasks()

    async def run(self) -> None:
        """Until cancelled."""
        self.tasks.start("clock", self._keep_time)
        self.tasks.start_unwatched("console", console.serve)
        await self.tasks.supervise(self.board.watchdog, _never, self.start)

    async def _keep_time(self, alive):
        """Take the time from the chip as soon as it can be had."""
        while True:
            alive()
            if not self.clock.wall_s():
                take_time(self.clock, self.board)
            self.clock.now_ms()
            await asyncio.sleep_ms(_LOOK_MS)


def _never():
    """A button that is held brought us here, and must not take us away."""
    return False


def run(start) -> None:
    """Safe mode, until somebody interrupts it or switches the puck off. `start`: of boot.py."""
    global running
    mode = running = SafeMode(start)
    if not start.develop:
        mode.board.watchdog.start()
    print("safe mode: %s; switch off and on to leave it" % start.safe)
    for line in start.crashes():
        print("  " + line)
    try:
        asyncio.run(mode.run())
    except KeyboardInterrupt:
        pass
    finally:
        asyncio.new_event_loop()  # no task of safe mode may run on beside those of the next run
        mode.board.hold_off()
        mode.board.watchdog.leave()
        running = None
