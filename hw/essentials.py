"""The parts that safe mode needs: whatever can be seen, heard or felt held off, the clock, the
button, the watchdog.

It must stay small: safe mode is what runs when the rest cannot be trusted.
"""

import time

import hw.pins as pins
from button import Button
from ds3231 import DS3231
from i2c_bus import Bus
from machine import RTC, Pin, reset
from micropython import const
from watchdog import Watchdog

I2C_HZ = const(400000)

# Each has a pull-down, so that a reset means off. A high data line would feed the first light.
_OFF_WHEN_LOW = (
    pins.RING_SUPPLY,
    pins.RING_DATA,
    pins.AMPLIFIER_SHUTDOWN,
    pins.HAPTIC_ENABLE,
)


def pulled_up(gpio: int) -> Pin:
    """An input that is high until somebody pulls it low; some chips' inputs need a resistor."""
    if gpio in pins.EXTERNAL_PULL_UPS:
        return Pin(gpio, Pin.IN)
    return Pin(gpio, Pin.IN, Pin.PULL_UP)


class Essentials:
    """These parts of one puck. Making them talks to no chip yet."""

    def __init__(self):
        self._held_off = [Pin(gpio, Pin.OUT, value=0) for gpio in _OFF_WHEN_LOW]
        self.bedside = Bus(pins.BEDSIDE_BUS, pins.BEDSIDE_SCL, pins.BEDSIDE_SDA, I2C_HZ)
        self.clock_chip = DS3231(self.bedside)
        self._button_line = pulled_up(pins.BUTTON)
        self.button = Button(self._button_line)
        self.rtc = RTC()
        self.watchdog = Watchdog(pins.WATCHDOG_TIMER)

    def hold_off(self) -> None:
        """Dark, silent, still: by the pins alone, whatever a bus does."""
        for pin in self._held_off:
            pin.value(0)

    def restart(self) -> None:
        """Start anew, with an empty memory. Does not return."""
        reset()

    def start_clock_chip(self) -> None:
        """Start the clock chip. OSError if it is not well, or has lost the time."""
        self.clock_chip.start()
        self.clock_chip.expect_running()

    def on_press(self, handler) -> None:
        """Call `handler(pin)` when the button goes down."""
        self._button_line.irq(handler, Pin.IRQ_FALLING)

    def set_clock(self, utc_s: int) -> None:
        """Set the puck's clock: UTC, in seconds since 2000-01-01."""
        year, month, day, hour, minute, second, weekday, _ = time.gmtime(utc_s)
        self.rtc.datetime((year, month, day, weekday, hour, minute, second, 0))
