"""Nights under power cuts: batch by batch, and the end of one night with the begin of the next.

The epochs are made, at their true size and in their true order; the journal is the firmware's own.
"""

from deeds.deed import Deed, demand
from table import table

FOLDER = "/data"
_BEHIND = 10  # epochs that a score comes after its own


class Rtc:
    """RTC memory, as `machine.RTC` has it, of the table's puck."""

    def memory(self, data=None):
        """Read all of it, or replace it."""
        if data is None:
            return table.rtc_memory
        table.rtc_memory = bytes(data)


class Append(Deed):
    """Half of a night, batch by batch, with scores, and an event now and then."""

    _EPOCHS = 150

    def prepare(self):
        """One night that was ended, which must stay as it is."""
        night = open_night()
        fill(night, 12)
        end(night)
        self._first = content(1)

    def act(self):
        """Epochs and scores, each batch written when it is due."""
        self._told, self._sealed = [], 0
        night = open_night()
        for index in range(self._EPOCHS):
            self._told += add(night, index)
            if night.due():
                night.flush()
                self._sealed = len(self._told)

    def check(self):
        """Every record of each batch is there, in order, and the night goes on."""
        demand(content(1) == self._first, "the night before is another one")
        night = open_night()
        found = look(night)
        demand(found == self._told[: len(found)], "records that nobody told")
        demand(len(found) >= self._sealed, "batch", self._sealed, "found", len(found))
        goes_on(night)


class Rotation(Deed):
    """The last batch of a night, its end, and the first batches of the next one, for which the
    oldest of all that are kept makes room.
    """

    def prepare(self):
        """As many nights as are kept, the newest with its last batch not written yet."""
        from firmware.keep import journal

        self._last = journal.NIGHTS
        for _ in range(self._last - 1):
            night = open_night()
            fill(night, 4)
            end(night)
        self._before = fill(open_night(), 100)

    def act(self):
        """End it and begin the next."""
        self._is_ended, self._next = False, 0
        night = open_night()
        end(night)
        self._is_ended = True
        night = open_night()
        night.begin(0, 1)
        for index in range(30):
            add(night, index)
            if night.due():
                night.flush()
                self._next = index + 1

    def check(self):
        """The newest is whole, the next has what was written of it, and only the oldest is gone."""
        night = open_night()
        first, found = epochs_of(self._last), epochs_of(self._last + 1)
        demand(first == list(range(len(first))), "epochs", first)
        demand(len(first) >= (100 if self._is_ended else self._before), "lost epochs", first)
        demand(night.night == self._last + self._is_ended, "it is night", night.night)
        demand(found == list(range(len(found))) and len(found) >= self._next, "epochs", found)
        for number in range(2, self._last):
            demand(epochs_of(number) == list(range(4)), "night", number)
        demand(not (self._next and content(1)), "too many nights")
        goes_on(night)


class Full(Deed):
    """A flash that is full: nights make room for the one that runs, oldest first, and clips stay."""

    _CLIP = FOLDER + "/clips/voice.wav"

    def prepare(self):
        """Four old nights, a clip that fills what is left, and a night that has begun."""
        import os

        for _ in range(4):
            night = open_night()
            fill(night, 40)
            end(night)
        night = open_night()
        fill(night, 20)
        night.flush()
        os.mkdir(FOLDER + "/clips")
        self._clip_bytes = _fill_up(self._CLIP)

    def act(self):
        """Half an hour more, which has no room."""
        self._sealed = 20
        night = open_night()
        for index in range(20, 80):
            add(night, index)
            if night.due():
                night.flush()
                self._sealed = index + 1

    def check(self):
        """Whole nights are there or gone, the newest to the last, and the clip is as it was."""
        import os

        night = open_night()
        found = epochs_of(night.night)
        demand(found == list(range(len(found))) and len(found) >= self._sealed, "epochs", found)
        there = [number for number in range(1, 5) if content(number)]
        demand(there == list(range(5 - len(there), 5)) and there, "nights", there)
        for number in there:
            demand(epochs_of(number) == list(range(40)), "night", number)
        demand(os.stat(self._CLIP)[6] == self._clip_bytes, "the clip")
        goes_on(night)


def _fill_up(path):
    """Write until the flash is full; how long the file is."""
    import os

    free = os.statvfs(FOLDER)[3]
    block = b"\x55" * 4096
    with open(path, "wb") as file:
        for _ in range(free - 12):  # with the pointers between blocks
            file.write(block)
    number = 0
    while os.statvfs(FOLDER)[3]:
        with open("%s/rest%d" % (FOLDER, number), "wb") as file:
            file.write(block[:1000])
        number += 1
    return os.stat(path)[6]


def open_night():
    """The night that runs, or else a new one."""
    from firmware.keep import journal

    return journal.open_night(FOLDER, Rtc())[0]


def fill(night, epochs: int) -> int:
    """Epochs of a night; how many of them are written."""
    written = 0
    for index in range(epochs):
        add(night, index)
        if night.due():
            night.flush()
            written = index + 1
    return written


def end(night) -> None:
    """End the night, as the puck does."""
    from firmware import records

    night.end_run()
    night.append(records.EVENT.pack(0, records.STOP, 0, 0))
    night.flush()


def add(night, index: int) -> list:
    """Append an epoch, and what comes with it; the records told, but for scores."""
    from firmware import records

    told = [epoch(index)]
    if index % 12 == 5:
        told.append(records.EVENT.pack(index * 30000, records.PRESSED, 9, index))
    for record in told:
        night.append(record)
    if index >= _BEHIND:
        night.score(score(index - _BEHIND))
    return told


def epoch(index: int) -> bytes:
    """A made epoch."""
    from firmware import records

    room = 60, 70, 40, -150, 45, 312, 377
    return records.EPOCH.pack(index, 0, 90, 600 + index % 50, 30, 9, index % 7, 350, 140, *room)


def score(index: int):
    """A made score."""
    from firmware import records

    return records.SCORE.tuple(index, records.LIGHT, 25, 200, 20, 10)


def look(night) -> list:
    """The records of a night but for scores and seals; each seal holds and scores are in order."""
    from firmware import records
    from firmware.keep import journal

    rows = list(night.replay())
    demand(not [1 for kind, _ in rows if not kind], "damage in the file")
    demand(not journal.broken_seals(rows), "a seal is broken")
    scores = [row.index for kind, r in rows if kind is records.SCORE for row in kind.rows(r)]
    demand(scores == list(range(len(scores))), "scores", scores)
    return [bytes(r) for kind, r in rows if kind not in (records.SCORE, records.SEAL)]


def goes_on(night) -> None:
    """It takes a batch more, which is there afterwards."""
    before = look(night)
    more = epoch(999)
    night.append(more)
    night.flush()
    demand(look(night) == before + [more], "it does not go on")


def content(number: int) -> bytes:
    """The file of a night; b"" if there is none."""
    try:
        with open("%s/%05d.night" % (FOLDER, number), "rb") as file:
            return file.read()
    except OSError:
        return b""


def epochs_of(number: int) -> list:
    """Indices of a night's epochs, as its file has them."""
    from firmware import records
    from firmware.keep import journal

    rows = journal.parse((content(number),))
    return [records.EPOCH.unpack(r).index for kind, r in rows if kind is records.EPOCH]
