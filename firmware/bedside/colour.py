"""The plain light: one colour on the whole ring, going over into another, and back like a breath.

A pure renderer: it must never know anything but the tick.
"""

from micropython import const

from firmware.bedside import colour_kernels

_TICKS_PER_S = const(25)


class Colour:
    """From colour `first` to `last` (green, red, blue, 0-255 each) within `rise_s` (0-40000).

    With a `beat` (ticks, 5-1000) it breathes instead: to `last` in the first two fifths of each
    beat, and back in the rest, without a corner.
    """

    def __init__(self, first: tuple, last: tuple, rise_s: int, beat: int = 0):
        self._first = first
        self._last = last
        self._beat = beat
        self._rise_ticks = beat * 2 // 5 if beat else rise_s * _TICKS_PER_S

    def frame(self, tick: int, out: bytearray) -> None:
        """Fill `out` (24 lights, green, red, blue) with what tick `tick` (from 0 on) shows."""
        at, over = self._place(tick)
        green, red, blue = [self._q8(i, at, over) for i in range(3)]
        colour_kernels.fill(out, green, red, blue)

    def _place(self, tick):
        """(how far towards `last`, of how much)."""
        if not self._beat:
            return min(tick, self._rise_ticks), self._rise_ticks
        at, over = tick % self._beat, self._rise_ticks
        if at >= over:  # out
            at, over = self._beat - at, self._beat - over
        share = (at << 10) // over
        return (share * share >> 10) * (3072 - 2 * share) >> 10, 1024

    def _q8(self, i, at, over):
        first, last = self._first[i], self._last[i]
        if at >= over:
            return last << 8
        return (first << 8) + ((last - first) * 256 * at) // over
