"""The journal: one append-only file a night, and its unwritten tail in RTC memory.

The file's bytes followed by the tail's are the night: records, each with its CRC,
in batches closed by a seal that chains them. A batch is written at once, because
every append to littlefs copies what the file's last block holds. Where there is no room for one
the oldest night goes, and nothing else. Nothing half-written is believed, and no record is ever
changed.
"""

import os
import sys
from hashlib import sha256
from struct import pack_into, unpack_from

from micropython import const

from firmware import records

# Nine epochs and the one being measured are five minutes: the most that a power cut
# may cost.
BATCH_EPOCHS = const(9)

_TAIL_BYTES = const(2048)  # the RTC memory of an ESP32
_TAIL_HEAD = "<4sHIHH"  # magic, night, length of the file below, length of the tail, CRC
_TAIL_HEAD_BYTES = const(14)
_MAGIC = b"SST1"
_FIRST_SEAL = bytes(12)
_BLOCK_BYTES = const(4096)  # littlefs's, as hw/storage.py has it
_POINTER_BYTES = const(4)
_BARE_BATCH = records.SCORE.head_bytes + records.SEAL.bytes  # without epochs and their scores
_GROWTH = records.EPOCH.bytes + records.SCORE.each_bytes  # what an epoch adds to it
_LEAST_BATCH = _BARE_BATCH + _GROWTH
_WHOLE_BATCH = _BARE_BATCH + BATCH_EPOCHS * _GROWTH
_SUFFIX = ".night"
_CHUNK_BYTES = const(2048)
_FULL_BYTES = const(1536)  # of the tail: the rest takes what happens until a good moment


