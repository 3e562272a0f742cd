"""An I2C bus that frees itself when a chip holds its data line low.

A chip that lost count of the clocks in the middle of a byte (a glitch, a reset of the
master) waits for the rest with SDA low. Nine more clocks end any byte (NXP UM10204,
3.1.16). They are given once a transfer, never for ever.
"""

import time

from machine import I2C, Pin
from micropython import const
from registers import BusHeld

_CLOCKS = const(9)
_HALF_CLOCK_US = const(5)  # 100 kHz, which every chip can follow


class Bus:
    """The bus with number `id` on two GPIOs; MicroPython's I2C methods, as far as used here.

    A transfer raises OSError as `machine.I2C` does. SDA is looked at before each: the
    hardware's own timeout would be many times longer than a look. If it is low the bus is
    freed; BusHeld if that does not help.
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
        self._clear()
        self._i2c.readfrom_mem_into(addr, memaddr, buf)

    def writeto_mem(self, addr: int, memaddr: int, buf) -> None:
        """Write `buf` from register `memaddr` of the chip at `addr` on."""
        self._clear()
        self._i2c.writeto_mem(addr, memaddr, buf)

    def readfrom_into(self, addr: int, buf) -> None:
        """Fill `buf` with what the chip at `addr` says."""
        self._clear()
        self._i2c.readfrom_into(addr, buf)

    def writeto(self, addr: int, buf) -> None:
        """Write `buf` to the chip at `addr`."""
        self._clear()
        self._i2c.writeto(addr, buf)

    def _open(self):
        self._i2c = I2C(self._id, scl=Pin(self._scl), sda=Pin(self._sda), freq=self._freq_hz)
        self._line = Pin(self._sda)  # without a mode it only looks

    def _clear(self):
        if self._line.value():
            return
        sda = Pin(self._sda, Pin.OPEN_DRAIN, Pin.PULL_UP, value=1)
        self._give_clocks(sda)
        is_free = sda.value()
        self._open()
        if not is_free:
            raise BusHeld("SDA on GPIO %d is held low" % self._sda)
        self.freed += 1

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
