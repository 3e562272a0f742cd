"""Switches the puck off by a double press, again and again, at random moments: for a bench.

Between two presses somebody holds the button and types for light, sound and touch, without the
seconds and the keys that it takes: what is measured is what a double press meets, and there are to
be many. During every other one the journal is written at a random moment, as if that had just been
begun: else one in thousands would meet the flash. How many, and by which seed, `doubles.json` in
the night's folder says; the night ends after the last. `doubles.bin`: a row for each, `lines.bin`:
one for each edge of the three lines. It must never touch those, nor hurry what the firmware does.
"""

import asyncio
import json
from struct import pack

from chips.button import press
from clock import clock
from table import table

from hw import pins

DOUBLE_ROW = "<QQB"  # when the first press began, when the second came to rest; 1: all is off then
LINES_ROW = "<QB"  # when; bits: ring's supply, amplifier's SD_MODE, haptic driver's EN
_GPIOS = (pins.RING_SUPPLY, pins.AMPLIFIER_SHUTDOWN, pins.HAPTIC_ENABLE)
_BEGIN_MS = 3000
_ACTS_US = (150000, 2200000)  # for how long something has acted
_DOWN_US = (70000, 300000)  # of either press
_UP_US = (70000, 300000)  # between them: as hands do it
_BOUNCED_US = 10000
_WRITE_US = 30000  # a write begins so long after the second press at the latest
_AFTER_MS = 60
_SPREAD = 2654435761  # the golden section of 2^32: neighbouring seeds lie far apart
_SCENES = ("lamp", "chime", "nudge", "evening")


class Doubles:
    """The presses of one night."""

    def __init__(self, folder: str):
        with open(folder + "/doubles.json") as file:
            planned = json.load(file)
        self._left = planned["count"]
        self._seed = planned["seed"] * _SPREAD & 0x7FFFFFFF
        self._rows = open(folder + "/doubles.bin", "wb")
        self._lines = open(folder + "/lines.bin", "wb")
        self._button = table.net(pins.BUTTON)
        self._fell_us = self._rested_us = 0
        self._watch()

    async def run(self, puck) -> None:
        """Until none is left; then somebody gets up."""
        from firmware.bedside import gestures, scenes

        numbers = [scenes.named(name).number for name in _SCENES]
        await asyncio.sleep_ms(_BEGIN_MS)
        self._allow(puck.governor, gestures.HOLD, scenes.WIND_DOWN)
        while self._left:
            self._left -= 1
            for number in numbers:
                if self._draw(0, 2):
                    puck.governor.ask_typed(number)
            puck.presses._in_minute = 0  # so many a minute are a wet contact's
            puck.board.watchdog.feed()  # and whoever always holds it wants the puck to start anew
            first_us = await self._double(puck)
            is_off = puck.governor.gate.is_off
            self._rows.write(pack(DOUBLE_ROW, first_us, self._rested_us, is_off))
            if is_off:
                puck.governor.feel(gestures.HOLD)
        clock.schedule_own(_get_up, None)

    def _allow(self, governor, hold, use):
        governor.consent(use, 7, 0, 1)
        governor.feel(hold)

    async def _double(self, puck):
        """Two presses, planned long before, and some time for what comes of the second; when the
        first began.
        """
        first_us = clock.now_us() + self._draw(*_ACTS_US)
        down_us, up_us, again_us = [self._draw(*span) for span in (_DOWN_US, _UP_US, _DOWN_US)]
        press(self._button, first_us, down_us, self._draw(1, 1 << 20))
        second_us = first_us + down_us + up_us
        press(self._button, second_us, again_us, self._draw(1, 1 << 20))
        clock.at(second_us + _BOUNCED_US, self._note)  # it bounces again when it is let go
        if self._draw(0, 2):
            wait_us = first_us - clock.now_us() + self._draw(0, second_us - first_us + _WRITE_US)
            asyncio.create_task(self._write(puck, wait_us // 1000))  # noqa: RUF006 (asyncio holds it)
        await asyncio.sleep_ms((second_us + again_us - clock.now_us()) // 1000 + _AFTER_MS)
        return first_us

    async def _write(self, puck, wait_ms):
        await asyncio.sleep_ms(wait_ms)
        puck.journal.flush()

    def _note(self):
        self._rested_us = self._fell_us

    def _draw(self, least, end):
        self._seed = (self._seed * 1103515245 + 12345) & 0x7FFFFFFF
        return least + (self._seed >> 9) % (end - least)

    def _watch(self):
        """Every edge of the three lines, and when the button last went down."""
        nets = [table.net(gpio) for gpio in _GPIOS]

        def edge(_):
            levels = sum([net.level << i for i, net in enumerate(nets)])
            self._lines.write(pack(LINES_ROW, clock.us, levels))

        for net in nets:
            net.listener = _both(net.listener, edge)
        drive = self._button.drive

        def driven(level):
            if self._button.level and not level:
                self._fell_us = clock.us
            drive(level)

        self._button.drive = driven


def install(folder: str) -> None:
    """Begin when the puck's tasks do."""
    from firmware.app import Puck

    doubles = Doubles(folder)
    run = Puck.run

    async def tapped(puck):
        task = asyncio.create_task(doubles.run(puck))
        try:
            await run(puck)
        finally:
            task.cancel()

    Puck.run = tapped


def _both(first, then):
    def listener(level):
        first(level)
        then(level)

    return listener


def _get_up(_):
    raise KeyboardInterrupt
