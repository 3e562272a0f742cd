"""A part and its health: asked, missed, looked for again.

A part that fails is named once, with the remedy, and tried again in bounds. It must never
let one part's fault cost another's samples.
"""

from micropython import const

from firmware import records

_STEADY_LOOKS = const(20)  # ten minutes without an outage
_MOST_PATIENCE = const(15)  # eight minutes
_MOST_MISSES = const(3)  # asks in a row: a FIFO outlives as many, and a loose lead, too


class Sensor:
    """A driver with what is known of its health.

    `start` starts its chip, or raises OSError. `tell(kind, part, value)` hears of changes:
    that the part is missing, once, and that it is back, once it has been `hear`d.
    """

    def __init__(self, part: int, driver, start, tell):
        self.driver = driver
        self.present = False  # it answers
        self.misses = 0  # asks in a row that failed
        self.heard_ms = 0  # when it last gave something
        self.error = ""  # why it is missing, and the remedy; "" if it is not
        self.part = part
        self._start = start
        self._tell = tell
        self._told = False
        self._well = 0  # looks since it was last missing
        self._patience = 0  # looks from an outage to the first attempt after it
        self._waits = 0  # of them, so many are left

    def start(self) -> None:
        """Start the chip if it does not run, or say once that it is missing.

        To be called every 30 s. A part that comes and goes is given a longer rest each time, so
        that it cannot fill the journal with its comings and goings.
        """
        if self.present:
            self._well += 1
            if self._well == _STEADY_LOOKS:
                self._patience = 0
        elif self._waits:
            self._waits -= 1
        else:
            self._begin()

    def _begin(self):
        try:
            self._start()
        except OSError as error:
            self.fail(error)
            return
        self.present = True
        self.error = ""
        self.misses = 0

    def ask(self, action) -> int:
        """`action()`, which talks to the part; 0 if it is missing, or fails at this moment.

        Only an answer other than 0 shows that the part is well.
        """
        if not self.present:
            return 0
        try:
            answer = action()
            if answer:
                self.misses = 0
            return answer
        except OSError as error:
            self.misses += 1
            if self.misses >= _MOST_MISSES:
                self.fail(error)
        return 0

    def hear(self) -> None:
        """The part has given something to believe: if it was missed, it is back."""
        if self._told:
            self._told = False
            self._tell(records.PART_BACK, self.part, 0)

    def stop(self) -> None:
        """Let the chip sleep, if it is there."""
        if self.present:
            try:
                self.driver.stop()
            except OSError as error:
                self.fail(error)

    def fail(self, error: OSError) -> None:
        """Mark the part missing; the first time, say why."""
        self.present = False
        self.error = str(error)
        self._well = 0
        if not self._told:
            self._told = True
            self._waits = self._patience
            self._patience = min(2 * self._patience + 1, _MOST_PATIENCE)
            print(error)
            self._tell(records.PART_MISSING, self.part, 0)
