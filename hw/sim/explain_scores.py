"""The live score of a night, made again and held against what is written.

It must never make a score but from the epochs that the journal holds.
"""

from firmware import records
from firmware.stages.live import LiveScore


class Scores:
    """`step` with each epoch, `look` at each score that is written."""

    def __init__(self):
        self._live = LiveScore()
        self._made = []  # and not met yet
        self._is_over = False

    def step(self, epoch) -> list:
        """The scores that the next epoch gives."""
        made = self._live.step(epoch)
        self._made += made
        return made

    def look(self, score) -> str:
        """What is wrong with the next score that is written, or ""."""
        if not self._made and not self._is_over:  # the night ends: the rest, as far as is known
            self._is_over = True
            self._made += self._live.finish()
        if not self._made or score.index < self._made[0].index:
            return "no epoch gives a score of epoch %d here" % score.index
        if score.index > self._made[0].index:
            missing = self._made[0].index
            self._made = [made for made in self._made if made.index > score.index]
            return "the score of epoch %d is missing" % missing
        made = self._made.pop(0)
        if made == score:
            return ""
        return "epoch %d is %s; scored again, %s" % (score.index, _words(score), _words(made))

    def close(self) -> str:
        """The night has ended, and has every score."""
        made = self._made or ([] if self._is_over else self._live.finish())
        return "the score of epoch %d is missing" % made[0].index if made else ""


def _words(score):
    stage = records.STAGES[score.stage] if score.stage < len(records.STAGES) else score.stage
    return "%s %s" % (stage, list(score[2:]))
