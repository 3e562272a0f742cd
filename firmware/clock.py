"""Time for the night: milliseconds that never jump, and the wall clock if it is known.

The puck's clock and the clock chip keep UTC; what people see is local (firmware/zone.py). Wall time
is counted here, and led to the chip's time so slowly that nobody notices. It must never hand out
wall time as a measure of anything: people set clocks.
"""

from micropython import const

from firmware import records
from firmware.zone import Zone

# time() of a puck that has lost the time starts at 2000-01-01; anything before this
# project existed is no time at all. 2024-12-31 in seconds since 2000.
_KNOWN_FROM_S = const(788918400)
_KNOWN_TO_S = 3155760000  # 2100-01-01, for which the clock chip has no digits

_TICK_MS = const(2000)  # the chip tells whole seconds, twice
# Off by more than a hundredth, no crystal is well: the chip promises 2 ppm, the puck's own 10.
_TOLERANCE = const(100)
_STRAYS = const(2)
_HOUR_S = const(3600)

_SLEW = const(2000)  # 1 ms in so many: 500 ppm, which adjtime and NTP use, too
_SLEWED_MS = const(10000)  # what is off by more is a fault, or was set so, and is left alone
_SET_S = const(3)  # the puck's own clock is kept closer than this, unless somebody sets it
_KEPT_S = const(2)
_SAME_S = const(5)  # two tellings of one time: each is of whole seconds, hours apart
_SPREAD_MS = const(3)  # by which two crystals may part from one look to the next: 100 ppm

_REFERENCE_S = const(1800)  # a first look sees a second's edge at some time within this
_KNOWN_PPM = const(50)  # bounds of the drift that are as near as this are worth telling
_UNKNOWN = const(1000000)  # more than any ppm or ms that is measured


class Clock:
    """`time` is MicroPython's time module, or something with its ticks and `time()`. `board` is
    only needed where somebody may `set` it: see hw/essentials.py.

    `now_ms` must be asked at least once in six days, half the period of the ticks.
    """

    def __init__(self, time, board=None):
        self.zone = Zone("UTC0")
        self.sets = 0  # how often somebody has set it
        self._time = time
        self._board = board
        self._ticks = time.ticks_ms()
        self._now_ms = 0
        self.forget()

    def forget(self) -> None:
        """Take wall time anew from the puck's own clock, which has been set."""
        self._base_s = 0  # not taken yet
        self._base_ms = self._slewed_ms = self._now_ms
        self._owed_ms = 0
        self._least_ms, self._most_ms = -_SLEWED_MS, _SLEWED_MS

    def now_ms(self) -> int:
        """Milliseconds since the night began (or since start-up, before it does)."""
        ticks = self._time.ticks_ms()
        self._now_ms += self._time.ticks_diff(ticks, self._ticks)
        self._ticks = ticks
        return self._now_ms

    def resume_at(self, night_ms: int) -> None:
        """From now on count from `night_ms`: the night goes on after a restart."""
        later_ms = night_ms - self.now_ms()
        self._now_ms = night_ms
        self._base_ms += later_ms
        self._slewed_ms += later_ms

    def wall_s(self) -> int:
        """Local wall time in seconds since 2000-01-01; 0 if the puck has lost it."""
        utc_s = self.utc_s()
        return utc_s + self.zone.offset_s(utc_s) if utc_s else 0

    def utc_s(self) -> int:
        """UTC in seconds since 2000-01-01; 0 if the puck has lost it.

        It jumps only when somebody has set the puck's own clock.
        """
        rtc_s = self._time.time()
        if rtc_s < _KNOWN_FROM_S:
            self.forget()
            return 0
        utc_s = self._count() // 1000 + self._base_s
        if self._base_s and abs(rtc_s - utc_s) <= _SET_S:
            return utc_s
        self.forget()
        self._base_s, self._base_ms = rtc_s, self._now_ms
        return rtc_s

    def set(self, utc_s: int) -> None:
        """Somebody knows what time it is: set this, the puck's own clock and the clock chip.

        ValueError outside 2025 to 2099; OSError if the chip does not take it, all else being set.
        """
        if not _KNOWN_FROM_S <= utc_s < _KNOWN_TO_S:
            raise ValueError("the puck knows the years 2025 to 2099 only")
        self._board.set_clock(utc_s)
        self.forget()
        self.sets += 1
        self._board.clock_chip.set_s(utc_s)

    def lead(self, chip_s: int, asked_ms: int) -> None:
        """The clock chip, asked at `asked_ms` of `now_ms`, has just said `chip_s`: go there.

        One look leaves a second open, and those before it may have left less: between
        `_least_ms` and `_most_ms` are to be added. No more is done than must be.
        """
        behind_ms = (chip_s - self._base_s) * 1000 - self._count()
        if abs(behind_ms) > _SLEWED_MS:
            return
        least_ms, most_ms = behind_ms, behind_ms + self._now_ms - asked_ms + 1000
        self._least_ms = max(self._least_ms - _SPREAD_MS, least_ms)
        self._most_ms = min(self._most_ms + _SPREAD_MS, most_ms)
        if self._least_ms > self._most_ms:  # a crystal that runs worse, or the chip was set
            self._least_ms, self._most_ms = least_ms, most_ms
        self._owed_ms = max(self._least_ms, min(self._most_ms, 0))

    def pull(self, board) -> None:
        """Let the puck's own clock, which a reset leaves alone, follow the count."""
        utc_s = self.utc_s()
        if utc_s and abs(utc_s - self._time.time()) >= _KEPT_S:
            board.set_clock(utc_s)

    def _count(self):
        """Milliseconds since `_base_ms`, with so much of what is owed as time has room for."""
        steps = (self.now_ms() - self._slewed_ms) // _SLEW
        if steps:
            self._slewed_ms += steps * _SLEW
            part_ms = max(-steps, min(steps, self._owed_ms))
            self._base_ms -= part_ms
            self._owed_ms -= part_ms
            self._least_ms -= part_ms
            self._most_ms -= part_ms
        return self._now_ms - self._base_ms


