"""A guide for the breath: light opens around the ring with the in-breath, and closes with the out.

The ring as a whole stays almost as bright as it is, so that slow and quick breaths are as wide:
what may not change quickly is the level at the eye, not the place that it comes from.
"""

from micropython import const

from firmware.bedside.curves import breath
from firmware.bedside.path import LIGHTS, WHOLE, Path, shared_out

_SOFT = const(576)  # 2.25 lights of rim, Q8
_SHUT = const(640)  # 2.5 lights from the middle, likewise


class Iris(Path):
    """`keys`: see Path, of a ring that is open. `beat`: ticks of a breath (50-1000). It opens from
    so many `petals` (1, 2, 3, 4, 6), and is by `swell` (Q10, 0-1024) brighter when open than when
    shut.
    """

    def __init__(self, keys: tuple, beat: int, petals: int, swell: int, facts):
        super().__init__(keys, facts)
        self._beat = beat
        self._apart = LIGHTS // petals
        self._swell = swell

    def _draw(self, index, shares):
        fill, apart = breath(index << 3, self._beat), self._apart
        reach = _SHUT + (((apart << 7) + _SOFT - _SHUT) * fill >> 10)
        for i in range(LIGHTS):
            at = i % apart
            shares[i] = max(0, min(_SOFT, reach - (min(at, apart - at) << 8)))
        shared_out(shares, LIGHTS * (WHOLE - (self._swell * (1024 - fill) >> 10)))
