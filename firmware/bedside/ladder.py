"""Touch that wakes by rungs: pairs of pulses, stronger and closer to each other on every rung."""

from micropython import const

_ON = const(3)  # ticks of a pulse
_TURN = const(7)  # from the first of a pair to the second


class Ladder:
    """From level `first` to `last` (1-127), a pair every `slow` down to `quick` ticks (10-1500), in
    so many `rungs` (2-60) of `each` ticks (10-15000); the last goes on.
    """

    def __init__(self, first: int, last: int, slow: int, quick: int, rungs: int, each: int, facts):
        self._levels = first, last
        self._gaps = slow, quick
        self._most = rungs - 1
        self._each = each

    def level(self, tick: int) -> int:
        """What tick `tick` (from 0 on) is to be felt like, 0-127."""
        rung = min(tick // self._each, self._most)
        at = (tick - rung * self._each) % self._on_rung(self._gaps, rung)
        is_felt = at < _ON or _TURN <= at < _TURN + _ON
        return self._on_rung(self._levels, rung) if is_felt else 0

    def _on_rung(self, ends, rung):
        first, last = ends
        return first + (last - first) * rung // self._most