class Journal:
    """The journal of night number `night` in `folder`. `rtc` has MicroPython's `RTC.memory`.

    What is appended survives a reset at once, and a power cut after `flush`. Scores wait in
    RAM for the rest of their run: after a reset the epochs give them again.
    """

    def __init__(self, folder: str, rtc, night: int):
        self.night = night
        self._folder = folder
        self.path = path(folder, night)
        self.dropped: list = []  # nights that made room, and that nobody has told of yet
        self._rtc = rtc
        self._image = bytearray(_TAIL_BYTES)  # what RTC memory holds, or should
        self._view = memoryview(self._image)
        self._end = _TAIL_HEAD_BYTES
        self._written = 0
        self._seal = _FIRST_SEAL
        self._epochs = 0
        self._scores: list = []  # that are in no record yet

    def begin(self, start_s: int, rules: int) -> tuple:
        """Write its first record, and return it: see `records.NIGHT`. The
        oldest nights go, if there are too many: see space.py.
        """
        self._make_room()
        begun = records.NIGHT.of(records.VERSION, self.night, start_s, rules)
        self.append(records.NIGHT.pack(*begun))
        return begun

    def append(self, record: bytes) -> None:
        """Add a packed record. OSError if the tail is full and cannot be written."""
        if self._end + len(record) > _TAIL_BYTES:
            self.flush()
        self._push(record)
        self._remember()

    def score(self, score) -> None:
        """Add the score of the epoch after the last one's. OSError as `append`."""
        if len(self._scores) == records.RUN:
            self._scores.pop(0)  # they could not be written, and a record holds no more
        self._scores.append(score)
        if len(self._scores) == records.RUN:
            self.end_run()

    def end_run(self) -> None:
        """Let no score wait any longer. OSError as `append`."""
        scores, run = self._scores, self._run()
        if not run:
            return
        self._scores = []
        try:
            self.append(run)
        except OSError:
            self._scores = scores
            raise

    def due(self) -> bool:
        """True when the batch is to be written: enough epochs wait, the tail is nearly full, or
        whole batches from here on will just fill the file's last block.

        So the short batch is a block's first one, where there is little to copy, and the last
        one leaves hardly anything in the next block.
        """
        if self._epochs >= BATCH_EPOCHS or self.is_filling():
            return True
        waiting = self._end - _TAIL_HEAD_BYTES + len(self._run()) + records.SEAL.bytes
        past = self._written + waiting - block_end(self._written)
        return past % _WHOLE_BATCH < _LEAST_BATCH

    def is_filling(self) -> bool:
        """True when the tail is nearly full: soon an `append` would have to write it."""
        return self._end >= _FULL_BYTES

    def flush(self) -> None:
        """Seal the batch and write it; the oldest nights make room if there is none. OSError if
        the file system refuses: nothing is lost.
        """
        while True:
            try:
                return self._write()
            except OSError as error:
                if not self._make_room(error):
                    raise

    def _write(self):
        batch, run = self._view[_TAIL_HEAD_BYTES : self._end], self._run()
        if not len(batch) and not run:
            return
        digest = sha256(self._seal)
        digest.update(batch)
        digest.update(run)
        seal = digest.digest()[: len(_FIRST_SEAL)]
        record = records.SEAL.pack(seal)
        with open(self.path, "ab") as file:
            file.write(batch)
            file.write(run)
            file.write(record)
        self._seal = seal
        self._written += len(batch) + len(run) + len(record)
        self._end = _TAIL_HEAD_BYTES
        self._epochs = 0
        self._scores.clear()
        self._remember()

    def _make_room(self, error=None):
        """Let old nights go; whether any has."""
        from firmware.keep import space

        gone = space.make(self._folder, self.night, error)
        del sys.modules[space.__name__], sys.modules["firmware.keep"].space
        self.dropped += gone
        return gone

    def recover(self) -> bool:
        """Take up the night from file and RTC memory; True if it was begun and not ended."""
        last = None
        for kind, record in self._file():
            self._written += len(record)
            if kind is records.SEAL:
                self._seal = kind.unpack(record).digest
            elif kind:
                last = record
        for kind, record in parse((self._own_tail(),)):
            if kind:
                self._push(record)
                last = record
        self.is_begun = self._written or last
        return last is not None and not _stops(last)

    def replay(self):  # noqa: ANN201 (MicroPython has no typing)
        """Yield (layout, whole record) of the night so far; (None, bytes) for damage.

        The night may go on between two steps: what is added meanwhile is not seen.
        """
        tail = bytes(self._view[_TAIL_HEAD_BYTES : self._end]) + self._run()
        yield from self._file(self._written)
        yield from parse((tail,))

    def live_again(self, live, *listeners) -> tuple:
        """Put the night so far through `live`, a new score, and let `listeners`, new ones that
        `take` records and `hear` scores, have it all: (its wall time of start or 0, its last epoch
        or -1, the scores that no record holds).
        """
        start_s, last = 0, -1
        unwritten: list = []
        for kind, record in self.replay():
            if kind is records.SCORE:
                written = kind.rows(record)[-1].index
                unwritten = [score for score in unwritten if score.index > written]
            elif kind:
                fields = kind.unpack(record)
                for listener in listeners:
                    listener.take(kind, fields)
                if kind is records.NIGHT:
                    start_s = fields.start_s
                elif kind is records.EPOCH:
                    last = fields.index
                    for score in live.step(fields):
                        for listener in listeners:
                            listener.hear(score)
                        unwritten.append(score)
        return start_s, last, unwritten

    def _file(self, end=None):
        if self.night in nights(self._folder):  # else no batch of it has been written yet
            yield from parse(_chunks(self.path, end))

    def _run(self):
        """The record of the scores that wait, or b""."""
        return records.SCORE.pack(*self._scores) if self._scores else b""

    def _push(self, record):
        end = self._end + len(record)
        self._image[self._end : end] = record
        self._end = end
        self._epochs += record[0] == records.EPOCH.type

    def _remember(self):
        tail = self._end - _TAIL_HEAD_BYTES
        pack_into(_TAIL_HEAD, self._image, 0, _MAGIC, self.night, self._written, tail, 0)
        crc = records.checksum(self._view[: _TAIL_HEAD_BYTES - 2])
        pack_into("<H", self._image, _TAIL_HEAD_BYTES - 2, crc)
        self._rtc.memory(self._view[: self._end])

    def _own_tail(self):
        """What RTC memory holds of this night past the bytes that are in the file."""
        night, written, tail = _remembered(self._rtc.memory())
        if night != self.night or written > self._written:
            return b""
        return tail[self._written - written :]


def open_night(folder: str, rtc) -> tuple:
    """(journal, True) of the night that was not ended, or (journal, False) of a new one."""
    last = max([0] + nights(folder) + [_remembered(rtc.memory())[0]])
    if last and not _is_of_others(folder, rtc, last):
        journal = Journal(folder, rtc, last)
        if journal.recover():
            return journal, True
        if not journal.is_begun:  # power was lost when its file had just been made
            return journal, False
        _finish(journal)
    return Journal(folder, rtc, last + 1), False


