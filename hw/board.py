"""The reference board, ESP32-S3 DevKitC: which part hangs on which pin.

Makes the drivers and the interrupt lines, and holds every actuator off. It decides nothing.
"""

import time

from button import Button
from drv2605l import DRV2605L
from ds3231 import DS3231
from i2c_bus import Bus
from lis3dh import LIS3DH
from machine import I2S, RTC, Pin
from max30102 import MAX30102
from max98357a import MAX98357A
from microphone import RATE_HZ, Microphone
from micropython import const
from sht4x import SHT4x
from veml7700 import VEML7700
from ws2812 import WS2812

NAME = "ESP32-S3 DevKitC"

# The pod has a bus of its own, so that a torn lead takes nothing else with it.
POD_BUS = const(1)
POD_SCL = const(5)
POD_SDA = const(4)
PULSE_INTERRUPT = const(6)  # open drain, low while a block waits
MOTION_INTERRUPT = const(7)  # high while a block waits

BEDSIDE_BUS = const(0)
BEDSIDE_SCL = const(9)
BEDSIDE_SDA = const(8)
HAPTIC_ENABLE = const(41)  # pulled down: reset means off
BUTTON = const(2)  # to ground
RING_DATA = const(21)
RING_SUPPLY = const(40)  # of a high-side switch, pulled down
RING_LIGHTS = const(24)
MICROPHONE_I2S = const(0)
MICROPHONE_SCK = const(12)
MICROPHONE_WS = const(13)
MICROPHONE_SD = const(14)
AMPLIFIER_I2S = const(1)
AMPLIFIER_SCK = const(15)
AMPLIFIER_WS = const(16)
AMPLIFIER_SD = const(17)
AMPLIFIER_SHUTDOWN = const(42)  # pulled down; some GPIOs (18) are high for a moment at power-up

I2C_HZ = const(400000)
# 128 ms in eight DMA buffers (8 bytes a frame), of which 112 ms are held: longer than a
# usual flash erase (80 ms), not than the worst (400 ms).
MICROPHONE_BUFFER_BYTES = const(16384)
AMPLIFIER_HZ = const(16000)
AMPLIFIER_BUFFER_BYTES = const(6400)  # 200 ms, the most that its driver reckons with

# A finger sends back about half the converter's range at this current, with room for
# both pale and dark skin.
LED_MA = const(6)

DATA = "/data"  # where nights are kept


class Board:
    """The parts of one puck. Making it talks to no chip yet."""

    def __init__(self):
        haptic_enable, shutdown = _low(HAPTIC_ENABLE), _low(AMPLIFIER_SHUTDOWN)
        self.ring = WS2812(_low(RING_DATA), _low(RING_SUPPLY), RING_LIGHTS)
        pod = Bus(POD_BUS, POD_SCL, POD_SDA, I2C_HZ)
        self.pulse_sensor = MAX30102(pod)
        self.motion_sensor = LIS3DH(pod)
        self._pulse_line = Pin(PULSE_INTERRUPT, Pin.IN, Pin.PULL_UP)
        self._motion_line = Pin(MOTION_INTERRUPT, Pin.IN)
        bedside = Bus(BEDSIDE_BUS, BEDSIDE_SCL, BEDSIDE_SDA, I2C_HZ)
        self.haptic_driver = DRV2605L(bedside, haptic_enable)
        self.amplifier = MAX98357A(_sender(), shutdown)
        self.light_sensor = VEML7700(bedside)
        self.climate_sensor = SHT4x(bedside)
        self.microphone = Microphone(_receiver())
        self.clock_chip = DS3231(bedside)
        self._button_line = Pin(BUTTON, Pin.IN, Pin.PULL_UP)
        self.button = Button(self._button_line)
        self.rtc = RTC()

    def hold_off(self) -> None:
        """Dark, silent, still: by the pins alone, whatever a bus does."""
        self.ring.off()
        self.amplifier.off()
        self.haptic_driver.off()

    def start_motion(self) -> None:
        """Start the motion sensor. OSError if it is not well."""
        self.motion_sensor.start()

    def start_pulse(self) -> None:
        """Start the pulse sensor. OSError if it is not well."""
        self.pulse_sensor.start(LED_MA)

    def start_clock_chip(self) -> None:
        """Start the clock chip. OSError if it is not well, or has lost the time."""
        self.clock_chip.start()
        self.clock_chip.expect_running()

    def set_clock(self, wall_s: int) -> None:
        """Set the puck's clock: local time, in seconds since 2000-01-01."""
        year, month, day, hour, minute, second, weekday, _ = time.gmtime(wall_s)
        self.rtc.datetime((year, month, day, weekday, hour, minute, second, 0))

    def on_pod_block(self, handler) -> None:
        """Call `handler(pin)` when either sensor of the pod has a block waiting."""
        self._pulse_line.irq(handler, Pin.IRQ_FALLING)
        self._motion_line.irq(handler, Pin.IRQ_RISING)

    def on_press(self, handler) -> None:
        """Call `handler(pin)` when the button goes down."""
        self._button_line.irq(handler, Pin.IRQ_FALLING)

    def ignore_interrupts(self) -> None:
        """No more interrupts from pod and button."""
        for line in (self._pulse_line, self._motion_line, self._button_line):
            line.irq(None)


def _low(gpio):
    """A GPIO that holds something off."""
    return Pin(gpio, Pin.OUT, value=0)


def _receiver():
    """The microphone's I2S, running; its left channel is what it is strapped to."""
    pins = MICROPHONE_SCK, MICROPHONE_WS, MICROPHONE_SD
    return _i2s(MICROPHONE_I2S, pins, I2S.RX, 32, RATE_HZ, MICROPHONE_BUFFER_BYTES)


def _sender():
    """The amplifier's I2S, which sends nothing yet."""
    pins = AMPLIFIER_SCK, AMPLIFIER_WS, AMPLIFIER_SD
    return _i2s(AMPLIFIER_I2S, pins, I2S.TX, 16, AMPLIFIER_HZ, AMPLIFIER_BUFFER_BYTES)


def _i2s(number, pins, mode, bits, rate_hz, buffer_bytes):
    sck, ws, sd = [Pin(gpio) for gpio in pins]
    wires = {"sck": sck, "ws": ws, "sd": sd}
    return I2S(
        number, mode=mode, bits=bits, format=I2S.MONO, rate=rate_hz, ibuf=buffer_bytes, **wires
    )
