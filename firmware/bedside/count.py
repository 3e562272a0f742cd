"""A number to be counted off the ring: some lights, all alike, lit for a while.

Who cannot see colours reads it as well. It must never light a lamp more or less than it was told.
"""

from micropython import const

_LIGHTS = const(24)


class Count:
    """`lamps`: which of the ring's lights, a bit each, the first the lowest. `each`: green, red,
    blue of such a one. It is dark from tick `until` on.
    """

    def __init__(self, lamps: int, each: tuple, until: int, facts):
        lit, self._dark = bytes(each), bytes(3 * _LIGHTS)
        self._lit = b"".join([lit if lamps >> i & 1 else bytes(3) for i in range(_LIGHTS)])
        self._until = until

    def frame(self, tick: int, out: bytearray) -> None:
        """Fill `out` (24 lights, green, red, blue) with what tick `tick` (from 0 on) shows."""
        out[:] = self._lit if tick < self._until else self._dark