def _is_of_others(folder, rtc, last):
    """Whether a firmware with other records has begun that night, before an update or its end:
    then it stays as it is, and what it has not written yet is written for it, unread.
    """
    night, written, tail = _remembered(rtc.memory())
    its = path(folder, last)
    head = next(_chunks(its, None), b"") if last in nights(folder) else tail
    is_begun = records.whole(head, 0) is records.NIGHT  # whose layout is for ever
    if not is_begun or head[records.HEAD_BYTES] == records.VERSION:
        return False
    if night == last:
        try:
            with open(its, "ab") as file:
                file.write(tail[file.seek(0, 2) - written :])
        except OSError as error:
            _tell_lost(error, last)
    return True


def _finish(journal):
    """Write the end of a night that a reset kept from its file: the next one takes its tail."""
    try:
        journal.flush()
    except OSError as error:
        _tell_lost(error, journal.night)


def _tell_lost(error, night):
    print("journal: %s; the end of night %d is lost" % (error, night))


def path(folder: str, night: int) -> str:
    """Where a night's file lies."""
    return "%s/%05d%s" % (folder, night, _SUFFIX)


def last_night(folder: str, rtc) -> "Journal | None":
    """The newest night in `folder`, ended or not, to be read; None if there is none."""
    kept = nights(folder)
    if not kept:
        return None
    night = Journal(folder, rtc, max(kept))
    night.recover()
    return night


def nights(folder: str) -> list:
    """The numbers of the nights in `folder`."""
    return [int(name[: -len(_SUFFIX)]) for name in os.listdir(folder) if name.endswith(_SUFFIX)]


def parse(chunks):  # noqa: ANN201 (MicroPython has no typing)
    """Yield (layout, whole record) from an iterable of bytes; (None, bytes) for damage."""
    rest = b""
    for chunk in chunks:
        rest += chunk
        at = 0
        while len(rest) - at >= records.LONGEST:
            kind = records.whole(rest, at)
            end = at + (records.length(rest, at) if kind else 1)
            yield kind, rest[at:end]
            at = end
        rest = rest[at:]
    while rest:
        kind = records.whole(rest, 0)
        end = records.length(rest, 0) if kind else 1
        yield kind, rest[:end]
        rest = rest[end:]


def block_end(size: int) -> int:
    """How long a file of littlefs is when it fills the block that its byte `size` lies in.

    Block n > 0 begins with a pointer for each power of two that divides n (littlefs, DESIGN.md,
    "CTZ skip-lists").
    """
    end, n = _BLOCK_BYTES, 0
    while end <= size:
        n += 1
        end += _BLOCK_BYTES
        power = 1
        while n % power == 0:
            end -= _POINTER_BYTES
            power *= 2
    return end


class Seals:
    """Counts the seals of a night, and those that do not follow from what is before them."""

    def __init__(self):
        self.seals = self.broken = 0
        self._digest = sha256(_FIRST_SEAL)

    def look(self, kind, record) -> None:
        """Take the next (layout, record) of the night."""
        if kind is not records.SEAL:
            self._digest.update(record)
            return
        claimed = kind.unpack(record).digest
        self.seals += 1
        self.broken += self._digest.digest()[: len(claimed)] != claimed
        self._digest = sha256(claimed)


def broken_seals(parsed) -> int:
    """How many seals, of the (layout, record)s of a night, do not follow from what is before."""
    seals = Seals()
    for kind, record in parsed:
        seals.look(kind, record)
    return seals.broken


def _stops(record):
    """True for the event that ends a night."""
    if record[0] != records.EVENT.type:
        return False
    return records.EVENT.unpack(record).kind == records.STOP


def _remembered(memory):
    """(night, length of its file, tail) as RTC memory has it; (0, 0, b"") if it has none."""
    if len(memory) >= _TAIL_HEAD_BYTES:
        magic, night, written, length, crc = unpack_from(_TAIL_HEAD, memory, 0)
        if magic == _MAGIC and crc == records.checksum(memory[: _TAIL_HEAD_BYTES - 2]):
            return night, written, memory[_TAIL_HEAD_BYTES : _TAIL_HEAD_BYTES + length]
    return 0, 0, b""


def _chunks(path, end):
    """The file's bytes, up to `end` if that is given. It is opened for each chunk: a file that
    stays open must not be appended to, and whoever reads may take his time.
    """
    at = 0
    while end is None or at < end:
        with open(path, "rb") as file:
            file.seek(at)
            chunk = file.read(_CHUNK_BYTES if end is None else min(_CHUNK_BYTES, end - at))
        if not chunk:
            return
        yield chunk
        at += len(chunk)
