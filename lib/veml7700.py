"""Driver of the VEML7700 light sensor: how bright the room is, in milli-lux.

Datasheet: Vishay 84286, Rev 1.7; application note 84323. It must never wait for a
measurement, nor hand out one that began before its range was set. The note's
correction for the sensor's curvature above some 1,000 lx is left out: no bedroom
at night comes near, and a bright day only has to read as bright.
"""

import time

from micropython import const
from registers import Registers

ADDRESS = const(0x10)

_ALS_CONF = const(0x00)
_POWER_SAVING = const(0x03)
_ALS = const(0x04)
_ID = const(0x07)

_IDENTITY = const(0x81)  # the low byte; the high one tells the address
_SHUT_DOWN = const(1)
_GAIN_1 = const(0)  # ALS_GAIN, bits 12 and 11
_GAIN_2 = const(1 << 11)
_GAIN_EIGHTH = const(2 << 11)
_GAIN_QUARTER = const(3 << 11)
_25_MS = const(12 << 6)  # ALS_IT, bits 9 to 6
_50_MS = const(8 << 6)
_100_MS = const(0)
_200_MS = const(1 << 6)
_800_MS = const(3 << 6)

# (ALS_CONF, integration in ms, fifths of a milli-lux in a count), from dark to bright.
# A count is 0.0042 lx at gain 2 and 800 ms, 21 fifths of a milli-lux, and grows as gain
# times time shrinks. The greatest product, 65535 * 10752, stays under 2^30. Flicker of
# lamps averages out: all but the last time hold whole periods of 100 and of 120 Hz.
_RANGES = (
    (_GAIN_2 | _800_MS, 800, 21),  # to 275 lx
    (_GAIN_2 | _200_MS, 200, 84),  # 1,101 lx
    (_GAIN_1 | _100_MS, 100, 336),  # 4,404 lx
    (_GAIN_QUARTER | _100_MS, 100, 1344),  # 17,616 lx
    (_GAIN_EIGHTH | _50_MS, 50, 5376),  # 70,463 lx
    (_GAIN_EIGHTH | _25_MS, 25, 10752),  # 140,926 lx
)
_FIRST = const(2)
_BRIGHTEST = const(5)
_WAKE_MS = const(5)  # 2.5 ms after shut-down (ALS_SD), and a tick

_FULL = const(65535)
# From so many on the range stays, until it is full. With fewer, the finest one is taken
# that is left at most 61 % full; since a step is at most a factor of four, there are then
# as many again, and the range does not swing.
_FEW = const(10000)
_GOAL_FIFTHS = const(8000)  # 40,000 counts, as milli-lux for each fifth a count
_COARSE = const(100)  # with fewer counts than these a value is off by more than 1 %
_MOST_TURNS = const(2)  # a value is given after as many changes, however the light jumps


class VEML7700:
    """The sensor on `i2c`; it chooses its range by itself. `mlx`: what `read` last gave."""

    def __init__(self, i2c):
        self.regs = Registers(i2c, ADDRESS, "light sensor", "check its wires to the bedside bus")
        self.error = self.regs.error
        self._word = bytearray(2)
        self._range = _FIRST
        self._pending = True
        self._set_ms = 0
        self._turns = 0  # changes of range since the last value
        self.mlx = -1

    def start(self) -> None:
        """Check the identity, begin to measure. PartError if silent or another chip."""
        self.regs.expect(_ID, _IDENTITY)
        self._set(_POWER_SAVING, 0)
        self._turns = 0
        self._select(_FIRST)

    def identity(self) -> str:
        """What it says it is. PartError if silent or another chip."""
        self.regs.expect(_ID, _IDENTITY)
        return "id %02x" % _IDENTITY

    def read(self) -> int:
        """The light in milli-lux, 0 to 140,926,464 (which means: at least); to nearest count.

        -1 while there is none yet: after `start`, or after a sample that was too bright or
        too dark for its range, when the next range is set and waited for (at most 1 s).
        PartError if silent, or if the chip has lost its settings; `start` anew then.
        """
        if self._pending and self._is_early():
            return -1
        self._pending = False
        setting, _, fifths = _RANGES[self._range]
        if self._get(_ALS_CONF) != setting:
            raise self.regs.error("it has lost its settings")
        counts = self._get(_ALS)
        mlx = (counts * fifths + 2) // 5
        if not self._fits(counts, mlx):
            return -1
        self.mlx = mlx
        return mlx

    def _is_early(self):
        """Whether the first sample of a range is still due. After days without a look the
        ticks have gone round, and seem to run backwards: then it is not.
        """
        integration_ms = _RANGES[self._range][1]
        # An eighth more, since the datasheet gives its oscillator no tolerance.
        due_ms = integration_ms + (integration_ms >> 3) + _WAKE_MS
        return 0 <= time.ticks_diff(time.ticks_ms(), self._set_ms) < due_ms

    def _fits(self, counts, mlx):
        """Change the range if need be; whether the sample at hand can be believed."""
        better = self._better(counts, mlx)
        if better != self._range:
            self._select(better)
            self._turns += 1
            if not _COARSE <= counts < _FULL and self._turns <= _MOST_TURNS:
                return False
        self._turns = 0
        return True

    def _better(self, counts, mlx):
        if counts == _FULL:
            return _BRIGHTEST
        if counts >= _FEW:
            return self._range
        best = 0
        while best < _BRIGHTEST and mlx >= _RANGES[best][2] * _GOAL_FIFTHS:
            best += 1
        return best

    def _select(self, number):
        """Set a range. Shut down meanwhile, so that the first sample is all its own."""
        setting = _RANGES[number][0]
        self._range = number
        self._set(_ALS_CONF, setting | _SHUT_DOWN)
        self._set(_ALS_CONF, setting)
        self._set_ms = time.ticks_ms()
        self._pending = True

    def _get(self, reg):
        self.regs.read_into(reg, self._word)
        return self._word[0] | self._word[1] << 8

    def _set(self, reg, value):
        self._word[0] = value & 0xFF
        self._word[1] = value >> 8
        self.regs.write_from(reg, self._word)
