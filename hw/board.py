"""All parts of one puck, on the pins of its board.

Makes the drivers and the interrupt lines. It decides nothing.
The build writes `hw/pins.py` from the board's file in `hw/boards`.
"""

import hw.pins as pins
from i2c_bus import Bus
from lis3dh import LIS3DH
from machine import I2S, Pin
from max30102 import MAX30102
from microphone import RATE_HZ, Microphone
from micropython import const
from sht4x import SHT4x
from veml7700 import VEML7700

from hw.actuators import Actuators, i2s
from hw.essentials import I2C_HZ, pulled_up

# 128 ms in eight DMA buffers (8 bytes a frame), of which 112 ms are held: longer than a
# usual flash erase (80 ms), not than the worst (400 ms).
MICROPHONE_BUFFER_BYTES = const(16384)

# What the LEDs begin with, and are tested with: a usual finger sends back about half the
# converter's range.
LED_MA = const(6)


class Board(Actuators):
    """The parts of one puck. Making it talks to no chip yet."""

    def __init__(self):
        super().__init__()
        pod = Bus(pins.POD_BUS, pins.POD_SCL, pins.POD_SDA, I2C_HZ)
        self.pulse_sensor = MAX30102(pod)
        self.motion_sensor = LIS3DH(pod)
        self._pulse_line = pulled_up(pins.PULSE_INTERRUPT)
        self._motion_line = Pin(pins.MOTION_INTERRUPT, Pin.IN)
        self.buses = (("pod bus", pod), ("bedside bus", self.bedside))
        self.light_sensor = VEML7700(self.bedside)
        self.climate_sensor = SHT4x(self.bedside)
        self.microphone = Microphone(_receiver())

    def start_motion(self) -> None:
        """Start the motion sensor. OSError if it is not well."""
        self.motion_sensor.start()

    def start_pulse(self) -> None:
        """Start the pulse sensor. OSError if it is not well."""
        self.pulse_sensor.start(LED_MA)

    def on_pod_block(self, handler) -> None:
        """Call `handler(pin)` when either sensor of the pod has a block waiting."""
        self._pulse_line.irq(handler, Pin.IRQ_FALLING)
        self._motion_line.irq(handler, Pin.IRQ_RISING)

    def ignore_interrupts(self) -> None:
        """No more interrupts from pod and button."""
        for line in (self._pulse_line, self._motion_line, self._button_line):
            line.irq(None)


def _receiver():
    """The microphone's I2S, running; its left channel is what it is strapped to."""
    gpios = pins.MICROPHONE_SCK, pins.MICROPHONE_WS, pins.MICROPHONE_SD
    return i2s(pins.MICROPHONE_I2S, gpios, I2S.RX, 32, RATE_HZ, MICROPHONE_BUFFER_BYTES)
