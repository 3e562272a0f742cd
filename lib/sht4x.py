"""Driver of the SHT4x climate sensor (SHT40, SHT41, SHT45): temperature and humidity.

Datasheet: Sensirion SHT4x, version 6. It must never hand out a word whose
checksum is wrong, nor switch on the heater.
"""

import time

from micropython import const
from registers import Registers

ADDRESS = const(0x44)
MEASURE_MS = const(10)  # from `measure` to `read`: 8.3 ms at most (section 3.1), and a tick

_HIGH_PRECISION = b"\xfd"
_SERIAL = b"\x89"
_SOFT_RESET = b"\x94"
_RESET_MS = const(2)  # 1 ms at most (section 3.1), and a tick
_SERIAL_MS = const(10)  # no time is given; Sensirion's own driver waits as long

_CRC_START = const(0xFF)  # section 4.4: x^8 + x^5 + x^4 + 1
_CRC_POLYNOMIAL = const(0x31)

# Section 4.6: -45 + 175 S/65535 in C, -6 + 125 S/65535 in %. In hundredths and reduced by
# five both are parts of 13107, and no product reaches 2^30, where the chip's integers end.
_PARTS = const(13107)
_HALF = const(6553)  # of an odd number of parts: rounds to nearest, there are no ties
_TEMPERATURE_SPAN = const(3500)
_TEMPERATURE_FOOT_CDEG = const(4500)
_HUMIDITY_SPAN = const(2500)
_HUMIDITY_FOOT_CPCT = const(600)
_HUMIDITY_MOST_CPCT = const(10000)


class SHT4x:
    """The sensor on `i2c`. After `read`: `temperature_cdeg` (0.01 C, -4500 to 13000),
    `humidity_cpct` (0.01 %, 0 to 10000), and the words they come from, `raw_temperature`
    and `raw_humidity` (0 to 65535).
    """

    def __init__(self, i2c):
        self.regs = Registers(i2c, ADDRESS, "climate sensor", "check its wires to the bedside bus")
        self.error = self.regs.error
        self._answer = bytearray(6)
        self.serial = 0  # unique to each part, 32 bits
        self.raw_temperature = 0
        self.raw_humidity = 0
        self.temperature_cdeg = 0
        self.humidity_cpct = 0

    def start(self) -> None:
        """Reset, and read the serial number. Waits 12 ms. PartError if silent or garbled."""
        self.regs.command(_SOFT_RESET)
        time.sleep_ms(_RESET_MS)
        self.regs.command(_SERIAL)
        time.sleep_ms(_SERIAL_MS)
        self._receive()
        self.serial = self._word(0) << 16 | self._word(3)

    def measure(self) -> None:
        """Begin a measurement; `read` it `MEASURE_MS` later. PartError if silent or busy."""
        self.regs.command(_HIGH_PRECISION)

    def read(self) -> bool:
        """Fetch the measurement, once: True. PartError if silent, not ready, not begun or
        garbled, and then the values stay as they were.
        """
        self._receive()
        self.raw_temperature = self._word(0)
        self.raw_humidity = self._word(3)
        self.temperature_cdeg = temperature_cdeg(self.raw_temperature)
        self.humidity_cpct = humidity_cpct(self.raw_humidity)
        return True

    def _receive(self):
        answer = self._answer
        self.regs.receive_into(answer)
        if crc(answer, 0) != answer[2] or crc(answer, 3) != answer[5]:
            raise self.regs.error("garbled answer, its checksum is wrong")

    def _word(self, at):
        return self._answer[at] << 8 | self._answer[at + 1]


def temperature_cdeg(raw: int) -> int:
    """Temperature in 0.01 C, to nearest, of a word (0 to 65535)."""
    return (raw * _TEMPERATURE_SPAN + _HALF) // _PARTS - _TEMPERATURE_FOOT_CDEG


def humidity_cpct(raw: int) -> int:
    """Relative humidity in 0.01 %, to nearest, of a word (0 to 65535).

    Words at the ends mean less than 0 or more than 100 %; section 4.6 has them cropped.
    """
    cpct = (raw * _HUMIDITY_SPAN + _HALF) // _PARTS - _HUMIDITY_FOOT_CPCT
    return min(max(cpct, 0), _HUMIDITY_MOST_CPCT)


def crc(buf, at: int) -> int:
    """The checksum of the two bytes of `buf` from `at` on (section 4.4)."""
    value = _CRC_START
    for i in range(at, at + 2):
        value ^= buf[i]
        for _ in range(8):
            value = value << 1 ^ _CRC_POLYNOMIAL if value & 0x80 else value << 1
            value &= 0xFF
    return value
