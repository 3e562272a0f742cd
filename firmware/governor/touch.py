"""The lane of touch: what a renderer wants felt, held to its ceiling, bursts and duty.

It must never let the actuator hum on: a budget, which only rest fills, pays for every felt
tick. It decides by ticks of 40 ms alone, so a replay gives the same levels.
"""

from micropython import const

from firmware.governor.lane import TICK_MS, Lane

_FULL = const(127)
# A felt tick costs 9, every tick earns 2: 75 felt ticks (3 s) empty a full budget, and in any
# 750 ticks (30 s) at most (527 + 2 * 750) / 9 = 225 of them, 30 %, are felt.
_COST = const(9)
_EARNED = const(2)
_MOST = const(527)
_AGAIN = const(210)  # once empty it rests until so much is back: 4 s


class TouchLane(Lane):
    """`level`: what is to be felt now, 0-127. `peak` is such a level, `dose` ms at 127, `crc` of
    a byte for each tick; `closing` is 0 or 1.
    """

    def __init__(self):
        super().__init__()
        self.level = 0
        self._budget = _MOST
        self._rests = False
        self._byte = bytearray(1)

    def begin(self, renderer, ceiling: int, length_ticks: int, allowance: int) -> None:
        """A new act takes over. `renderer.level(tick)` is 0-127; `ceiling` likewise; it ends
        after `length_ticks`, or when `allowance` (ms at 127) is used.
        """
        self._start(renderer, length_ticks, allowance, 0)
        self._ceiling = min(ceiling, _FULL)

    def tick(self) -> bool:
        """Go on by a tick; False: the act is over, and nothing is felt."""
        was_felt, level = self.level > 0, 0
        is_open = self._is_open()
        if is_open:
            level = min(max(0, self._renderer.level(self.ticks)), self._ceiling)
        self.level = level = self._paid(level)
        if is_open or was_felt:
            self._byte[0] = level
            self._count(self._byte, level, level * TICK_MS, _FULL)
        return is_open

    def cut(self) -> None:
        """The act is over; rest now."""
        self._open = False
        self.level = 0

    def _paid(self, level):
        """`level`, if there is budget for it."""
        self._rests = self._budget < (_AGAIN if self._rests else _COST)
        if self._rests:
            level = 0
        cost = _COST if level else 0
        self._budget = min(_MOST, self._budget - cost + _EARNED)
        return level
