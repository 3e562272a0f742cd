"""A night sky: the moon as it stands tonight, and a few faint stars that come and go.

Light 0 is the new moon's place, at the bottom; from there the moon goes once around the ring in a
month: growing it stands on one side, full at the top, waning on the other. It is as many lights
wide as its face is lit. Where the date is unknown there is none.
"""

from micropython import const

from firmware.bedside.curves import chance, sine
from firmware.bedside.moon import elongation, lit
from firmware.bedside.path import LIGHTS, WHOLE, Path

_RING = const(6144)  # 24 lights, Q8
_FULL_MOON = const(14)  # lights
_EDGE = const(128)  # half a light
_THIN = const(36)  # of a face that is lit for a fiftieth: nobody sees less


class Stars(Path):
    """`keys`: see Path, of the moon's own light. `count` stars (1-12), each up to `faint` (Q10,
    0-1024) of it, and anew, elsewhere, in every `slot` (4-200) times 0.32 s.
    """

    def __init__(self, keys: tuple, count: int, faint: int, slot: int, facts):
        super().__init__(keys, facts)
        self._seed = facts.seed
        self._count, self._faint, self._slot = count, faint, slot
        turn = elongation(facts.wall_s) if facts.wall_s else 0
        self._moon_q8 = turn * _RING >> 16
        self._wide_q8 = lit(turn) * _FULL_MOON >> 3  # half of it

    def _draw(self, index, shares):
        for i in range(LIGHTS):
            shares[i] = self._of_moon(i << 8)
        for star in range(self._count):
            born, age = divmod(index + star * self._slot // self._count, self._slot)
            place = chance(self._seed, star, born) * LIGHTS >> 10
            bright = 4096 - sine((age << 16) // self._slot + 0x4000 & 0xFFFF) >> 3
            shares[place] = min(WHOLE, shares[place] + (bright * self._faint >> 10))

    def _of_moon(self, at_q8):
        away = abs(at_q8 - self._moon_q8)
        inside = self._wide_q8 + _EDGE - min(away, _RING - away)
        if self._wide_q8 < _THIN or inside <= 0:
            return 0
        return min(WHOLE, inside << 2)
