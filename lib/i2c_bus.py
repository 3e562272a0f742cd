"""An I2C bus that frees itself when a chip holds its data line low.

A chip that lost count of the clocks in the middle of a byte (a glitch, a reset of the
master) waits for the rest with SDA low. Nine more clocks end any byte (NXP UM10204,
3.1.16). They are given once a transfer, never for ever.
"""

import time

from machine import I2C, Pin
from micropython import const
from registers import BusHeld

_ENODEV = const(19)  # nobody acknowledged: the bus itself is well
_CLOCKS = const(9)
_HALF_CLOCK_US = const(5)  # 100 kHz, which every chip can follow


class Bus:
    """The bus with number `id` on two GPIOs; MicroPython's I2C methods, as far as used here.

    A transfer raises OSError as `machine.I2C` does, or BusHeld. One that found the
    bus held but could free it raises OSError, too: whoever asked asks again.
    """

    def __init__(self, id: int, scl: int, sda: int, freq_hz: int):
        self._id = id
        self._scl = scl
        self._sda = sda
        self._freq_hz = freq_hz
        self.freed = 0  # times that nine clocks helped, for the self-test
        self._open()

    def readfrom_mem_into(self, addr: int, memaddr: int, buf) -> None:
        """Fill `buf` from register `memaddr` of the chip at `addr` on."""
        try:
            self._i2c.readfrom_mem_into(addr, memaddr, buf)
        except OSError as error:
            self._fail(error)

    def writeto_mem(self, addr: int, memaddr: int, buf) -> None:
        """Write `buf` from register `memaddr` of the chip at `addr` on."""
        try:
            self._i2c.writeto_mem(addr, memaddr, buf)
        except OSError as error:
            self._fail(error)

    def readfrom_into(self, addr: int, buf) -> None:
        """Fill `buf` with what the chip at `addr` says."""
        try:
            self._i2c.readfrom_into(addr, buf)
        except OSError as error:
            self._fail(error)

    def writeto(self, addr: int, buf) -> None:
        """Write `buf` to the chip at `addr`."""
        try:
            self._i2c.writeto(addr, buf)
        except OSError as error:
            self._fail(error)

    def _open(self):
        self._i2c = I2C(self._id, scl=Pin(self._scl), sda=Pin(self._sda), freq=self._freq_hz)

    def _fail(self, error):
        """Free the bus if it is held, and raise what went wrong."""
        if error.errno == _ENODEV:
            raise error
        sda = Pin(self._sda, Pin.OPEN_DRAIN, Pin.PULL_UP, value=1)
        held = not sda.value()
        if held:
            self._give_clocks(sda)
            held = not sda.value()
            self.freed += not held
        self._open()
        if held:
            raise BusHeld("SDA on GPIO %d is held low" % self._sda)
        raise error

    def _give_clocks(self, sda):
        """Nine clocks, then a stop: SDA rises while SCL is high."""
        scl = Pin(self._scl, Pin.OPEN_DRAIN, Pin.PULL_UP, value=1)
        for _ in range(_CLOCKS):
            for level in (0, 1):
                scl.value(level)
                time.sleep_us(_HALF_CLOCK_US)
        for line, level in ((scl, 0), (sda, 0), (scl, 1), (sda, 1)):
            line.value(level)
            time.sleep_us(_HALF_CLOCK_US)
