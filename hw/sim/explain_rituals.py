"""What a night's rituals asked for: whether its records bear that, made again by the same code.

Whatever evening, night or waking asked must be wanted then, for the reason that is given; and what
was wanted must have been asked for. It must never take a request for led because it stands there.
"""

from micropython import const

from firmware import records
from firmware.rituals import asking, words
from firmware.rituals.rituals import MOST_WAIT_MS, Rituals
from firmware.rituals.sleeper import STATES

# Whoever leads looks every MOST_WAIT_MS; a flash that is written, or a start, may keep him.
_LATE_MS = const(4000)
_LED = (asking.EVENING, asking.NIGHT, asking.WAKING)


class Led:
    """`look` at each record in turn and `hear` each score; what is wrong with it, or "".

    `states`: [(from_ms, the sleeper's state)]; `whys`: {request number: the measured reason}.
    """

    def __init__(self):
        self.states = []
        self.whys = {}
        self._rituals = Rituals()
        self._since_ms = 0  # when the latest record came

    def look(self, kind, fields, t_ms: int) -> str:
        """Take the next record, which came at `t_ms`."""
        is_led = kind is records.REQUEST and fields.rule in _LED
        is_start = kind is records.EVENT and fields.kind == records.START
        wrong = self._bears(fields) if is_led else "" if is_start else self._owes(t_ms)
        self._rituals.take(kind, fields)
        self._since_ms = t_ms
        self._tell(t_ms)
        return wrong

    def hear(self, score, t_ms: int) -> None:
        """The latest live score."""
        self._rituals.hear(score)
        self._tell(t_ms)

    def _bears(self, request):
        """A request that a ritual made."""
        wanted = self._rituals.want(request.t_ms)
        if wanted == (request.rule, request.reason, request.scene):
            self.whys[request.number] = words.said(self._rituals.why)
            return ""
        if not wanted:
            return "nothing of the night led to request %d" % request.number
        return "the night led to scene %d, and request %d is another" % (wanted[2], request.number)

    def _owes(self, t_ms):
        """Something else is told: what was wanted before should have been asked for by now."""
        at_ms = t_ms - MOST_WAIT_MS - _LATE_MS
        wanted = self._rituals.want(at_ms) if at_ms > self._since_ms else None
        return "scene %d was wanted, and is not asked for" % wanted[2] if wanted else ""

    def _tell(self, t_ms):
        state = STATES[self._rituals.sleeper.state]
        if not self.states or self.states[-1][1] != state:
            self.states.append((t_ms, state))
