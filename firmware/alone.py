"""The governor with its button and a console, and no night around them.

What safe mode and the plain lamp share. It touches no sensor, no file and no radio, and nothing is
seen, heard or felt but through the governor. The ledger, which has no journal here, is what the
console prints.
"""

import asyncio
import time

from firmware import console
from firmware.bedside.press import Presses, follow
from firmware.clock import Clock
from firmware.governor.governor import Governor
from firmware.tasks import Tasks
from hw.actuators import Actuators


class Alone:
    """A puck without a night. `start`: of boot.py; `kept`: a keep.standing.Standing."""

    def __init__(self, start, kept):
        self.start = start
        self.board = Actuators()
        self.clock = Clock(time, self.board)
        self.tasks = Tasks()
        self.governor = Governor(
            self.board.hand_over(),
            self.clock.now_ms,
            self.append,
            self.board.loudness,
            _undisturbed,
            kept,
        )
        self.presses = Presses(self.board.button, self.governor.tell, self.feel)

    def append(self, kind, fields) -> None:
        """A record of the ledger."""
        print("ledger: %s" % (fields,))

    def feel(self, gesture: int) -> None:
        """The button means something."""
        self.governor.feel(gesture)

    async def run(self) -> None:
        """Until cancelled."""
        pressed = asyncio.ThreadSafeFlag()
        self.board.on_press(lambda pin: pressed.set())
        tasks = self.tasks
        self.start_tasks(tasks)
        tasks.start("acts", self.governor.run, self.governor.wake)
        tasks.start("button", lambda alive: self._feel_button(alive, pressed), pressed)
        tasks.start_unwatched("console", console.serve)
        await tasks.supervise(self.board.watchdog, self.presses.is_held, self.start)

    def start_tasks(self, tasks) -> None:
        """Those that are its own."""

    def serve(self) -> None:
        """Run until somebody interrupts it or switches the puck off; then all is held off."""
        try:
            asyncio.run(self.run())
        except KeyboardInterrupt:
            pass
        finally:
            asyncio.new_event_loop()  # no task of this run may go on beside those of the next
            self.board.hold_off()
            self.board.watchdog.leave()

    def _feel_button(self, alive, pressed):
        return follow(self.presses, self.clock.now_ms, pressed, alive)


def _undisturbed(lane, length_ms):
    """Nobody senses anything."""
