"""Driver of a ring of WS2812B lights: colours out, and its supply.

Without its supply it is dark whatever the data line says. It must never light by itself:
the supply is off until `on`, and all lights are dark when it comes.
"""

from time import sleep_us, ticks_diff, ticks_us

from machine import bitstream
from micropython import const
from switch import Switch

# ns high and low of a 0, then of a 1: WS2812B datasheet, "Data transfer time", +-150 each.
_TIMING_NS = (400, 850, 800, 450)
_HIGH_LOW = const(0)
_LATCH_US = const(300)  # V5 of the part takes a frame over after 280 us of low, older ones 50
# From supply to lights that listen. No datasheet says it: their capacitors, 100 nF each,
# charge in microseconds, and the switch in less than this.
_SUPPLY_US = const(1000)


class WS2812:
    """`n` lights whose data line is `pin`, and whose supply `supply` (a pin) switches."""

    def __init__(self, pin, supply, n: int):
        self._pin = pin
        self._supply = Switch(supply)
        self._dark = bytes(3 * n)
        self._sent_us = 0
        pin.value(0)  # a high data line would feed the first light

    def on(self) -> None:
        """Switch the supply on, all lights dark."""
        if not self._supply.is_on:
            self._supply.on()
            sleep_us(_SUPPLY_US)
            self._send(self._dark)

    def write(self, grb) -> None:
        """Show `grb`: green, red, blue of each light in turn, 3 n bytes.

        Takes 30 us a light, in which no interrupt runs. ValueError for another length;
        without supply nothing is sent.
        """
        if len(grb) != len(self._dark):
            raise ValueError("ring: %d bytes, not %d" % (len(grb), len(self._dark)))
        if self._supply.is_on:
            self._send(grb)

    def off(self) -> None:
        """Switch the supply off: dark at once."""
        self._supply.off()
        self._pin.value(0)

    def _send(self, grb):
        """Send, but not into the last frame: a wait of 300 us at most."""
        passed_us = ticks_diff(ticks_us(), self._sent_us)
        if 0 <= passed_us < _LATCH_US:
            sleep_us(_LATCH_US - passed_us)
        bitstream(self._pin, _HIGH_LOW, _TIMING_NS, grb)
        self._sent_us = ticks_us()
