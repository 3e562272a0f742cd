"""Driver of the DRV2605L haptic driver: taps and hums of a linear actuator (LRA).

Datasheet: TI SLOS854, Rev D. It must never leave the actuator able to move of itself:
the enable pin is held by the board's GPIO, low whenever nothing is meant to be felt, and
`off` drops it without asking the bus. Whoever calls `level` owes an `off`.
"""

import time

from micropython import const
from registers import Registers

ADDRESS = const(0x5A)
EFFECTS = const(123)  # of the ROM's library, numbered from 1
FULL = const(127)

_STATUS = const(0x00)
_MODE = const(0x01)
_LEVEL = const(0x02)
_LIBRARY = const(0x03)
_SEQUENCE = const(0x04)
_GO = const(0x0C)
_FEEDBACK = const(0x1A)
_CONTROL3 = const(0x1D)

_IDENTITY = const(7)  # status, bits 7 to 5
_STANDBY = const(0x40)
_TRIGGERED = const(0)  # the sequence plays when GO is set
_REAL_TIME = const(5)  # the level register is what is felt
_LRA_LIBRARY = const(6)
_LRA = const(0x80)  # N_ERM_LRA in _FEEDBACK
# Power-up value: closed loop for an LRA, levels are signed, so 0 is rest and 127 is full.
_CLOSED_LOOP = const(0xA0)
_WAKE_US = const(250)  # section 8.3.4: from enable until it can be talked to


class DRV2605L:
    """The driver on `i2c`, its EN on `enable`: a Pin, or anything called with 0 and 1.

    Rated voltage, clamp and drive time stay as the chip has them at power-up; the
    actuator's own calibration (mode 7) is not run.
    """

    def __init__(self, i2c, enable):
        self.regs = Registers(
            i2c, ADDRESS, "haptic driver", "check its wires to the bedside bus, and its enable line"
        )
        self.error = self.regs.error
        self._enable = enable
        self._sequence = bytearray(2)  # an effect, and the 0 that ends the sequence
        self._mode = _STANDBY
        enable(0)

    def start(self) -> None:
        """Check the identity, choose the LRA, and rest. PartError if silent, if another chip
        answers, or if it takes no settings, as with its enable wire broken. Ends off.
        """
        try:
            self._wake(_STANDBY)
            self._identify()
            self.regs.write(_LIBRARY, _LRA_LIBRARY)
            self.regs.write(_FEEDBACK, self.regs.read(_FEEDBACK) | _LRA)
            self.regs.write(_CONTROL3, _CLOSED_LOOP)
            if self.regs.read(_LIBRARY) != _LRA_LIBRARY:
                raise self.regs.error("it does not take its settings")
        finally:
            self.off()

    def is_resting(self) -> bool:
        """True if nothing is meant to be felt: then `start` disturbs nobody."""
        return self._mode == _STANDBY

    def play(self, effect: int) -> None:
        """Play an effect of the library, 1 to EFFECTS, in place of what is being felt.

        It ends by itself; EN stays high until `off`. ValueError for another number,
        PartError if silent, and then it is off.
        """
        if not 1 <= effect <= EFFECTS:
            raise ValueError("no such effect")
        self._sequence[0] = effect
        try:
            self._wake(_TRIGGERED)
            self.regs.write_from(_SEQUENCE, self._sequence)
            self.regs.write(_GO, 1)
        except OSError:
            self.off()
            raise

    def level(self, value: int) -> None:
        """Be felt at once, 0 to FULL, until the next call, `stop` or `off`.

        The chip has no end of its own for this: the caller bounds it, by EN. ValueError
        for another level, PartError if silent, and then it is off.
        """
        if not 0 <= value <= FULL:
            raise ValueError("no such level")
        try:
            if self._mode != _REAL_TIME:
                self._wake(_REAL_TIME)
            self.regs.write(_LEVEL, value)
        except OSError:
            self.off()
            raise

    def stop(self) -> None:
        """Rest, ready to go on without a pause. PartError if silent, and then it is off."""
        if self._mode == _STANDBY:
            return
        try:
            self._rest()
        except OSError:
            self.off()
            raise

    def off(self) -> None:
        """EN low: nothing is felt from here on, whatever the bus does. Never fails."""
        self._enable(0)
        self._mode = _STANDBY

    def _wake(self, mode):
        """EN high and the mode set. The registers outlived EN (section 8.4.1.3), and with
        them what was last felt: that is taken back first.
        """
        self._enable(1)
        time.sleep_us(_WAKE_US)
        self._rest()
        if mode != _STANDBY:
            self.regs.write(_MODE, mode)
            self._mode = mode

    def _rest(self):
        regs = self.regs
        regs.write(_MODE, _STANDBY)
        regs.write(_LEVEL, 0)
        regs.write(_GO, 0)
        self._mode = _STANDBY

    def _identify(self):
        seen = self.regs.read(_STATUS) >> 5
        if seen != _IDENTITY:
            raise self.regs.error("another chip answers: id %d, not %d" % (seen, _IDENTITY))


class Health:
    """What may be asked of a driver by whoever may not drive it: nothing is ever felt."""

    def __init__(self, driver: DRV2605L):
        self.error, self.is_resting, self._start = driver.error, driver.is_resting, driver.start
        self.told = driver.regs.told
        self._driver = driver
        self.regs = self  # of its registers only the repeated transfers may be known

    @property
    def retries(self) -> int:
        """Transfers that had to be repeated."""
        return self._driver.regs.retries

    def start(self) -> None:
        """As the driver's, unless it is at work."""
        if self.is_resting():
            self._start()

    def answers(self) -> bool:
        """True, if it starts or is at work. OSError as `start`."""
        self.start()
        return True
