"""Light that goes from colour to colour: the ground of all rich light.

A path is keys: at some tick, some colour. In between the eye is to see an even change, so what
goes on evenly is the cube root of each channel: lightness is about the cube root of luminance
(L* of CIE 15:2004; Stevens found 0.33 for a glow in the dark, Psychol. Rev. 64, 1957). The keys
hold cube roots already, so that the puck only cubes. It must never know anything but the tick.
"""

from array import array

from micropython import const

from firmware.bedside import ring_kernels

LIGHTS = const(24)
WHOLE = const(1024)  # a light's even share, Q10
_MOST = const(16383)


class Path:
    """`keys`: rows (tick, green, red, blue) in order of ticks, the first at 0; each colour is
    16384 times the cube root of its share of a full channel, 0-16360. Two keys lie 1-65000 ticks
    apart; the last holds.

    Whoever inherits draws, every eight ticks, which light has which share of the colour.
    """

    def __init__(self, keys: tuple, facts):
        self._keys = keys
        self._colour = array("H", [0] * 3)
        self._now, self._next = array("H", [WHOLE] * LIGHTS), array("H", [WHOLE] * LIGHTS)
        self._index = -2

    def frame(self, tick: int, out: bytearray) -> None:
        """Fill `out` (24 lights, green, red, blue) with what tick `tick` (from 0 on) shows."""
        index = tick >> 3
        if index != self._index:
            self._turn(index)
        self._mix(tick)
        ring_kernels.paint(out, self._colour, self._now, self._next, tick & 7)

    def _turn(self, index):
        if index == self._index + 1:
            self._now, self._next = self._next, self._now
        else:
            self._draw(index, self._now)
        self._draw(index + 1, self._next)
        self._index = index

    def _draw(self, index, shares):
        """Fill `shares` (24, Q10, 0-16383) with what tick 8 * `index` shows: here, all alike."""

    def _mix(self, tick):
        first = last = self._keys[0]
        for key in self._keys:
            first, last = last, key
            if tick < key[0]:
                break
        else:
            first = last
        at, over = tick - first[0], last[0] - first[0] or 1
        for i in range(3):
            root = first[i + 1] + (last[i + 1] - first[i + 1]) * at // over
            self._colour[i] = (root * root >> 12) * root >> 14


def shared_out(shares, total: int) -> None:
    """Make `shares` add up to `total` (Q10 lights, up to 2^15), each in proportion.

    The light at the eye is then the same, whichever lights it comes from.
    """
    whole = sum(shares)
    for i in range(LIGHTS):
        shares[i] = min(_MOST, shares[i] * total // whole)
