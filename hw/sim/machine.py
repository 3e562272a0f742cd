"""MicroPython's `machine` on the simulated puck: pins, I2C, RTC memory, reset.

Signatures, error numbers and effects are the ESP32 port's; every transfer is
charged by its bits. What the firmware does not use is not here, so that using
it fails loudly.
"""

import time

from bitstream import bitstream  # noqa: F401 (a function of this module, as on the chip)
from clock import clock
from i2s import I2S  # noqa: F401 (the same)
from table import table

PWRON_RESET = 1
HARD_RESET = 2
WDT_RESET = 3
DEEPSLEEP_RESET = 4
SOFT_RESET = 5

_ENODEV = 19  # what the ESP32 port raises when nobody acknowledges an address
_ETIMEDOUT = 116  # and when a wire of the bus stays low
_RTC_MEMORY_BYTES = 2048

_BITS_PER_BYTE = 9  # eight and the acknowledge
_START_STOP_BITS = 2


_TIMERS = 4


class ResetRequest(SystemExit):
    """The chip resets, its `cause` the argument: nothing of the firmware may run on after it, nor
    the VM's REPL.
    """


def reset() -> None:
    """Restart the puck: whoever runs the simulation starts a new VM."""
    raise ResetRequest(HARD_RESET)


def reset_cause() -> int:
    """Why the puck last started."""
    return table.reset_cause


def freq() -> int:
    """The processor's clock in Hz."""
    return 240000000


class Pin:
    """A GPIO on a wire of the table."""

    IN = 1
    OUT = 3
    OPEN_DRAIN = 7
    PULL_DOWN = 1
    PULL_UP = 2
    IRQ_RISING = 1
    IRQ_FALLING = 2

    def __init__(self, id: int, mode: int = -1, pull: int = -1, value: int | None = None):
        self.net = table.net(id)
        if value is not None:
            self.net.drive(value)

    def value(self, level: int | None = None) -> int:
        """Read the level, or drive it."""
        if level is None:
            return self.net.level
        self.net.drive(level)

    __call__ = value

    def irq(self, handler=None, trigger: int = IRQ_RISING | IRQ_FALLING) -> None:
        """Call `handler(pin)` on edges, soft: between bytecodes, as the ESP32 port does."""

        def on_edge(level):
            if trigger & (Pin.IRQ_RISING if level else Pin.IRQ_FALLING):
                clock.schedule(handler, self)

        self.net.listener = on_edge if handler else None


class I2C:
    """An I2C controller whose chips are on the table."""

    def __init__(self, id: int, *, scl: Pin, sda: Pin, freq: int = 400000, timeout: int = 50000):
        self.id = id
        self._chips = table.chips.setdefault(id, {})
        self._sda = sda.net
        self._freq_hz = freq
        self._timeout_us = timeout
        scl.net.drive(1)
        self._sda.drive(1)  # both have pull-ups

    def readfrom_mem_into(self, addr: int, memaddr: int, buf) -> None:
        """Read registers from `memaddr` on. OSError(ENODEV) if nobody answers."""
        self._address(addr, 3 + len(buf)).read(memaddr, buf)
        clock.interrupts()

    def writeto_mem(self, addr: int, memaddr: int, buf) -> None:
        """Write registers from `memaddr` on. OSError(ENODEV) if nobody answers."""
        self._address(addr, 2 + len(buf)).write(memaddr, buf)
        clock.interrupts()

    def readfrom_into(self, addr: int, buf) -> None:
        """Read what the chip has to say. OSError(ENODEV) if nobody answers."""
        self._address(addr, 1 + len(buf)).receive(buf)
        clock.interrupts()

    def writeto(self, addr: int, buf) -> None:
        """Write a command. OSError(ENODEV) if nobody answers."""
        self._address(addr, 1 + len(buf)).command(buf)
        clock.interrupts()

    def scan(self) -> list:
        """The addresses that answer."""
        return sorted(self._chips)

    def _address(self, addr, transfer_bytes):
        """The chip at `addr`, the transfer charged. OSError(ETIMEDOUT) if SDA is held low."""
        if not self._sda.level:
            clock.charge("bus", self._timeout_us)
            raise OSError(_ETIMEDOUT)
        chip = self._chips.get(addr)
        bits = (transfer_bytes if chip else 1) * _BITS_PER_BYTE + _START_STOP_BITS
        clock.charge("bus", -(-bits * 1000000 // self._freq_hz))
        if chip is None:
            raise OSError(_ENODEV)
        return chip


class WDT:
    """The watchdog: once made it cannot be stopped, and a second one sets it anew."""

    _bite = None  # the coming event

    def __init__(self, id: int = 0, timeout: int = 5000):
        if id or timeout < 1:
            raise ValueError("only watchdog 0, for 1 ms or more")
        self._timeout_us = timeout * 1000
        self.feed()

    def feed(self) -> None:
        """Be quiet for another timeout."""
        if WDT._bite:
            clock.cancel(WDT._bite)
        WDT._bite = _bite
        clock.at(clock.now_us() + self._timeout_us, _bite)


def _bite():
    raise ResetRequest(WDT_RESET)


class Timer:
    """A timer whose callback is soft, as all are on the ESP32."""

    ONE_SHOT = 0
    PERIODIC = 1

    def __init__(self, id: int):
        if not 0 <= id < _TIMERS:
            raise ValueError("invalid Timer number")
        self._due = self._ring  # bound once, so that it can be cancelled

    def init(self, *, mode: int = PERIODIC, period: int, callback) -> None:
        """Call `callback(timer)` in `period` ms, and then again if PERIODIC."""
        self.deinit()
        self._mode, self._period_us, self._callback = mode, period * 1000, callback
        clock.at(clock.now_us() + self._period_us, self._due)

    def deinit(self) -> None:
        """Stop."""
        clock.cancel(self._due)

    def _ring(self):
        if self._mode == Timer.PERIODIC:
            clock.at(clock.us + self._period_us, self._due)
        clock.schedule(self._callback, self)


class RTC:
    """The chip's own clock, and the memory that survives resets, but no power cut."""

    def datetime(self, fields=None) -> None:
        """Set the clock to (year, month, day, weekday, hours, minutes, seconds, subseconds)."""
        year, month, day, _, hours, minutes, seconds, _ = fields
        wall_s = time.mktime((year, month, day, hours, minutes, seconds, 0, 0))
        time.wall_start_s += wall_s - time.time()

    def memory(self, data=None):
        """Read all of it, or replace it (at most 2,048 bytes)."""
        if data is None:
            return table.rtc_memory
        if len(data) > _RTC_MEMORY_BYTES:
            raise ValueError("buffer too long")
        table.rtc_memory = bytes(data)
