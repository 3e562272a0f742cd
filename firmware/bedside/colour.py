"""The plain light: one colour on the whole ring, going over into another. A pure renderer."""

from micropython import const

from firmware.bedside import colour_kernels

_TICKS_PER_S = const(25)


class Colour:
    """From colour `first` to `last` (green, red, blue, 0-255 each) within `rise_s` (0-40000)."""

    def __init__(self, first: tuple, last: tuple, rise_s: int):
        self._first = first
        self._last = last
        self._rise_ticks = rise_s * _TICKS_PER_S

    def frame(self, tick: int, out: bytearray) -> None:
        """Fill `out` (24 lights, green, red, blue) with what tick `tick` (from 0 on) shows."""
        green, red, blue = [self._q8(i, tick) for i in range(3)]
        colour_kernels.fill(out, green, red, blue)

    def _q8(self, i, tick):
        first, last = self._first[i], self._last[i]
        if tick >= self._rise_ticks:
            return last << 8
        return (first << 8) + ((last - first) * 256 * tick) // self._rise_ticks
