"""The button as the night hears of it: each press, each gesture, and that it is out of order.

What a gesture does is decided elsewhere. A look at the button must never wait.
"""

import asyncio

from micropython import const

from firmware import records
from firmware.bedside.gestures import Gestures

_MOST_PRESSES = const(12)  # a minute: nobody means more, and a wet contact makes as many a second
_MINUTE_MS = const(60000)
_POLL_MS = const(5)  # by which a gesture may be late, beside settling
_STUCK_POLL_MS = const(1000)  # something lies on it: there is no hurry
_WRAP = const(0x3FFFFFFF)  # of the ticks


class Presses:
    """Presses of `button` (lib/button.py). `tell(kind, part, value)` hears of each when it is over,
    `gesture(number)` of each gesture (gestures.py).
    """

    def __init__(self, button, tell, gesture):
        self._button = button
        self._tell = tell
        self._gesture = gesture
        self._gestures = Gestures()
        self._told = False  # that it is out of order
        self._has_been_up = False
        self._minute_ms = 0  # when the present minute began
        self._in_minute = 0  # presses since

    def poll(self, now_ms: int) -> int:
        """Look at the button; in how many ms to look again, 0 if not before the next edge."""
        button = self._button
        held_ms = button.poll(now_ms)
        wait_ms = _POLL_MS
        if button.is_idle():
            self._has_been_up = True
        if held_ms:
            self._released(held_ms, now_ms)
        elif button.is_stuck(now_ms):
            wait_ms = _STUCK_POLL_MS
            self._out_of_order("held for a minute; look whether something lies on it")
        self._feel(button)
        return wait_ms if self._gestures.is_busy() or not button.is_idle() else 0

    def is_held(self) -> bool:
        """Somebody holds the button. One that has been down ever since the puck started, or is
        out of order, is held by nobody.
        """
        return self._button.is_pressed and self._has_been_up and not self._told

    def is_busy(self) -> bool:
        """A gesture is under way or may begin, so what takes long had better wait: 6 s at most, but
        a contact that only chatters is no press, and may do so for ever.
        """
        button = self._button
        is_moving = button.is_down() != button.is_pressed or not button.is_settled()
        return self._gestures.is_busy() or (is_moving and not self._told)

    def _feel(self, button):
        if self._told or not self._has_been_up:
            self._gestures.forget()
        else:
            found = self._gestures.step(button.is_pressed, button.known_ms)
            if found:
                self._gesture(found)

    def _released(self, held_ms, now_ms):
        if (now_ms - self._minute_ms) & _WRAP >= _MINUTE_MS:
            was_calm = self._in_minute <= _MOST_PRESSES
            self._minute_ms, self._in_minute = now_ms, 0
            if self._told and was_calm:  # the press that mends it is none
                self._told = False
                self._tell(records.PART_BACK, records.BUTTON, 0)
                return
        self._in_minute += 1
        if self._in_minute > _MOST_PRESSES:
            self._out_of_order("pressed without end; look whether it is wet")
        if not self._told:
            self._tell(records.PRESSED, records.BUTTON, held_ms)

    def _out_of_order(self, seen):
        if not self._told:
            self._told = True
            print("button: " + seen)
            self._tell(records.PART_MISSING, records.BUTTON, 0)


async def follow(presses, now_ms, pressed, alive) -> None:
    """Look at the button for ever, often while something is under way, and else when the flag
    `pressed` is set. `now_ms()`: of the night. `alive`: see firmware/tasks.py.
    """
    while True:
        alive()
        wait_ms = presses.poll(now_ms())
        if wait_ms:
            await asyncio.sleep_ms(wait_ms)
        else:
            await pressed.wait()
