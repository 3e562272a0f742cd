"""Touch by a pattern: levels, tick by tick, again and again. A pure renderer.

What plays is held level by level, so that the governor may bound it: the driver's own effects would
play by themselves, as strong and as long as they are, whatever became of the puck.
"""


class Pattern:
    """`levels` (bytes or a tuple, 0-127 each, one a tick), then rest, anew every `beat` ticks (at
    least as many as there are levels); with `until` not after so many ticks.
    """

    def __init__(self, levels, beat: int, until: int, facts):
        self._levels = levels
        self._beat = beat
        self._until = until

    def level(self, tick: int) -> int:
        """What tick `tick` (from 0 on) is to be felt like, 0-127."""
        at = tick % self._beat
        if at >= len(self._levels) or 0 < self._until <= tick:
            return 0
        return self._levels[at]
