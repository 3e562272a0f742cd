"""What every check of the self-test has in common (see selftest.py)."""

from time import ticks_diff, ticks_ms

AGAIN = "switch the puck off and on"


class Rate:
    """How fast a count goes, by the puck's ticks, between the looks that found it changed."""

    def __init__(self, count: int):
        self._count = count
        self._is_under_way = False
        self.went = self.took_ms = 0

    def look(self, count: int) -> bool:
        """Take the count at this moment; whether it has changed."""
        if count == self._count:
            return False
        self._count = count
        if not self._is_under_way:
            self._is_under_way = True
            self._first, self._first_ms = count, ticks_ms()
        self.went = count - self._first
        self.took_ms = ticks_diff(ticks_ms(), self._first_ms)
        return True


class Check:
    """One part under test. `begin`, then `look` ten times a second, then `judge`, or `error`.

    `runs`: the firmware runs, and what is not its driver's last word is not taken from it.
    """

    def __init__(self, part: str, driver, bus: str = "", start=None):
        self.part = part
        self.driver = driver
        self.bus = bus
        self.identity = "-"
        self.error = ""
        self._start = start

    def begin(self, runs: bool) -> None:
        """Start the part if nobody else does, and ask who it is. OSError if it is not well."""
        if self._start and not runs:
            self._start()
        self.identify()

    def identify(self) -> None:
        """Ask the chip, which answers at any time."""
        self.identity = self.driver.identity()

    def look(self, runs: bool) -> None:
        """See what it has measured. OSError if it is not well."""

    def judge(self) -> tuple:
        """(what was seen, the remedy if that is weak, or "")."""
        return "it answers", ""

    def stop(self) -> None:
        """Let it sleep again."""
