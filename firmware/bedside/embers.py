"""A glow that lives: each light comes and goes by itself, slowly, and no night as another.

The ring as a whole stays as bright as it is: what one light loses the others gain.
"""

from firmware.bedside.curves import chance, eased
from firmware.bedside.path import LIGHTS, Path, shared_out


class Embers(Path):
    """`keys`: see Path. Each light goes on to another level in every `slot` (2-60) times 0.32 s, by
    up to `depth` (Q10, 0-1000) of its own.
    """

    def __init__(self, keys: tuple, slot: int, depth: int, facts):
        super().__init__(keys, facts)
        self._seed = facts.seed
        self._slot = slot
        self._depth = depth

    def _draw(self, index, shares):
        for i in range(LIGHTS):
            shares[i] = 1024 - (self._depth * self._noise(i, index) >> 10)
        shared_out(shares, LIGHTS << 10)

    def _noise(self, light, index):
        """0-1023; neighbours turn at other times."""
        slot = self._slot
        knot, at = divmod(index + light * 7 % LIGHTS * slot // LIGHTS, slot)
        first, last = [chance(self._seed, light, when) for when in (knot, knot + 1)]
        return first + ((last - first) * eased((at << 10) // slot) >> 10)
