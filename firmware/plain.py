"""The plain lamp and music box that a puck is after everything personal was erased.

Lamp and music come by the button alone, through the governor and within its limits, as a hand's
own wish, which needs no consent. It senses nothing, has no radio, and must never write anything
but the counter of starts.
"""

import asyncio

from micropython import const

from firmware import records
from firmware.alone import Alone
from firmware.bedside import gestures, scenes
from firmware.keep.standing import Standing

MUSIC = const(55)  # the number of the scene
_DAY_MS = const(86400000)
_LOOK_MS = const(9000)

running = None  # the PlainLamp, while it runs: whoever types then must leave time for it


class _Nowhere:
    """Keeps the off switch for as long as the power is on."""

    _saved = b""

    def load(self) -> bytes:
        return self._saved

    def save(self, data: bytes) -> None:
        self._saved = data


class PlainLamp(Alone):
    """A short press is the lamp, on and off; a long one music; a double one off, until a hold."""

    def __init__(self, start):
        super().__init__(start, Standing(_Nowhere()))
        self._since_ms = 0
        self.begin()

    def begin(self) -> None:
        """A day begins: doses are counted anew."""
        self._since_ms = self.clock.now_ms()
        self.governor.begin(records.NIGHT.of(records.VERSION, 0, 0, 0))
        self.governor.started(0)

    def feel(self, gesture: int) -> None:
        """The gate takes a short press for "not now" whatever it finds; where nothing acted, the
        hand wants light.
        """
        governor = self.governor
        was_acting = self._acts()
        if gesture == gestures.LONG:  # which else would be the lamp
            governor.tell(records.GESTURE, records.BUTTON, gesture)
            governor.ask_typed(MUSIC)
        else:
            governor.feel(gesture)
            if gesture == gestures.SHORT and not was_acting:
                governor.ask_typed(scenes.LAMP)

    def start_tasks(self, tasks) -> None:
        """The days."""
        tasks.start("days", self._count_days)

    def _acts(self):
        return any(self.governor.lanes.acts)

    async def _count_days(self, alive):
        while True:
            alive()
            if self.clock.now_ms() - self._since_ms >= _DAY_MS and not self._acts():
                self.begin()
            await asyncio.sleep_ms(_LOOK_MS)


def run(start) -> None:
    """The plain lamp, until somebody interrupts it or switches it off. `start`: of boot.py."""
    global running
    lamp = running = PlainLamp(start)
    if not start.develop:
        lamp.board.watchdog.start()
    print("plain lamp: a short press is light, a long one music, a double one off until a hold")
    print("puck.begin_again() makes it a puck again")
    try:
        lamp.serve()
    finally:
        running = None
