"""The reference board, ESP32-S3 DevKitC: which part hangs on which pin.

Makes the drivers and the interrupt lines; it decides nothing.
"""

from lis3dh import LIS3DH
from machine import I2C, RTC, Pin
from max30102 import MAX30102
from micropython import const

NAME = "ESP32-S3 DevKitC"

# The pod has a bus of its own, so that a torn lead takes nothing else with it.
POD_BUS = const(1)
POD_SCL = const(5)
POD_SDA = const(4)
PULSE_INTERRUPT = const(6)  # open drain, low while a block waits
MOTION_INTERRUPT = const(7)  # high while a block waits
POD_HZ = const(400000)

# A finger sends back about half the converter's range at this current, with room for
# both pale and dark skin.
LED_MA = const(6)

DATA = "/data"  # where nights are kept


class Board:
    """The parts of one puck. Making it talks to no chip yet."""

    def __init__(self):
        pod = I2C(POD_BUS, scl=Pin(POD_SCL), sda=Pin(POD_SDA), freq=POD_HZ)
        self.pulse_sensor = MAX30102(pod)
        self.motion_sensor = LIS3DH(pod)
        self.rtc = RTC()
        self._pulse_line = Pin(PULSE_INTERRUPT, Pin.IN, Pin.PULL_UP)
        self._motion_line = Pin(MOTION_INTERRUPT, Pin.IN)

    def start_pulse(self) -> None:
        """Start the pulse sensor. OSError if it is not well."""
        self.pulse_sensor.start(LED_MA)

    def start_motion(self) -> None:
        """Start the motion sensor. OSError if it is not well."""
        self.motion_sensor.start()

    def on_pod_block(self, handler) -> None:
        """Call `handler(pin)` when either sensor of the pod has a block waiting."""
        self._pulse_line.irq(handler, Pin.IRQ_FALLING)
        self._motion_line.irq(handler, Pin.IRQ_RISING)

    def ignore_pod(self) -> None:
        """No more interrupts from the pod."""
        self._pulse_line.irq(None)
        self._motion_line.irq(None)
