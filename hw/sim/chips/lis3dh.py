"""A LIS3DH as its registers show it (datasheet DocID17530, Rev 2).

Three axes, the band limit of each mode, a stream FIFO of 32 with watermark and
overrun, and INT1, which is high while an enabled condition holds.
"""

from array import array

from chips import converter_kernels
from chips.sampling import SamplingChip

_WHO_AM_I = 0x0F
_CTRL1 = 0x20
_CTRL3 = 0x22
_CTRL4 = 0x23
_CTRL5 = 0x24
_STATUS = 0x27
_OUT_FIRST = 0x28
_OUT_LAST = 0x2D
_FIFO_CTRL = 0x2E
_FIFO_SRC = 0x2F
_AUTO_INCREMENT = 0x80

_LOW_POWER = 0x08  # CTRL1
_HIGH_RESOLUTION = 0x08  # CTRL4
_FIFO_ENABLE = 0x40  # CTRL5
_I1_WATERMARK = 0x04  # CTRL3
_I1_OVERRUN = 0x02

_WATERMARK = 0x80  # FIFO_SRC
_OVERRUN = 0x40
_EMPTY = 0x20
_STREAM = 2

_DEPTH = 32
_WORD_BYTES = 6
_RATES_HZ = (0, 1, 10, 25, 50, 100, 200, 400)  # CTRL1 ODR, table 31
# Two equal poles whose common -3 dB point lies at a ninth of the data rate, the
# bandwidth of high-resolution mode (table 28); the other modes pass half the rate.
_WEIGHT_HIGH_RESOLUTION_Q8 = 169
_WEIGHT_OPEN_Q8 = 256
_NOISE_Q8 = 9 * 256  # 220 ug/sqrt(Hz) over 25 Hz is 1.1 mg, here in 1/8192 g


class LIS3DH(SamplingChip):
    """The chip at 0x18, shaken by a `world.Stream` of x, y and z (8192 = 1 g)."""

    ADDRESS = 0x18

    def __init__(self, motion, net, rate_ppm: int = 0, seed: int = 1):
        self._motion = motion
        self._fifo = bytearray(_DEPTH * _WORD_BYTES)
        self._state = array("i", [0] * 14)
        self._state[1] = seed * 2246822519 & 0x7FFFFFFF | 1
        self._regs = bytearray(64)
        self._read_byte = 0  # where the next burst starts in the ring
        self._unread = 0
        self._overrun = False
        super().__init__(net, rate_ppm)
        self.power_up()

    def power_up(self) -> None:
        """Registers as they are when power comes: nothing is sampled."""
        for i in range(len(self._regs)):
            self._regs[i] = 0
        self._regs[_WHO_AM_I] = 0x33
        self._regs[_CTRL1] = 0x07
        self._configure()
        self._settle()

    def read(self, sub_address: int, buf) -> None:
        """A burst from a register; with the auto-increment bit it moves on, through the FIFO."""
        self._catch_up()
        reg = sub_address & 0x3F
        for i in range(len(buf)):
            if reg == _OUT_FIRST and self._regs[_CTRL5] & _FIFO_ENABLE:
                self._pop(buf, i)
                break
            buf[i] = self._source() if reg == _FIFO_SRC else self._regs[reg]
            if sub_address & _AUTO_INCREMENT:
                reg = (reg + 1) & 0x3F
        self._settle()

    def write(self, sub_address: int, data) -> None:
        """A burst of writes from a register."""
        self._catch_up()
        reg = sub_address & 0x3F
        for value in data:
            if _CTRL1 - 1 <= reg < _STATUS or (reg >= _FIFO_CTRL and reg != _FIFO_SRC):
                self._regs[reg] = value
            if sub_address & _AUTO_INCREMENT:
                reg = (reg + 1) & 0x3F
        self._configure()
        self._settle()

    def _configure(self):
        regs, state = self._regs, self._state
        low_power = regs[_CTRL1] & _LOW_POWER
        high_resolution = regs[_CTRL4] & _HIGH_RESOLUTION and not low_power
        state[4] = 2 << (regs[_CTRL4] >> 4 & 3)
        state[5] = _WEIGHT_HIGH_RESOLUTION_Q8 if high_resolution else _WEIGHT_OPEN_Q8
        state[6] = -256 if low_power else -16 if high_resolution else -64  # 8, 12 or 10 bits
        state[7] = _NOISE_Q8
        odr = regs[_CTRL1] >> 4
        rate_mhz = (_RATES_HZ[odr] if odr < len(_RATES_HZ) else 0) * 1000
        if rate_mhz != getattr(self, "_rate_mhz", 0):
            self._rate_mhz = rate_mhz
            self._run(rate_mhz)
        if regs[_FIFO_CTRL] >> 6 != _STREAM or not regs[_CTRL5] & _FIFO_ENABLE:
            self._unread = 0
            self._overrun = False
            self._read_byte = state[0] * _WORD_BYTES

    def _store(self, first, count):
        if count > _DEPTH:  # only the newest stay, so only they are converted
            first, count = first + count - _DEPTH, _DEPTH
            self._overrun = True
        motion, state = self._motion, self._state
        start = motion.position_q16(self._time_us(first))
        end = motion.position_q16(self._time_us(first + count))
        motion.cover(start >> 16, (end >> 16) + 1)
        state[2] = start - (motion.first << 16)
        state[3] = (end - start) // count
        converter_kernels.motion_words(self._fifo, motion.buffer, state, count)
        self._unread += count
        if self._unread > _DEPTH:
            self._unread = _DEPTH
            self._overrun = True
            self._read_byte = state[0] * _WORD_BYTES

    def _pop(self, buf, i):
        """Serve the rest of a burst from the FIFO: the address wraps from OUT_Z_H to OUT_X_L."""
        samples = (self._read_byte % _WORD_BYTES + len(buf) - i) // _WORD_BYTES
        while i < len(buf):
            n = min(len(buf) - i, len(self._fifo) - self._read_byte)
            buf[i : i + n] = self._fifo[self._read_byte : self._read_byte + n]
            i += n
            self._read_byte = (self._read_byte + n) % len(self._fifo)
        if samples:
            self._unread = max(0, self._unread - samples)
            self._overrun = False

    def _source(self):
        source = min(self._unread, _DEPTH - 1)
        if self._unread > self._regs[_FIFO_CTRL] & 31:
            source |= _WATERMARK
        if self._overrun or self._unread == _DEPTH:
            source |= _OVERRUN
        return source | (0 if self._unread else _EMPTY)

    def _until_full(self):
        missing = (self._regs[_FIFO_CTRL] & 31) + 1 - self._unread
        return missing if missing > 0 else _DEPTH - self._unread

    def _line(self):
        source, enabled = self._source(), self._regs[_CTRL3]
        watermark = source & _WATERMARK and enabled & _I1_WATERMARK
        overrun = source & _OVERRUN and enabled & _I1_OVERRUN
        return 1 if watermark or overrun else 0