class NightTime:
    """How long a night has lasted, from its records: of those that tell the wall time the latest
    counts, so that a zone or a clock that was set meanwhile is no time that passed.

    `zone`: the present one. It listens as `Journal.live_again` has it.
    """

    def __init__(self, zone):
        self._zone = zone
        self._at_ms = self._utc_s = 0  # it was so late then; 0 is unknown

    def take(self, kind, fields) -> None:
        """The next record of the night."""
        if kind is records.NIGHT:
            self._hear(0, fields.start_s)
        elif kind is records.EVENT and fields.kind == records.CLOCK_SET:
            self._hear(fields.t_ms, fields.value)

    def hear(self, score) -> None:
        """A score says nothing of time."""

    def lasted_ms(self, utc_s: int) -> int:
        """Up to `utc_s`; 0 if nobody knows."""
        return self._at_ms + (utc_s - self._utc_s) * 1000 if self._utc_s and utc_s else 0

    def _hear(self, t_ms, wall_s):
        """Where the zone alone moves the clock, what was known holds: an hour may come twice."""
        if self._utc_s:
            utc_s = self._utc_s + (t_ms - self._at_ms) // 1000
            if abs(utc_s + self._zone.offset_s(utc_s) - wall_s) <= _SAME_S:
                return
        self._at_ms = t_ms
        self._utc_s = self._zone.utc_s(wall_s) if wall_s else 0


def take_time(clock: Clock, board) -> None:
    """Set the puck's clock by `board.clock_chip`, which outlives power cuts, if it can be believed.

    What is wrong with it is told by whoever watches over it. The chip has no checksum, so it is
    read twice. A time that survived a reset and that the chip contradicts by more than an hour
    stays.
    """
    chip, utc_s = board.clock_chip, clock.utc_s()
    try:
        board.start_clock_chip()
        chip_s = chip.read_s()
        if 0 <= chip.read_s() - chip_s <= 1 and (not utc_s or abs(chip_s - utc_s) < _HOUR_S):
            board.set_clock(chip_s)
            clock.forget()
    except OSError:
        pass


class ChipWatch:
    """Holds a clock chip against the puck's ticks: a crystal that runs wrong tells no hours.

    The puck's drift beside the chip lies between `least_ppm` and `most_ppm`; positive: fast.
    """

    def __init__(self):
        self._sets = 0
        self.forget()

    def forget(self) -> None:
        """Begin anew: somebody has set the chip."""
        self._first_s = -1
        self._first_ms = 0
        self._strays = 0  # looks in a row that were off
        self._forget_drift()

    def _forget_drift(self):
        self.least_ppm, self.most_ppm = -_UNKNOWN, _UNKNOWN
        self._began_s = -1
        self._low_ms, self._high_ms = -_UNKNOWN, _UNKNOWN
        self._low_s = self._high_s = 0

    def ask(self, sensor, clock: Clock, board) -> None:
        """Read the chip of `sensor`, and say if it is wrong. It sets a puck's clock that has lost
        the time, and leads one that knows it.
        """
        clock.pull(board)
        chip, asked_ms = sensor.driver, clock.now_ms()
        chip_s = sensor.ask(chip.read_s)
        if not chip_s:
            return
        if clock.sets != self._sets:
            self._sets = clock.sets
            self.forget()
        wrong = self.look(chip_s, clock.now_ms())
        if wrong:
            sensor.fail(chip.error(wrong, "replace it"))
            return
        sensor.hear()
        if not clock.utc_s():
            board.set_clock(chip_s)
        elif not self._strays:
            self.measure(chip_s, asked_ms, clock.now_ms())
            clock.lead(chip_s, asked_ms)

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

    def drift(self) -> tuple:
        """(drift in ppm, how far it may be off) as far as it is known, or ()."""
        width_ppm = self.most_ppm - self.least_ppm
        if width_ppm > _KNOWN_PPM:
            return ()
        return (self.most_ppm + self.least_ppm) // 2, (width_ppm + 1) // 2

    def measure(self, chip_s: int, asked_ms: int, now_ms: int) -> None:
        """Bound the drift by a look: what the ticks have gained on the chip lies within a second,
        and the slope between any two looks within what these leave.

        Looks wander over the chip's second. The first that come near its edges are what all
        later ones are held against; where bounds cross, the drift has changed.
        """
        went_ms = (chip_s - self._first_s) * 1000
        low_ms = asked_ms - self._first_ms - went_ms - 1000
        high_ms = now_ms - self._first_ms - went_ms
        at_s = now_ms // 1000
        if self._began_s < 0:
            self._began_s = at_s
        if at_s - self._began_s <= _REFERENCE_S:
            if low_ms >= self._low_ms:
                self._low_ms, self._low_s = low_ms, at_s
            if high_ms <= self._high_ms:
                self._high_ms, self._high_s = high_ms, at_s
            return
        most_ppm = (high_ms - self._low_ms) * 1000 // (at_s - self._low_s) + 1
        least_ppm = (low_ms - self._high_ms) * 1000 // (at_s - self._high_s) - 1
        self.most_ppm = min(self.most_ppm, most_ppm)
        self.least_ppm = max(self.least_ppm, least_ppm)
        if self.least_ppm > self.most_ppm:
            self._forget_drift()
