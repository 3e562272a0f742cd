"""The evening, the night and the waking together: what is to be asked for, and when to look again.

A pure step: `take` every record of a night in turn, `hear` every live score, and `want` says what
those make it ask. The same on the puck and in a replay. It must never act: the governor answers.
"""

from micropython import const

from firmware import records
from firmware.rituals import asking
from firmware.rituals.evening import Evening
from firmware.rituals.night import Night
from firmware.rituals.sleeper import Sleeper
from firmware.rituals.waking import Waking

MOST_WAIT_MS = const(8000)  # so that whoever waits is seen to be alive


class Rituals:
    """`settings`: as the night has been told (asking.SETTINGS). `sleeper`: what is known of them.
    `why`: the measured reason of the latest want, see words.py.
    """

    def __init__(self):
        self.settings = list(asking.SETTINGS)
        self.sleeper = Sleeper()
        self.waking = Waking(self.settings)
        self.night = Night(self.sleeper)
        self.evening = Evening(self.settings, self.sleeper)
        self._steps = self.waking, self.night, self.evening
        self.why = (0, 0)

    def take(self, kind, fields) -> None:
        """The next record of the night."""
        is_setting = kind is records.EVENT and fields.kind == records.SETTING
        if is_setting and fields.part < len(self.settings):
            self.settings[fields.part] = fields.value
        self.sleeper.take(kind, fields)
        for step in self._steps:
            step.take(kind, fields)

    def hear(self, score) -> None:
        """The latest live score."""
        self.sleeper.hear(score)
        for step in self._steps:
            step.hear(score)

    def want(self, t_ms: int):  # noqa: ANN201 (a tuple or None, and MicroPython has no typing)
        """(rule, reason, scene) that is to be asked for at `t_ms`, or None."""
        for step in self._steps:
            wanted = step.want(t_ms)
            if wanted:
                self.why = step.why
                return wanted
        return None

    def wait_ms(self, t_ms: int) -> int:
        """How long nothing is wanted if no record comes: 0 to MOST_WAIT_MS."""
        return min([step.wait_ms(t_ms) for step in self._steps] + [MOST_WAIT_MS])
