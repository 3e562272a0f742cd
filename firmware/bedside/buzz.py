"""The plain touch: a level that comes and goes. A pure renderer."""

from micropython import const

_TICKS_PER_S = const(25)


class Buzz:
    """Level `most` (1-127) for `on` ticks in every `beat` ticks, growing to it in `rise_s`.

    With `turn` it comes in each beat once more, so many ticks later; with `until` not after so many
    ticks.
    """

    def __init__(self, most: int, on: int, beat: int, rise_s: int, turn: int = 0, until: int = 0):
        self._most = most
        self._on = on
        self._beat = beat
        self._rise_ticks = rise_s * _TICKS_PER_S
        self._turn = turn
        self._until = until

    def level(self, tick: int) -> int:
        """What tick `tick` (from 0 on) is to be felt like, 0-127."""
        at = tick % self._beat
        is_felt = at < self._on or 0 <= at - self._turn < self._on
        if not is_felt or (self._until and tick >= self._until):
            return 0
        if tick >= self._rise_ticks:
            return self._most
        return max(1, self._most * tick // self._rise_ticks)
