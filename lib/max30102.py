"""Driver of the MAX30102 pulse sensor: red and infrared light, by FIFO block.

Datasheet: Maxim 19-7740, Rev 1. It must never wait for a sample: the FIFO fills
by itself, the interrupt line tells when a block is due.
"""

from array import array

import fifo_kernels
from micropython import const
from registers import Registers

ADDRESS = const(0x57)
BLOCK = const(17)  # samples at the interrupt: the fewest, so the FIFO has most time left
DEPTH = const(32)
MOST_STEPS = const(100)  # of 0.2 mA: neither LED ever takes more than 20 mA, whoever asks

_STATUS = const(0x00)
_ENABLE = const(0x02)
_FIFO_WRITE = const(0x04)
_FIFO_LOST = const(0x05)
_FIFO_READ = const(0x06)
_FIFO_DATA = const(0x07)
_FIFO_CONFIG = const(0x08)
_MODE = const(0x09)
_CONVERTER = const(0x0A)
_LED_RED = const(0x0C)
_LED_INFRARED = const(0x0D)
_REVISION = const(0xFE)
_PART = const(0xFF)

_PART_ID = const(0x15)
_ALMOST_FULL = const(0x80)
_RESET = const(0x40)
_SHUTDOWN = const(0x80)
_TWO_LEDS = const(3)
# 200 conversions a second in fours: 50 samples a second. 411 us light pulses give 18
# bits, 4,096 nA is the range in which a finger at 6 mA stays clear of the end.
_AVERAGE_4 = const(2 << 5)
_CONVERTER_200_HZ = const(1 << 5 | 2 << 2 | 3)
_WORD_BYTES = const(6)


class MAX30102:
    """The sensor on `i2c`. After `drain`, `red[:n]` and `infrared[:n]` are the newest samples.

    Samples are 18-bit counts of light that came back; blood absorbs, so a beat is a dip.
    For the self-test: `samples` so far, of which the `newest` came last.
    """

    def __init__(self, i2c):
        self.regs = Registers(i2c, ADDRESS, "pulse sensor", "check the pod's lead and its plug")
        self._pointers = bytearray(_FIFO_READ + 1)
        self.error = self.regs.error
        self._raw = bytearray(DEPTH * _WORD_BYTES)
        view = memoryview(self._raw)
        self._bursts = [view[: n * _WORD_BYTES] for n in range(DEPTH + 1)]
        self.red = array("i", [0] * DEPTH)
        self.infrared = array("i", [0] * DEPTH)
        self.samples = self.newest = 0
        self.lost = 0  # samples lost after those of the last drain, at least

    def start(self, led_ma: int) -> None:
        """Check the identity, configure, begin to sample. `led_ma`: of both LEDs, as `shine`.

        PartError if the chip is silent or another one.
        """
        regs = self.regs
        regs.expect(_PART, _PART_ID)
        regs.write(_MODE, _RESET)
        regs.write(_FIFO_CONFIG, _AVERAGE_4 | (DEPTH - BLOCK))
        regs.write(_CONVERTER, _CONVERTER_200_HZ)
        self.shine(led_ma * 5, led_ma * 5)
        regs.write(_ENABLE, _ALMOST_FULL)
        regs.write(_FIFO_WRITE, 0)
        regs.write(_FIFO_LOST, 0)
        regs.write(_FIFO_READ, 0)
        regs.write(_MODE, _TWO_LEDS)

    def shine(self, red: int, infrared: int) -> int:
        """Set the LEDs' currents in steps of 0.2 mA, cut to 0 to `MOST_STEPS`; infrared's then.

        What the FIFO holds is of the light before. PartError if the chip is silent.
        """
        for led, steps in ((_LED_RED, red), (_LED_INFRARED, infrared)):
            steps = max(0, min(steps, MOST_STEPS))
            self.regs.write(led, steps)
        return steps

    def identity(self) -> str:
        """What it says it is. PartError if silent or another chip."""
        self.regs.expect(_PART, _PART_ID)
        return "id %02x, revision %d" % (_PART_ID, self.regs.read(_REVISION))

    def drain(self) -> int:
        """Fetch what the FIFO holds: the number of samples, 0-32. PartError if silent."""
        pointers = self._pointers
        self.regs.read_into(_STATUS, pointers)
        n = (pointers[_FIFO_WRITE] - pointers[_FIFO_READ]) % DEPTH
        self.lost = pointers[_FIFO_LOST]
        if n == 0 and (self.lost or pointers[_STATUS] & _ALMOST_FULL):
            n = DEPTH  # equal pointers mean full as well as empty
        if n:
            self.regs.read_into(_FIFO_DATA, self._bursts[n])
            fifo_kernels.unpack_light(self._raw, self.red, self.infrared, n)
            self.samples += n
            self.newest = n
        return n

    def stop(self) -> None:
        """LEDs off, least current; `start` begins anew."""
        self.regs.write(_MODE, _SHUTDOWN)
