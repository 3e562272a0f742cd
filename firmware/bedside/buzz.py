"""The plain touch: a level that comes and goes. A pure renderer."""

from micropython import const

_TICKS_PER_S = const(25)


class Buzz:
    """Level `most` (1-127) for `on` ticks in every `beat` ticks, growing to it in `rise_s`."""

    def __init__(self, most: int, on: int, beat: int, rise_s: int):
        self._most = most
        self._on = on
        self._beat = beat
        self._rise_ticks = rise_s * _TICKS_PER_S

    def level(self, tick: int) -> int:
        """What tick `tick` (from 0 on) is to be felt like, 0-127."""
        if tick % self._beat >= self._on:
            return 0
        if tick >= self._rise_ticks:
            return self._most
        return max(1, self._most * tick // self._rise_ticks)
