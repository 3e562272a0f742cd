"""A guide for the breath: light opens around the ring with the in-breath, and closes with the out.

The ring as a whole stays almost as bright as it is, so that slow and quick breaths are as wide:
what may not change quickly is the level at the eye, not the place that it comes from.
"""

from micropython import const

from firmware.bedside.curves import breath
from firmware.bedside.path import LIGHTS, WHOLE, Path, shared_out

_RIM_Q8 = const(576)  # 2.25 lights, or a fifth of a petal's place
_FIFTH_Q8 = const(51)
_SHUT_Q8 = const(64)  # what is left of a petal, its rim apart


class Iris(Path):
    """`keys`: see Path, of a ring that is open. `beat`: ticks of a breath (50-1000). It opens from
    so many `petals` (1, 2, 3, 4, 6), and is by `swell` (Q10, 0-1024) brighter when open than when
    shut.
    """

    def __init__(self, keys: tuple, beat: int, petals: int, swell: int, facts):
        super().__init__(keys, facts)
        self._beat = beat
        self._apart = LIGHTS // petals
        self._rim = min(_RIM_Q8, self._apart * _FIFTH_Q8)
        self._swell = swell

    def _draw(self, index, shares):
        fill, apart, rim = breath(index << 3, self._beat), self._apart, self._rim
        reach = rim + _SHUT_Q8 + (((apart << 7) - _SHUT_Q8) * fill >> 10)
        for i in range(LIGHTS):
            at = i % apart
            shares[i] = max(0, min(rim, reach - (min(at, apart - at) << 8)))
        shared_out(shares, LIGHTS * (WHOLE - (self._swell * (1024 - fill) >> 10)))
