"""What became of a rule's own requests. A pure step: it must never ask by itself."""

from micropython import const

from firmware import records

_NEVER_MS = const(-0x3FFFFFFF)


class Own:
    """Follows the requests of `rule`.

    Of the latest: `number`, `scene`, `asked_ms`; `refused`: why, 0 if it was not; `is_on`: it holds
    a lane; `ended`: why its last lane ended, -1 while one is held or none was; `ended_ms`.
    """

    def __init__(self, rule: int):
        self._rule = rule
        self.scene = self.refused = 0
        self.is_on = False
        self.ended = -1
        self.asked_ms = self.ended_ms = _NEVER_MS
        self.number = 0
        self._lanes = 0  # a bit for each that it holds

    def take(self, kind, fields) -> None:
        """The next record of the night."""
        if kind is records.REQUEST and fields.rule == self._rule:
            self.scene, self.asked_ms, self.number = fields.scene, fields.t_ms, fields.number
            self.refused = 0
        elif kind is records.EVENT and fields.kind == records.START and fields.value:
            self._lanes = 0  # whatever acted has stopped without a word
            self._settle(fields.t_ms, 0)
        elif kind in (records.ACT, records.REFUSAL, records.EMITTED) and (
            fields.number == self.number
        ):
            self._answered(kind, fields)

    def _answered(self, kind, fields):
        if kind is records.ACT:
            most = fields.light_mlx, fields.sound_cdb, fields.touch
            self._lanes = sum([1 << lane for lane in range(len(most)) if most[lane]])
            self.is_on, self.ended = bool(self._lanes), -1
        elif kind is records.REFUSAL:
            self.refused = fields.why
            self._lanes = 0
            self.is_on = False
        else:
            self._lanes &= ~(1 << fields.lane)
            self._settle(fields.t_ms, fields.why)

    def _settle(self, t_ms, why):
        if self.is_on and not self._lanes:
            self.is_on, self.ended, self.ended_ms = False, why, t_ms
