"""Driver of the LIS3DH accelerometer (also LIS2DH12): three axes, by FIFO block.

Datasheet: ST DocID17530, Rev 2. It must never wait for a sample: the FIFO
streams, INT1 tells when a block is due.
"""

from array import array

import fifo_kernels
from micropython import const
from registers import Registers

ADDRESS = const(0x18)
DEPTH = const(32)

_WHO_AM_I = const(0x0F)
_CTRL1 = const(0x20)
_CTRL3 = const(0x22)
_CTRL4 = const(0x23)
_CTRL5 = const(0x24)
_FIFO_CTRL = const(0x2E)
_FIFO_SRC = const(0x2F)
_OUT_BURST = const(0x28 | 0x80)  # OUT_X_L, with the address moving on

_IDENTITY = const(0x33)
_OVERRUN = const(0x40)
_UNREAD = const(0x1F)
# 50 Hz, three axes, normal mode: 10 bits of 4 mg. High resolution would cut the
# bandwidth to ODR/9, and with it the 3-11 Hz in which people move.
_50_HZ_NORMAL = const(0x47)
_2_G_BLOCK_UPDATE = const(0x80)
_WATERMARK_TO_INT1 = const(0x04)
_FIFO_ENABLE = const(0x40)
_STREAM = const(0x80)
_WATERMARK = const(23)  # later than the pulse sensor's, which so wakes the puck for both
_WORD_BYTES = const(6)


class LIS3DH:
    """The sensor on `i2c`. After `drain`, `x[:n]`, `y[:n]`, `z[:n]` are the newest, in mg.

    For the self-test: `samples` so far, of which the `newest` came last.
    """

    def __init__(self, i2c):
        self.regs = Registers(i2c, ADDRESS, "motion sensor", "check the pod's lead and its plug")
        self.error = self.regs.error
        self._raw = bytearray(DEPTH * _WORD_BYTES)
        view = memoryview(self._raw)
        self._bursts = [view[: n * _WORD_BYTES] for n in range(DEPTH + 1)]
        self.x = array("i", [0] * DEPTH)
        self.y = array("i", [0] * DEPTH)
        self.z = array("i", [0] * DEPTH)
        self.samples = self.newest = 0
        self.overrun = False  # samples were lost before those of the last drain

    def start(self) -> None:
        """Check the identity, configure, begin to sample. PartError if silent or another chip."""
        regs = self.regs
        regs.expect(_WHO_AM_I, _IDENTITY)
        regs.write(_CTRL5, _FIFO_ENABLE)
        regs.write(_FIFO_CTRL, 0)  # bypass: empties the FIFO
        regs.write(_CTRL4, _2_G_BLOCK_UPDATE)
        regs.write(_CTRL3, _WATERMARK_TO_INT1)
        regs.write(_FIFO_CTRL, _STREAM | _WATERMARK)
        regs.write(_CTRL1, _50_HZ_NORMAL)

    def identity(self) -> str:
        """What it says it is. PartError if silent or another chip."""
        self.regs.expect(_WHO_AM_I, _IDENTITY)
        return "id %02x" % _IDENTITY

    def drain(self) -> int:
        """Fetch what the FIFO holds: the number of samples, 0-32. PartError if silent."""
        source = self.regs.read(_FIFO_SRC)
        self.overrun = bool(source & _OVERRUN)
        n = DEPTH if self.overrun else source & _UNREAD
        if n:
            self.regs.read_into(_OUT_BURST, self._bursts[n])
            fifo_kernels.unpack_motion(self._raw, self.x, self.y, self.z, n)
            self.samples += n
            self.newest = n
        return n

    def stop(self) -> None:
        """Power-down; `start` begins anew."""
        self.regs.write(_CTRL1, 0)
