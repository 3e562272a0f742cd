"""What the words of the REPL tell of a night that is kept: an epoch, its scores made again, its
figures.

It must never write. It is given the firmware's own words and rules.
"""

from micropython import const
from puck_lines import climate, date, level, light, line, listed, rate, span

_MOST_DIFFERENCES = const(10)
_FLAGS = (
    "no pulse sensor",
    "no motion sensor",
    "nothing in front of the pulse sensor",
    "samples lost",
    "moving",
    "light out of range",
    "no light",
    "no climate",
    "no sound",
    "weak pulse",
    "shaken by the puck",
)


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


def of_summary(night: int, figures):  # noqa: ANN201 (MicroPython has no typing)
    """A whole night; `figures` as of firmware/stages/morning.py."""
    yield line("night", "%d, in bed %s" % (night, span(figures["time_in_bed_s"])))
    asleep = span(figures["total_sleep_time_s"]), figures["efficiency_pct"]
    yield line("asleep", "%s, %d %%" % asleep)
    yield line("onset", _known(figures["sleep_onset_latency_s"]))
    waking = span(figures["waso_s"]), figures["awakenings"]
    yield line("then awake", "%s, %d times" % waking)
    for stage in ("light", "deep", "rem"):
        yield line(stage, _known(figures[stage + "_s"]))
    lost = span(figures["unknown_s"]), span(figures["not_worn_s"])
    yield line("not known", "%s; not worn %s" % lost)


def _known(seconds):
    return span(seconds) if seconds >= 0 else "unknown"


def _tenths(words, value):
    return words % (value // 10, value % 10) if value else "unknown"


def of_replay(night: int, again: Rescored, seals, damaged: int):  # noqa: ANN201 (the same)
    """How a night compares; `seals`: as firmware/keep/journal.py counts them."""
    differ = len(again.differences)
    yield line("night", "%d: %d epochs, %d scores" % (night, again.epochs, again.scores))
    yield line("scores", "%d differ" % differ if differ else "equal")
    yield from again.differences[:_MOST_DIFFERENCES]
    broken = "%d broken" % seals.broken if seals.broken else "all whole"
    yield line("seals", "%d, %s" % (seals.seals, broken))
    yield line("damage", "%d bytes" % damaged if damaged else "none")


def of_epoch(epoch, score, night_s: int, records):  # noqa: ANN201 (the same)
    """`epoch` and its `score` or None, of a night that began at wall time `night_s` or 0."""
    begin_s = epoch.index * records.EPOCH_S
    when = date(night_s + begin_s) if night_s else span(begin_s) + " after the night's start"
    flags = [name for bit, name in enumerate(_FLAGS) if epoch.flags & 1 << bit]
    yield line("epoch", "%d, from %s" % (epoch.index, when))
    yield line("flags", listed(flags))
    yield line("heart rate", rate(epoch.rate_dbpm, epoch.quality))
    yield line("beats", "%d, swing %d per mille" % (epoch.beats, epoch.perfusion_pm))
    yield line("variability", _tenths("RMSSD %d.%d ms", epoch.rmssd_dms))
    yield line("breathing", _tenths("%d.%d /min", epoch.breaths_dpm))
    moved = "unknown" if epoch.flags & records.NO_MOTION_SENSOR else "%d counts" % epoch.counts
    yield line("motion", moved)
    yield from _of_room(epoch, records)
    yield line("score", _score(score, records) if score else "none yet")


def _of_room(epoch, records):
    is_dark = epoch.flags & records.NO_LIGHT
    yield line("light", "unknown" if is_dark else light(epoch.light_mlx))
    warmth = climate(epoch.temperature_cdeg, epoch.humidity_pct)
    yield line("climate", "unknown" if epoch.flags & records.NO_CLIMATE else warmth)
    sound = "%s, loudest %s" % (level(epoch.level_ddb), level(epoch.loudest_ddb))
    yield line("sound", "unknown" if epoch.flags & records.NO_SOUND else sound)


def _score(score, records):
    return "%s (wake %d/255)" % (records.STAGES[score.stage], score.p_wake)
