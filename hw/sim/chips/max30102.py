"""A MAX30102 as its registers show it (datasheet 19-7740, Rev 1).

Two LEDs, an 18-bit converter, a FIFO of 32, an interrupt line that is low while
something is to be told. Absent features answer as reset values.
"""

from array import array

from chips import converter_kernels
from chips.sampling import SamplingChip

_STATUS = 0x00
_ENABLE = 0x02
_FIFO_WRITE = 0x04
_FIFO_LOST = 0x05
_FIFO_READ = 0x06
_FIFO_DATA = 0x07
_FIFO_CONFIG = 0x08
_MODE = 0x09
_CONVERTER = 0x0A
_LED_RED = 0x0C
_LED_INFRARED = 0x0D
_TEMPERATURE = 0x1F
_REVISION = 0xFE
_PART = 0xFF

_ALMOST_FULL = 0x80
_POWER_READY = 0x01
_ROLLOVER = 0x10
_SHUTDOWN = 0x80
_RESET = 0x40
_TWO_LEDS = 3

_DEPTH = 32
_WORD_BYTES = 6
_RATES_HZ = (50, 100, 200, 400, 800, 1000, 1600, 3200)  # SPO2_SR, table 6
_RANGES_NA = (2048, 4096, 8192, 16384)  # SPO2_ADC_RGE, table 5
_LOST_MAX = 0x1F  # the overflow counter saturates
_NOISE_LSB_Q8 = 3 * 256  # about 3 counts rms, the order of the noise of published logs


class MAX30102(SamplingChip):
    """The chip at 0x57, looking at a `world.Stream` of red, infrared and ambient light."""

    ADDRESS = 0x57

    def __init__(self, light, net, rate_ppm: int = 0, seed: int = 1):
        self._light = light
        self._seed = seed
        self._fifo = bytearray(_DEPTH * _WORD_BYTES)
        self._state = array("i", [0] * 10)
        self._power_up()
        super().__init__(net, rate_ppm)

    def power_up(self) -> None:
        """Registers as they are when power comes: nothing is sampled."""
        self.write(_MODE, bytes((_RESET,)))

    def _power_up(self):
        self._regs = bytearray(256)
        self._regs[_STATUS] = _POWER_READY
        self._regs[_TEMPERATURE] = 27
        self._regs[_REVISION] = 3
        self._regs[_PART] = 0x15
        self._unread = 0
        self._byte = 0  # of the sample being read
        self._state[0] = 0
        self._state[1] = self._seed * 2654435761 & 0x7FFFFFFF | 1

    def read(self, reg: int, buf) -> None:
        """A burst from `reg`; the address stays at the FIFO's data once it is there."""
        self._catch_up()
        for i in range(len(buf)):
            if reg == _FIFO_DATA:
                self._pop(buf, i)
                break
            buf[i] = self._regs[reg]
            if reg <= _STATUS + 1:
                self._regs[reg] = 0  # reading a status register clears it
            reg = (reg + 1) & 0xFF
        self._settle()

    def write(self, reg: int, data) -> None:
        """A burst of writes from `reg`."""
        self._catch_up()
        for value in data:
            self._set(reg, value)
            reg = (reg + 1) & 0xFF
        self._settle()

    def _set(self, reg, value):
        if reg == _MODE and value & _RESET:
            self._power_up()
            self._run(0)
        elif _ENABLE <= reg < _PART - 1 and reg != _FIFO_DATA:
            self._regs[reg] = value
        if reg in (_FIFO_WRITE, _FIFO_READ):
            self._unread = (self._regs[_FIFO_WRITE] - self._regs[_FIFO_READ]) & 31
            self._state[0] = self._regs[_FIFO_WRITE] & 31
        if reg in (_MODE, _CONVERTER, _FIFO_CONFIG, _LED_RED, _LED_INFRARED):
            self._configure()

    def _configure(self):
        regs, state = self._regs, self._state
        converter = regs[_CONVERTER]
        average = 1 << min(regs[_FIFO_CONFIG] >> 5, 5)
        state[4] = average
        state[5] = regs[_LED_RED]
        state[6] = regs[_LED_INFRARED]
        state[7] = _RANGES_NA[converter >> 5 & 3] * 1000
        state[8] = 0x3FFFF & ~((1 << 3 - (converter & 3)) - 1)  # LED_PW: 15 to 18 bits
        state[9] = _NOISE_LSB_Q8
        running = regs[_MODE] & 0x87 == _TWO_LEDS
        rate_mhz = _RATES_HZ[converter >> 2 & 7] * 1000 // average
        if rate_mhz != getattr(self, "_rate_mhz", 0) or running != bool(self._period_ns):
            self._rate_mhz = rate_mhz
            self._run(rate_mhz if running else 0)

    def _store(self, first, count):
        rollover = self._regs[_FIFO_CONFIG] & _ROLLOVER
        room = _DEPTH - self._unread
        lost = count - room
        if lost > 0:
            self._regs[_FIFO_LOST] = min(self._regs[_FIFO_LOST] + lost, _LOST_MAX)
        if lost > 0 and not rollover:
            count = room
        elif lost > 0:
            first, count = self._skip(first, count)
        self._convert(first, count)
        self._unread = min(self._unread + count, _DEPTH)
        self._regs[_FIFO_WRITE] = self._state[0]
        if self._unread == _DEPTH and rollover:
            self._regs[_FIFO_READ] = self._state[0]
        if self._unread >= self._threshold():
            self._regs[_STATUS] |= _ALMOST_FULL

    def _skip(self, first, count):
        """With rollover only the newest samples stay: the others move the ring on."""
        over = max(0, count - _DEPTH)
        self._state[0] = self._state[0] + over & 31
        return first + over, count - over

    def _convert(self, first, count):
        done = 0
        while done < count:
            n = min(count - done, _DEPTH)
            light, state = self._light, self._state
            start_us = self._time_us(first + done - 1)
            start = light.position_q16(start_us)
            end = light.position_q16(self._time_us(first + done + n))
            light.cover(start >> 16, (end >> 16) + 2)
            state[2] = start - (light.first << 16)
            state[3] = (end - start) // (n + 1)
            converter_kernels.pulse_words(self._fifo, light.buffer, state, n)
            done += n

    def _pop(self, buf, i):
        """Serve the rest of a burst from the FIFO, sample after sample."""
        at = (self._regs[_FIFO_READ] & 31) * _WORD_BYTES + self._byte
        samples, self._byte = divmod(self._byte + len(buf) - i, _WORD_BYTES)
        while i < len(buf):
            n = min(len(buf) - i, len(self._fifo) - at)
            buf[i : i + n] = self._fifo[at : at + n]
            i += n
            at = 0
        if samples:
            self._regs[_FIFO_READ] = (self._regs[_FIFO_READ] + samples) & 31
            self._regs[_FIFO_LOST] = 0
            self._unread = max(0, self._unread - samples)

    def _threshold(self):
        return _DEPTH - (self._regs[_FIFO_CONFIG] & 0x0F)

    def _until_full(self):
        return self._threshold() - self._unread

    def _line(self):
        return 0 if self._regs[_STATUS] & self._regs[_ENABLE] & _ALMOST_FULL else 1
