"""Driver of an I2S microphone (INMP441, ICS-43434): how loud the room is, and nothing else.

It must never keep a sample, nor hand one out: each block is weighed and wiped in the callback
that the port schedules for it, or, if that is lost, wiped by the `listen` that misses it. The
receiver runs all the time, so the port's DMA memory always holds the last sound (128 ms on our
board), which no code reads between slices. What remains is one number for 192 ms of each
second. Datasheet: InvenSense DS-INMP441-00, revision 1.1.
"""

import time
from array import array

import microphone_kernels
from i2s_callback import Callback
from micropython import const
from registers import PartError

RATE_HZ = const(16000)
BLOCK = const(768)  # samples; three DMA buffers of the ESP32 port, so none is read in part

_SETTLING_BLOCKS = const(1)  # 48 ms, six time constants of the lowest pole
_BLOCKS = const(5)  # 240 ms in all
_PERIOD_MS = const(1000)
# The part says zeros for 2^18 clocks of 1.024 MHz after power-up ("Normal Operation"), which
# is 256 ms, and the first words read may be as old as the I2S queue is long.
_WAKING_MS = const(500)
_LATE_MS = const(2000)  # a slice that began so long ago will not end any more
_MOST_UNDER_WAY = const(2)  # one under way, one in the port's queue; a third would be lost
_AGAIN = "switch the puck off and on"

# A full-scale sine is 120 dB SPL (-26 dBFS at 94 dB, "Understanding Sensitivity"). In the
# kernel's units its mean square is 2^39, less 0.535 dB that the filter takes at 1 kHz; the
# mean is over 3,072 samples. 12000 - 1000 log10(2^39 x 3072 x 10^-0.0535)
_OFFSET_CDB = const(-3174)
_LOW_BITS = const(26)
_LOW_MASK = const((1 << 26) - 1)


def log2_q12(high: int, low: int) -> int:
    """log2 of `high` x 2^26 + `low` (each at least 0, `low` below 2^26, not both 0), Q12.

    Twelve squarings of a mantissa of 15 bits: never above the truth, and less than 0.0006
    below it, which is 0.002 dB. No product passes 2^30.
    """
    exponent = _LOW_BITS
    while high >= 0x8000:
        high >>= 1
        exponent += 1
    while high < 0x4000:
        high = high << 1 | low >> (_LOW_BITS - 1)
        low = low << 1 & _LOW_MASK
        exponent -= 1
    log = exponent + 14
    for _ in range(12):
        high = high * high >> 14
        log <<= 1
        if high >= 0x8000:
            high >>= 1
            log += 1
    return log


def slice_cdb(high: int, low: int) -> int:
    """The A-weighted level of a slice of that energy, 0.01 dB re 20 uPa (see the kernel)."""
    log = log2_q12(high, low)
    return ((log * 301 + log * 3 // 100) >> 12) + _OFFSET_CDB


class Microphone:
    """The microphone on `i2s` (32 bits, mono, 16 kHz, receiving). `listen` once a second or more.

    `level_cdb`: the A-weighted equivalent level of the last slice, 0.01 dB re 20 uPa; `slices`: how
    many there have been. The part's own noise is near 30 dB: a quieter room cannot be told apart.
    """

    def __init__(self, i2s):
        self._i2s = i2s
        self._words = array("i", [0] * BLOCK)
        self._nothing = array("i", self._words)
        self._view = memoryview(self._words)
        self._state = array("i", [0] * 6)
        self._callback = Callback(i2s, self._on_block)
        self._under_way = 0  # transfers of which no end has been heard
        self._blocks = -1  # heard of the present slice; -1: none is being taken
        self._due_ms = 0
        self.level_cdb = 0
        self.slices = 0

    def start(self) -> None:
        """Make ready; the first slice begins when the microphone has woken, in 500 ms.

        PartError if the port has no memory for its task, now or when it was asked first.
        """
        self._give_callback()
        self._blocks = -1
        self._due_ms = time.ticks_add(time.ticks_ms(), _WAKING_MS)

    def listen(self) -> bool:
        """Begin a slice if one is due; True if `level_cdb` is new. Never waits.

        PartError if the line is dead, or no samples come.
        """
        fault, is_new = "", self._blocks == _BLOCKS
        if is_new:
            fault = self._judge()
            self._blocks = -1
        late_ms = time.ticks_diff(time.ticks_ms(), self._due_ms)
        if self._blocks < 0 and late_ms >= 0:
            self._begin()
        elif self._blocks >= 0 and late_ms >= _LATE_MS - _PERIOD_MS:
            self.stop()  # and so wipes what a lost callback left
            raise self._silence()
        if fault:
            raise self.error(fault)
        return is_new

    def stop(self) -> None:
        """Hear no more; `start` begins anew. The clock runs until the board ends the I2S.

        A transfer under way ends by itself; its callback wipes it unheard.
        """
        self._blocks = -1
        self._wipe()

    def error(self, seen: str, remedy: str = "check its wires") -> PartError:
        """An error that names the part, what was seen, and the remedy."""
        return PartError("microphone: %s; %s" % (seen, remedy))

    def _give_callback(self):
        fault = self._callback.give()
        if fault:
            raise self.error(fault, _AGAIN)

    def _begin(self):
        """Ask for a block, even if one is overdue: perhaps only its callback was lost."""
        self._give_callback()
        if self._under_way == _MOST_UNDER_WAY:
            raise self._silence()
        self._blocks = 0
        self._due_ms = time.ticks_add(time.ticks_ms(), _PERIOD_MS)
        self._read()

    def _read(self):
        self._under_way += 1
        self._i2s.readinto(self._words)

    def _on_block(self, _):
        if self._under_way != 1:
            self._blocks = -1  # whose end this is cannot be told, so the slice is given up
        self._under_way = 0
        if self._blocks < 0:
            self._wipe()  # nobody waits for it any more
            return
        state = self._state
        if self._blocks == 0:
            self._forget(self._words[0] >> 4)
        microphone_kernels.weigh(self._words, state, BLOCK)
        self._wipe()
        self._blocks += 1
        if self._blocks == _SETTLING_BLOCKS:
            state[4] = state[5] = 0
        if self._blocks < _BLOCKS:
            self._read()

    def _forget(self, last):
        """Filters at rest, as if `last` had stood on the line for ever: so no step is heard."""
        for i in range(6):
            self._state[i] = 0
        self._state[0] = last

    def _silence(self):
        return self.error("no samples come", _AGAIN)

    def _wipe(self):
        self._view[:] = self._nothing

    def _judge(self):
        """Energy to level; what is wrong, or nothing. Only a line that stands still has none."""
        high, low = self._state[5], self._state[4]
        if not high and not low:
            return "the same word for ever" if self._state[0] else "nothing but zeros"
        self.level_cdb = slice_cdb(high, low)
        self.slices += 1
        return ""
