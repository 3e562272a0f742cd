"""Scores a night again from its journal, and compares: the way for a sleeper to check.

It must never write. It is given the firmware's own words and rules.
"""


class Rescored:
    """`look` at each (layout, record) of a night, then `close`. `records` is
    firmware/records.py, `live` a new LiveScore. `differences`: lines for people.
    """

    def __init__(self, records, live):
        self.epochs = self.scores = 0
        self.differences = []
        self._records = records
        self._live = live
        self._has_ended = False
        self._due = []  # scores made again that have not been met yet

    def look(self, kind, record) -> None:
        """Take the next record, of layout `kind`."""
        if kind is self._records.EPOCH:
            self.epochs += 1
            self._due += self._live.step(kind.unpack(record))
        elif kind is self._records.SCORE:
            for score in kind.rows(record):
                self.scores += 1
                self._compare(score)
        elif kind is self._records.EVENT:
            self._has_ended = kind.unpack(record).kind == self._records.STOP

    def close(self) -> None:
        """The journal ends. If its night has ended too, it has every score; else the last ones
        may have waited in the RAM of a puck that was reset, and are written when it goes on.
        """
        for score in self._due if self._has_ended else ():
            self._differ(score.index, "no score is written")

    def _compare(self, written):
        if not self._due:  # the night has ended, and the rest is scored with what is known
            self._due += self._live.finish()
        while self._due and self._due[0].index < written.index:
            self._differ(self._due.pop(0).index, "no score is written")
        if not self._due or self._due[0].index > written.index:
            self._differ(written.index, "a score is written that no epoch gives")
            return
        again = self._due.pop(0)
        if again != written:
            words = self._words(written), self._words(again)
            self._differ(written.index, "written %s, again %s" % words)

    def _differ(self, index, what):
        self.differences.append("epoch %d: %s" % (index, what))

    def _words(self, score):
        return "%s (wake %d/255)" % (self._records.STAGES[score.stage], score.p_wake)
