"""Time for the night: milliseconds that never jump, and the wall clock if it is known.

It must never hand out wall time as a measure of anything: people set clocks.
"""

from micropython import const

# time() of a puck that has lost the time starts at 2000-01-01; anything before this
# project existed is no time at all. 2025-01-01 in seconds since 2000.
_KNOWN_FROM_S = const(788918400)

_TICK_MS = const(2000)  # the chip tells whole seconds, twice
# Off by more than a hundredth, no crystal is well: the chip promises 2 ppm, the puck's own 10.
_TOLERANCE = const(100)
_STRAYS = const(2)
_HOUR_S = const(3600)


class Zone:
    """Stand-in."""

    def offset_s(self, s):
        return 0

    def utc_s(self, s):
        return s


class Clock:
    """`time` is MicroPython's time module, or something with its ticks and `time()`.

    `now_ms` must be asked at least once in six days, half the period of the ticks.
    """

    def __init__(self, time):
        self._time = time
        self._ticks = time.ticks_ms()
        self._now_ms = 0
        self.zone = Zone()

    def utc_s(self):
        """Stand-in."""
        return self.wall_s()

    def now_ms(self) -> int:
        """Milliseconds since the night began (or since start-up, before it does)."""
        ticks = self._time.ticks_ms()
        self._now_ms += self._time.ticks_diff(ticks, self._ticks)
        self._ticks = ticks
        return self._now_ms

    def resume_at(self, night_ms: int) -> None:
        """From now on count from `night_ms`: the night goes on after a restart."""
        self.now_ms()
        self._now_ms = night_ms

    def wall_s(self) -> int:
        """Local wall time in seconds since 2000-01-01; 0 if the puck has lost it."""
        wall_s = self._time.time()
        return wall_s if wall_s >= _KNOWN_FROM_S else 0


def take_time(clock: Clock, board) -> None:
    """Set the puck's clock by `board.clock_chip`, which outlives power cuts, if it can be believed.

    What is wrong with it is told by whoever watches over it. The chip has no checksum, so it is
    read twice. A time that survived a reset and that the chip contradicts by more than an hour
    stays.
    """
    chip, wall_s = board.clock_chip, clock.wall_s()
    try:
        board.start_clock_chip()
        chip_s = chip.read_s()
        if 0 <= chip.read_s() - chip_s <= 1 and (not wall_s or abs(chip_s - wall_s) < _HOUR_S):
            board.set_clock(chip_s)
    except OSError:
        pass


class ChipWatch:
    """Holds a clock chip against the puck's ticks: a crystal that runs wrong tells no hours."""

    def __init__(self):
        self.forget()

    def forget(self) -> None:
        """Begin anew: somebody has set the chip."""
        self._first_s = -1
        self._first_ms = 0
        self._strays = 0  # looks in a row that were off

    def ask(self, sensor, clock: Clock, board) -> None:
        """Read the chip of `sensor`, and say if it is wrong. It sets a puck's clock that has lost
        the time.
        """
        chip = sensor.driver
        chip_s = sensor.ask(chip.read_s)
        if not chip_s:
            return
        wrong = self.look(chip_s, clock.now_ms())
        if wrong:
            sensor.fail(chip.error(wrong, "replace it"))
            return
        sensor.hear()
        if not clock.wall_s():
            board.set_clock(chip_s)

    def look(self, chip_s: int, now_ms: int) -> str:
        """What is wrong with the chip's time, or "".

        One look that is off may be noise on the wires. After the second the chip is not
        believed again before it is set: what it lost stays lost.
        """
        if self._first_s < 0:
            self._first_s, self._first_ms = chip_s, now_ms
        went_s = chip_s - self._first_s
        elapsed_ms = now_ms - self._first_ms
        is_off = abs(went_s * 1000 - elapsed_ms) > _TICK_MS + elapsed_ms // _TOLERANCE
        if self._strays < _STRAYS:
            self._strays = self._strays + 1 if is_off else 0
        if self._strays < _STRAYS:
            return ""
        return "it has gone %d s in %d s" % (went_s, elapsed_ms // 1000)
