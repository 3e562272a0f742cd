"""The parts of one puck, on the pins of its board.

Makes the drivers and the interrupt lines, and holds every actuator off. It decides nothing.
The build writes `hw/pins.py` from the board's file in `hw/boards`.
"""

import time

import hw.pins as pins
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

RING_LIGHTS = const(24)

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
        haptic_enable, shutdown = _low(pins.HAPTIC_ENABLE), _low(pins.AMPLIFIER_SHUTDOWN)
        self.ring = WS2812(_low(pins.RING_DATA), _low(pins.RING_SUPPLY), RING_LIGHTS)
        pod = Bus(pins.POD_BUS, pins.POD_SCL, pins.POD_SDA, I2C_HZ)
        self.pulse_sensor = MAX30102(pod)
        self.motion_sensor = LIS3DH(pod)
        self._pulse_line = Pin(pins.PULSE_INTERRUPT, Pin.IN, Pin.PULL_UP)
        self._motion_line = Pin(pins.MOTION_INTERRUPT, Pin.IN)
        bedside = Bus(pins.BEDSIDE_BUS, pins.BEDSIDE_SCL, pins.BEDSIDE_SDA, I2C_HZ)
        self.haptic_driver = DRV2605L(bedside, haptic_enable)
        self.amplifier = MAX98357A(_sender(), shutdown)
        self.light_sensor = VEML7700(bedside)
        self.climate_sensor = SHT4x(bedside)
        self.microphone = Microphone(_receiver())
        self.clock_chip = DS3231(bedside)
        self.buses = (("pod bus", pod), ("bedside bus", bedside))
        self._button_line = Pin(pins.BUTTON, Pin.IN, Pin.PULL_UP)
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
    gpios = pins.MICROPHONE_SCK, pins.MICROPHONE_WS, pins.MICROPHONE_SD
    return _i2s(pins.MICROPHONE_I2S, gpios, I2S.RX, 32, RATE_HZ, MICROPHONE_BUFFER_BYTES)


def _sender():
    """The amplifier's I2S, which sends nothing yet."""
    gpios = pins.AMPLIFIER_SCK, pins.AMPLIFIER_WS, pins.AMPLIFIER_SD
    return _i2s(pins.AMPLIFIER_I2S, gpios, I2S.TX, 16, AMPLIFIER_HZ, AMPLIFIER_BUFFER_BYTES)


def _i2s(number, gpios, mode, bits, rate_hz, buffer_bytes):
    sck, ws, sd = [Pin(gpio) for gpio in gpios]
    wires = {"sck": sck, "ws": ws, "sd": sd}
    return I2S(
        number, mode=mode, bits=bits, format=I2S.MONO, rate=rate_hz, ibuf=buffer_bytes, **wires
    )
