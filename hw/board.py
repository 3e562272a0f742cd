"""All parts of one puck, on the pins of its board.

Makes the drivers and the interrupt lines. It decides nothing.
The build writes `hw/pins.py` from the board's file in `hw/boards`.
"""

import hw.pins as pins
from button import Button
from drv2605l import DRV2605L, Health
from i2c_bus import Bus
from lis3dh import LIS3DH
from loudness import Loudness
from machine import I2S, Pin
from max30102 import MAX30102
from max98357a import MAX98357A
from microphone import RATE_HZ, Microphone
from micropython import const
from sht4x import SHT4x
from veml7700 import VEML7700
from ws2812 import WS2812

from hw.essentials import I2C_HZ, Essentials, pulled_up

RING_LIGHTS = const(24)

# 128 ms in eight DMA buffers (8 bytes a frame), of which 112 ms are held: longer than a
# usual flash erase (80 ms), not than the worst (400 ms).
MICROPHONE_BUFFER_BYTES = const(16384)
AMPLIFIER_HZ = const(16000)
AMPLIFIER_BUFFER_BYTES = const(6400)  # 200 ms, the most that its driver reckons with

# What the LEDs begin with, and are tested with: a usual finger sends back about half the
# converter's range.
LED_MA = const(6)


class Board(Essentials):
    """The parts of one puck. Making it talks to no chip yet."""

    def __init__(self):
        super().__init__()
        self._ring = WS2812(Pin(pins.RING_DATA), Pin(pins.RING_SUPPLY), RING_LIGHTS)
        pod = Bus(pins.POD_BUS, pins.POD_SCL, pins.POD_SDA, I2C_HZ)
        self.pulse_sensor = MAX30102(pod)
        self.motion_sensor = LIS3DH(pod)
        self._pulse_line = pulled_up(pins.PULSE_INTERRUPT)
        self._motion_line = Pin(pins.MOTION_INTERRUPT, Pin.IN)
        self.buses = (("pod bus", pod), ("bedside bus", self.bedside))
        self._haptic_driver = DRV2605L(self.bedside, Pin(pins.HAPTIC_ENABLE))
        self._amplifier = MAX98357A(_sender(), Pin(pins.AMPLIFIER_SHUTDOWN))
        self._is_handed_over = False
        self.haptic_health = Health(self._haptic_driver)
        self.loudness = Loudness()
        self.light_sensor = VEML7700(self.bedside)
        self.climate_sensor = SHT4x(self.bedside)
        self.microphone = Microphone(_receiver())
        self.button = Button(self._button_line)

    def hand_over(self) -> tuple:
        """(ring, amplifier, haptic driver), to the one who asks first: nobody else may hold them.

        RuntimeError for whoever asks again.
        """
        if self._is_handed_over:
            raise RuntimeError("ring, amplifier and haptic driver have a holder: ask the governor")
        self._is_handed_over = True
        return self._ring, self._amplifier, self._haptic_driver

    def hold_off(self) -> None:
        """The same, and the drivers know."""
        super().hold_off()
        self._ring.off()
        self._amplifier.off()
        self._haptic_driver.off()

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

    def on_press(self, handler) -> None:
        """Call `handler(pin)` when the button goes down."""
        self._button_line.irq(handler, Pin.IRQ_FALLING)

    def ignore_interrupts(self) -> None:
        """No more interrupts from pod and button."""
        for line in (self._pulse_line, self._motion_line, self._button_line):
            line.irq(None)


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
