"""The night: a gentle touch when a dream seems to distress, for those who allow it.

A pure step that only asks, and only when all its rules hold at once; whether the sleeper wants it
at all is the gate's to know. It must never press on: it steps back when they stir, and soon has
done enough. No medical claim is made of it.
"""

from micropython import const

from firmware import records
from firmware.rituals import asking, sleeper
from firmware.rituals.acts import Own

# The rules (docs/night-watch.md shows them).
RATE_PCT = const(20)  # their heart this much above its own median asleep: REM alone brings less
RATE_EPOCHS = const(2)  # so for a minute: a single turn or sigh lasts less
BASELINE_EPOCHS = const(60)  # half an hour asleep: before, nobody knows what is usual
LEAST_COUNTS = const(3)  # some motion: who lies quite still is left alone, however fast the heart
MOST_COUNTS = const(50)  # more is turning over or waking up, which ends a dream by itself
AGAIN_MS = const(300000)  # five minutes: first see whether it helped
MOST_A_NIGHT = const(5)  # after five it does not help tonight
STIR_COUNTS = const(30)  # so much motion after a touch: it woke them rather than eased them
STIR_EPOCHS = const(2)  # in the minute after it: what comes later had another cause
REST_MS = const(900000)  # a quarter of an hour: who was disturbed is to sleep in again undisturbed

DISTRESSED = 15  # (this, rate in 0.1 a minute, baseline a minute, epochs it rests on, counts)

_LONG_AGO_MS = const(-0x3FFFFFFF)
_FRESH_MS = const(60000)  # what was measured longer ago is not now
_MOST_WAIT_MS = const(8000)
_EPOCH_MS = records.EPOCH_S * 1000


class Night:
    """`given`: touches so far; `rests_ms`: until when none is asked for; `why` of the latest."""

    def __init__(self, sleeper_):
        self._sleeper = sleeper_
        self._own = Own(asking.NIGHT)
        self.why = (0, 0)
        self.given = self.rests_ms = 0
        self._is_forbidden = False
        self._felt_ms = _LONG_AGO_MS  # when the latest touch began
        self._was_asleep = False

    def take(self, kind, fields) -> None:
        """The next record of the night; the sleeper has it already."""
        own = self._own
        own.take(kind, fields)
        is_own = own.scene == asking.RELIEF
        if kind is records.ACT and is_own and fields.number == own.number:
            self.given += 1
            self._rest(fields.t_ms, AGAIN_MS)
            self._felt_ms = fields.t_ms
        elif kind is records.REFUSAL and is_own and fields.number == own.number:
            self._is_forbidden = fields.why == asking.NOT_ALLOWED
            self._rest(fields.t_ms, AGAIN_MS)
        elif kind is records.CONSENT and fields.state in (records.GRANTED, records.KEPT):
            self._is_forbidden = False
        elif kind is records.EPOCH:
            self._look(fields)
        self._mind()

    def hear(self, score) -> None:
        """The latest live score; the sleeper has it already."""
        self._mind()

    def want(self, t_ms: int):  # noqa: ANN201 (a tuple or None, and MicroPython has no typing)
        """(rule, reason, scene) that is to be asked for now, or None."""
        why = self._distress(t_ms) if t_ms >= self.rests_ms else None
        if not why:
            return None
        self.why = why
        return asking.NIGHT, asking.DISTRESS, asking.RELIEF

    def wait_ms(self, t_ms: int) -> int:
        """How long nothing is wanted if no record comes."""
        wait_ms = max(0, self.rests_ms - t_ms)
        return min(wait_ms, _MOST_WAIT_MS) if self._distress(t_ms + wait_ms) else _MOST_WAIT_MS

    def _distress(self, t_ms):
        """The measured reason, if every rule holds; or None."""
        it = self._sleeper
        if self._is_forbidden or self.given >= MOST_A_NIGHT:
            return None
        if it.state != sleeper.ASLEEP or it.stage != records.REM:
            return None
        latest = it.epochs[-RATE_EPOCHS:]
        if len(latest) < RATE_EPOCHS or t_ms - (latest[-1].index + 1) * _EPOCH_MS > _FRESH_MS:
            return None
        usual_bpm = it.baseline_bpm()
        if it.baseline_epochs < BASELINE_EPOCHS:
            return None
        rate_dbpm = min([epoch.rate_dbpm for epoch in latest])
        counts = max([epoch.counts for epoch in latest])
        is_fast = rate_dbpm * 10 > usual_bpm * (100 + RATE_PCT)
        if not (is_fast and LEAST_COUNTS <= counts <= MOST_COUNTS):
            return None
        return DISTRESSED, rate_dbpm, usual_bpm, it.baseline_epochs, counts

    def _look(self, epoch):
        """Whether the touch made them stir: an epoch tells, most of which came after it."""
        since_ms = epoch.index * _EPOCH_MS + _EPOCH_MS // 2 - self._felt_ms
        if 0 <= since_ms < STIR_EPOCHS * _EPOCH_MS and epoch.counts >= STIR_COUNTS:
            self._rest((epoch.index + 1) * _EPOCH_MS, REST_MS)

    def _mind(self):
        """Who wakes is left alone."""
        is_asleep = self._sleeper.state == sleeper.ASLEEP
        if self._was_asleep and not is_asleep:
            self._rest(self._sleeper.now_ms, REST_MS)
        self._was_asleep = is_asleep

    def _rest(self, t_ms, length_ms):
        self.rests_ms = max(self.rests_ms, t_ms + length_ms)
