"""The journal: one append-only file a night, and its unwritten tail in RTC memory.

The file's bytes followed by the tail's are the night: records, each with its CRC,
in batches closed by a seal that chains them. A batch is written at once, because
every append to littlefs copies a flash block. Nothing half-written is believed,
and no record is ever changed.
"""

import os
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
_SEAL_BYTES = const(16)
_SUFFIX = ".night"


class Journal:
    """The journal of one night. `rtc` has MicroPython's `RTC.memory`; `folder` exists.

    `open_night` makes one. `append` is safe against resets at once, and against
    power cuts after `flush`.
    """

    def __init__(self, folder: str, rtc, night: int):
        self.night = night
        self.path = "%s/%05d%s" % (folder, night, _SUFFIX)
        self._rtc = rtc
        self._image = bytearray(_TAIL_BYTES)  # what RTC memory holds, or should
        self._view = memoryview(self._image)
        self._end = _TAIL_HEAD_BYTES
        self._written = 0
        self._seal = bytes(12)
        self._epochs = 0

    def append(self, record: bytes) -> None:
        """Add a packed record; a full tail is flushed first."""
        if self._end + len(record) > _TAIL_BYTES:
            self.flush()
        self._push(record)
        self._remember()

    def due(self) -> bool:
        """True when enough epochs wait to be written."""
        return self._epochs >= BATCH_EPOCHS

    def flush(self) -> None:
        """Seal the batch and write it. OSError if the file system refuses: nothing is lost."""
        batch = self._view[_TAIL_HEAD_BYTES : self._end]
        if not len(batch):
            return
        seal = link(self._seal, batch)
        with open(self.path, "ab") as file:
            file.write(batch)
            file.write(records.SEAL.pack(seal))
        self._seal = seal
        self._written += len(batch) + _SEAL_BYTES
        self._end = _TAIL_HEAD_BYTES
        self._epochs = 0
        self._remember()

    def recover(self) -> bytes:
        """All bytes of the night so far, from the file and a tail that belongs to it."""
        content = _read(self.path)
        tail = self._tail(len(content))
        self._written = len(content)
        self._seal = _last_seal(content)
        for kind, at in parse(tail):
            if kind:
                self._push(tail[at - 2 : at + kind.length + 2])
        return content + bytes(self._view[_TAIL_HEAD_BYTES : self._end])

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

    def _tail(self, written):
        """What RTC memory holds past the first `written` bytes of this night."""
        head, body = _split_tail(self._rtc.memory())
        if head is None or head[1] != self.night or head[2] > written:
            return b""
        return body[written - head[2] :]


def link(seal: bytes, batch) -> bytes:
    """The seal that follows `seal` over the bytes of a batch: 12 bytes of SHA-256."""
    digest = sha256(seal)
    digest.update(batch)
    return digest.digest()[:12]


def parse(content):
    """Yield (layout, offset of the payload) of every whole record, (None, bytes) of damage."""
    at = 0
    damage = 0
    while at < len(content):
        kind = records.whole(content, at)
        if kind is None:
            damage += 1
            at += 1
            continue
        if damage:
            yield None, damage
            damage = 0
        yield kind, at + records.HEAD_BYTES
        at += kind.length + records.HEAD_BYTES + records.CRC_BYTES
    if damage:
        yield None, damage


def broken_links(content) -> list:
    """Offsets of the seals of `content` that do not follow from the bytes before them."""
    seal = bytes(12)
    start = 0
    broken = []
    for kind, at in parse(content):
        if kind is records.SEAL:
            claimed = kind.unpack(content, at).digest
            if claimed != link(seal, content[start : at - records.HEAD_BYTES]):
                broken.append(at)
            seal = claimed
            start = at + kind.length + records.CRC_BYTES
    return broken


def nights(folder: str) -> list:
    """The numbers of the nights in `folder`, oldest first."""
    return sorted([int(name[:5]) for name in os.listdir(folder) if name.endswith(_SUFFIX)])


def open_night(folder: str, rtc) -> tuple:
    """(journal, its content so far) of the night that was not ended, else of a new one."""
    known = nights(folder)
    head, _ = _split_tail(rtc.memory())
    last = max(known[-1] if known else 0, head[1] if head else 0)
    if last:
        journal = Journal(folder, rtc, last)
        content = journal.recover()
        if content and not _ended(content):
            return journal, content
    return Journal(folder, rtc, last + 1), b""


def _ended(content):
    """True if nothing but a seal follows the event that stops a night."""
    last = None
    for kind, at in parse(content):
        if kind and kind is not records.SEAL:
            last = kind.unpack(content, at)
    return isinstance(last, records.EVENT.tuple) and last.kind == records.STOP


def _last_seal(content):
    seal = bytes(12)
    for kind, at in parse(content):
        if kind is records.SEAL:
            seal = kind.unpack(content, at).digest
    return seal


def _split_tail(memory):
    """(head, tail) of an image of RTC memory; (None, b"") if it is no such image."""
    if len(memory) < _TAIL_HEAD_BYTES:
        return None, b""
    head = unpack_from(_TAIL_HEAD, memory, 0)
    if head[0] != _MAGIC or head[4] != records.checksum(memory[: _TAIL_HEAD_BYTES - 2]):
        return None, b""
    return head, memory[_TAIL_HEAD_BYTES : _TAIL_HEAD_BYTES + head[3]]


def _read(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:  # no batch of this night has been written yet
        return b""
