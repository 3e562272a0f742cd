"""An SHT4x as its commands show it (Sensirion SHT4x, version 6).

Single commands, words with checksums, the time that a measurement takes, in which
reads are not acknowledged, and the scatter of its readings.
"""

from chips import converter_kernels
from clock import clock

_ENODEV = 19
_MEASURE_US = {0xFD: 8300, 0xF6: 4500, 0xE0: 1600}  # section 3.1, the longest
_SERIAL = 0x89
_SERIAL_US = 1000  # no time is given
_SOFT_RESET = 0x94
_RESET_US = 1000
_POWER_UP_US = 1000

# Section 2: at high precision 0.04 C and 0.08 %, each three times the deviation.
_SCATTER_MDEG = 13
_SCATTER_MPCT = 27
_BELL = 148  # the deviation of `converter_kernels.bell`


class SHT4x:
    """The chip at 0x44 in a room: `climate(us)` gives (temperature in 0.001 C, humidity
    in 0.001 %) at the puck's time `us`.
    """

    ADDRESS = 0x44

    def __init__(self, climate, seed: int = 1):
        self._climate = climate
        self._noise = seed * 2246822519 & 0x7FFFFFFF | 1
        self.serial = seed & 0xFFFFFFFF
        self._answer = None  # words, or "measure": what lies ready from `_ready_us` on
        self._ready_us = clock.us + _POWER_UP_US

    def command(self, data) -> None:
        """A plain write: one command. Not acknowledged while busy, but for a reset."""
        code = data[0]
        if code == _SOFT_RESET:
            self._begin(None, _RESET_US)
        elif clock.us < self._ready_us:
            raise OSError(_ENODEV)
        elif code == _SERIAL:
            self._begin((self.serial >> 16, self.serial & 0xFFFF), _SERIAL_US)
        elif code in _MEASURE_US:
            self._begin("measure", _MEASURE_US[code])
        else:
            raise OSError(_ENODEV)

    def receive(self, buf) -> None:
        """A plain read: the last command's answer, once. Not acknowledged before it is there."""
        if clock.us < self._ready_us or self._answer is None:
            raise OSError(_ENODEV)
        words = self._measured() if self._answer == "measure" else self._answer
        self._answer = None
        sent = b"".join(_with_checksum(word) for word in words)
        for i in range(len(buf)):
            buf[i] = sent[i] if i < len(sent) else 0xFF

    def _begin(self, answer, us):
        self._answer = answer
        self._ready_us = clock.us + us

    def _measured(self):
        """The words of both values (section 4.6), as they were when the measurement ended."""
        mdeg, mpct = self._climate(self._ready_us)
        mdeg += self._scatter(_SCATTER_MDEG)
        mpct += self._scatter(_SCATTER_MPCT)
        return _word((mdeg + 45000) * 65535, 175000), _word((mpct + 6000) * 65535, 125000)

    def _scatter(self, deviation):
        self._noise = converter_kernels.noise(self._noise)
        return (converter_kernels.bell(self._noise) * deviation + _BELL // 2) // _BELL


def _word(numerator, denominator):
    return min(max((numerator + denominator // 2) // denominator, 0), 0xFFFF)


def _with_checksum(word):
    """Most significant byte first, then the CRC of both: x^8 + x^5 + x^4 + 1, from 0xFF."""
    remainder = (word ^ 0xFF00) << 8
    for bit in range(23, 7, -1):
        if remainder >> bit & 1:
            remainder ^= 0x131 << (bit - 8)
    return bytes((word >> 8, word & 0xFF, remainder))
