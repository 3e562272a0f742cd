"""What can be seen, heard and felt, beside what safe mode needs: ring, amplifier, haptic driver.

They are held off from the first moment, and handed over once. It decides nothing.
"""

import hw.pins as pins
from drv2605l import DRV2605L, Health
from loudness import Loudness
from machine import I2S, Pin
from max98357a import MAX98357A
from micropython import const
from ws2812 import WS2812

from hw.essentials import Essentials

RING_LIGHTS = const(24)

AMPLIFIER_HZ = const(16000)
AMPLIFIER_BUFFER_BYTES = const(6400)  # 200 ms, the most that its driver reckons with


class Actuators(Essentials):
    """The essentials and the actuators. Making them talks to no chip yet."""

    def __init__(self):
        super().__init__()
        self._ring = WS2812(Pin(pins.RING_DATA), Pin(pins.RING_SUPPLY), RING_LIGHTS)
        self._haptic_driver = DRV2605L(self.bedside, Pin(pins.HAPTIC_ENABLE))
        self._amplifier = MAX98357A(_sender(), Pin(pins.AMPLIFIER_SHUTDOWN))
        self._is_handed_over = False
        self.haptic_health = Health(self._haptic_driver)
        self.loudness = Loudness()

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


def i2s(number: int, gpios: tuple, mode: int, bits: int, rate_hz: int, buffer_bytes: int) -> I2S:
    """An I2S of one channel on the GPIOs of (SCK, WS, SD)."""
    sck, ws, sd = [Pin(gpio) for gpio in gpios]
    wires = {"sck": sck, "ws": ws, "sd": sd}
    return I2S(
        number, mode=mode, bits=bits, format=I2S.MONO, rate=rate_hz, ibuf=buffer_bytes, **wires
    )


def _sender():
    """The amplifier's I2S, which sends nothing yet."""
    gpios = pins.AMPLIFIER_SCK, pins.AMPLIFIER_WS, pins.AMPLIFIER_SD
    return i2s(pins.AMPLIFIER_I2S, gpios, I2S.TX, 16, AMPLIFIER_HZ, AMPLIFIER_BUFFER_BYTES)
