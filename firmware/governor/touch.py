"""The lane of touch: what a renderer wants felt, held to its ceiling, bursts and duty.

It must never let the actuator hum on: a budget, which only rest fills, pays for every felt
tick. It decides by ticks of 40 ms alone, so a replay gives the same levels.
"""

from binascii import crc32

from micropython import const

TICK_MS = const(40)
FULL = const(127)
# A felt tick costs 9, every tick earns 2: 75 felt ticks (3 s) empty a full budget, and in any
# 750 ticks (30 s) at most (527 + 2 * 750) / 9 = 225 of them, 30 %, are felt.
_COST = const(9)
_REFILL = const(2)
_MOST = const(527)
_AGAIN = const(210)  # once empty it rests until so much is back: 4 s


class TouchLane:
    """`level`: what is to be felt now, 0-127. Figures of the act, kept until the next `begin`:

    `ticks` until its renderer was left, `closing` after that (0 or 1), `peak` (level), `dose`
    (ms at full level), `crc` (of all levels, a byte each).
    """

    def __init__(self):
        self.level = 0
        self._budget = _MOST
        self._rests = False
        self._byte = bytearray(1)
        self._renderer = None
        self.begin(None, 0, 0, 0)
        self._open = False

    def begin(self, renderer, ceiling: int, length_ticks: int, allowance: int) -> None:
        """A new act takes over. `renderer.level(tick)` is 0-127; `ceiling` likewise; it ends
        after `length_ticks`, or when `allowance` (ms at full level) is used.
        """
        self._renderer = renderer
        self._ceiling = ceiling
        self._length = length_ticks
        self._allowance = allowance
        self._open = True
        self.ticks = self.closing = self.peak = self.dose = self.crc = self._rest = 0

    def tick(self) -> bool:
        """Go on by a tick; False: the act is over, and nothing is felt."""
        if self.ticks >= self._length or self.dose >= self._allowance:
            self._open = False
        wanted = 0
        if self._open:
            wanted = min(max(0, self._renderer.level(self.ticks)), self._ceiling, FULL)
        self._emit(self._afforded(wanted))
        return self._open

    def close(self) -> None:
        """The act ends: rest from the next tick on."""
        self._open = False

    def cut(self) -> None:
        """Rest now."""
        self._open = False
        self.level = 0

    def _afforded(self, level):
        self._rests = self._budget < (_AGAIN if self._rests else _COST)
        if self._rests:
            level = 0
        cost = _COST if level else 0
        self._budget = min(_MOST, self._budget - cost + _REFILL)
        return level

    def _emit(self, level):
        was_felt, self.level = self.level, level
        if not self._open and not was_felt:
            return
        if self._open:
            self.ticks += 1
        else:
            self.closing += 1
        self.peak = max(self.peak, level)
        rest = self._rest + level * TICK_MS
        self.dose += rest // FULL
        self._rest = rest % FULL
        self._byte[0] = level
        self.crc = crc32(self._byte, self.crc)
