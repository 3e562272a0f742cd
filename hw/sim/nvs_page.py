"""A page of ESP-IDF's NVS on the flash: 126 entries of 32 bytes, each empty, written or erased.

Layout, order of writes and what is mended at power-on are nvs_page.cpp's (ESP-IDF v5), so that
whatever power can cut there it can cut here. Names are those of its documentation.
"""

from binascii import crc32
from struct import pack, pack_into, unpack_from

PAGE_BYTES = 4096
ENTRY_BYTES = 32
ENTRIES = 126
CHUNK_BYTES = ENTRY_BYTES * (ENTRIES - 1)  # of a blob, that a page holds
ANY = 0xFF  # the chunk of what has none; as a type, any

UNINITIALIZED, ACTIVE, FULL, FREEING = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFC, 0xFFFFFFF8
CORRUPT = 0xFFFFFFF0
U8, I32, TEXT, BLOB, BLOB_DATA, BLOB_IDX = 0x01, 0x14, 0x21, 0x41, 0x42, 0x48
_OF_ANY_LENGTH = (TEXT, BLOB, BLOB_DATA)

_ERASED, _ILLEGAL, _WRITTEN, _EMPTY = range(4)  # states of an entry, two bits each
_VERSION = 0xFE  # version 2, that of blobs in chunks; they count downwards
_HEAD = "<IIB19sI"  # state, sequence number, version, reserved, CRC of all but the state
_TABLE_AT = 32
_ENTRIES_AT = 64
_ENTRY = "<BBBBI16s8s"  # namespace, type, span, chunk, CRC, key, data
_NEW_VERSION = -0x1110
_KEY_TOO_LONG = -0x1109
_MOST_KEY = 15


class Item:
    """The first entry of something: its fields by their names."""

    def __init__(self, raw: bytes):
        fields = unpack_from(_ENTRY, raw)
        self.namespace, self.type, self.span, self.chunk, crc, key, self.data = fields
        self.is_whole = crc == _crc(raw)
        self.name = key.split(b"\0")[0]
        self.key = self.namespace, self.name, self.chunk  # by which it is found


class Page:
    """Page `number` of a partition. `where`: {(namespace, name, chunk): [entries]}."""

    def __init__(self, partition, number: int):
        self._partition, self.number = partition, number
        self._blank()
        self._load()

    def _blank(self):
        self.state, self.sequence = UNINITIALIZED, -1
        self._table = bytearray(b"\xff" * ENTRY_BYTES)
        self.where = {}
        self._next = 0

    # -- what is looked for

    def used(self) -> int:
        """Entries that are written."""
        return sum([self._state_of(i) == _WRITTEN for i in range(ENTRIES)])

    def find(self, namespace: int, kind: int, name: bytes, chunk: int = ANY) -> int:
        """The first entry of an item; -1 if there is none of that type."""
        for i in self.where.get((namespace, name, chunk), ()):
            found = self._item(i).type
            return i if kind in (ANY, found) else -1
        return -1

    def items(self):
        """Yield (entry, item) of each that is written, oldest first."""
        i = 0
        while i < self._next:
            item = self._item(i) if self._state_of(i) == _WRITTEN else None
            if item and item.is_whole:
                yield i, item
            i += item.span if item and item.is_whole and item.type in _OF_ANY_LENGTH else 1

    def content(self, at: int) -> bytes:
        """What an item holds, by its own CRC; b"" of one whose content is rotten, which it erases."""
        item = self._item(at)
        if item.type not in _OF_ANY_LENGTH:
            return item.data
        length, _, crc = unpack_from("<HHI", item.data)
        data = b"".join([self._entry(at + i) for i in range(1, item.span)])[:length]
        if crc32(data, 0xFFFFFFFF) == crc:
            return data
        self.erase_item(at)
        return b""

    def room(self) -> int:
        """Bytes that a chunk written here may have."""
        if self.state == UNINITIALIZED:
            return CHUNK_BYTES
        if self.state == FULL:
            return 0
        return max(0, ENTRIES - self._next - 1) * ENTRY_BYTES

    # -- what is written

    def write(self, namespace: int, kind: int, name: bytes, data: bytes, chunk: int = ANY) -> bool:
        """Add an item; False if the page has no room. OSError if the key is too long."""
        if len(name) > _MOST_KEY:
            raise OSError(_KEY_TOO_LONG)
        if self.state == UNINITIALIZED:
            self._initialize()
        length = len(data)
        behind = -(-length // ENTRY_BYTES) if kind in _OF_ANY_LENGTH else 0
        if self.state == FULL or self._next + 1 + behind > ENTRIES:
            return False
        if kind in _OF_ANY_LENGTH:
            head = pack("<HHI", length, 0xFFFF, crc32(data, 0xFFFFFFFF))
        else:
            head = (data + b"\xff" * 8)[:8]
        self.where.setdefault((namespace, name, chunk), []).append(self._next)
        self._write_entry(_packed(namespace, kind, 1 + behind, chunk, name, head))
        if behind:
            self._write_data(data)
        return True

    def erase_item(self, at: int) -> None:
        """Mark all entries of an item as erased; only its first if its head is rotten."""
        span = 1
        if self._state_of(at) == _WRITTEN:
            item = self._item(at)
            span = item.span if item.is_whole else 1
        for places in self.where.values():
            if at in places:
                places.remove(at)
        self._alter(at, at + span, _ERASED)
        self._next = max(self._next, at + span)

    def mark(self, state: int) -> None:
        """FULL, or FREEING."""
        self._program(0, pack("<I", state))
        self.state = state

    def copy_to(self, other) -> None:
        """Write all that is written here into another page."""
        if other.state == UNINITIALIZED and self.used():
            other._initialize()
        for at, item in list(self.items()):
            other.where.setdefault(item.key, []).append(other._next)
            for i in range(item.span):
                other._write_entry(self._entry(at + i))

    def erase(self) -> None:
        """Erase the sector."""
        self._partition.ioctl(6, self.number)
        self._blank()

    def _initialize(self):
        head = pack("<IB19s", self.sequence, _VERSION, b"\xff" * 19)
        crc = pack("<I", crc32(head, 0xFFFFFFFF))
        self._program(0, pack("<I", ACTIVE) + head + crc)
        self.state, self._next = ACTIVE, 0

    def _write_data(self, data):
        """Whole entries at once, then the rest with the head's bytes behind it, as in IDF."""
        whole = len(data) // ENTRY_BYTES
        if whole:
            self._program(_ENTRIES_AT + self._next * ENTRY_BYTES, data[: whole * ENTRY_BYTES])
            self._alter(self._next, self._next + whole, _WRITTEN)
            self._next += whole
        rest = data[whole * ENTRY_BYTES :]
        if rest:
            self._write_entry(rest + b"\xff" * (ENTRY_BYTES - len(rest)))

    def _write_entry(self, raw):
        self._program(_ENTRIES_AT + self._next * ENTRY_BYTES, raw)
        self._alter(self._next, self._next + 1, _WRITTEN)
        self._next += 1

    # -- what is read at power-on, and mended

    def _load(self):
        raw = self._read(0, PAGE_BYTES)
        state, sequence, version, _, crc = unpack_from(_HEAD, raw)
        if state == UNINITIALIZED:
            self.state = UNINITIALIZED if raw == b"\xff" * PAGE_BYTES else CORRUPT
        elif crc32(raw[4:28], 0xFFFFFFFF) != crc or state not in (ACTIVE, FULL, FREEING):
            self.state = CORRUPT
        elif version < _VERSION:
            raise OSError(_NEW_VERSION)
        else:
            self.state, self.sequence = state, sequence
            self._table = bytearray(raw[_TABLE_AT:_ENTRIES_AT])
            self._find_end()
            self._mend()

    def _find_end(self):
        """Where the next entry is written. What was written there without being marked, because
        power was lost in between, is erased.
        """
        self._next = ENTRIES
        if self.state != ACTIVE:
            return
        empty = [i for i in range(ENTRIES) if self._state_of(i) == _EMPTY]
        self._next = empty[0] if empty else ENTRIES
        while self._next < ENTRIES and self._entry(self._next)[:4] != b"\xff\xff\xff\xff":
            self._alter(self._next, self._next + 1, _ERASED)
            self._next += 1

    def _mend(self):
        """Index the items. Those that are rotten, not written to their end or written twice are
        erased: of two the older one.
        """
        i = 0
        while i < self._next:
            i += self._take(i)

    def _take(self, i):
        """Index what begins at entry `i`; how many entries that are."""
        state = self._state_of(i)
        if state == _ERASED or (state == _EMPTY and self.state != ACTIVE):
            return 1
        item = self._item(i)
        if state == _ILLEGAL or not item.is_whole:
            self.erase_item(i)
            return 1
        places = self.where.setdefault(item.key, [])
        span = item.span if item.type in _OF_ANY_LENGTH else 1
        if [j for j in range(i, i + span) if j >= ENTRIES or self._state_of(j) != _WRITTEN]:
            self.erase_item(i)
            return span
        places.append(i)
        if self.state == ACTIVE and len(places) > 1:
            self.erase_item(places[0])
        return span

    # -- entries, states, bytes

    def _item(self, i):
        return Item(self._entry(i))

    def _entry(self, i):
        return self._read(_ENTRIES_AT + i * ENTRY_BYTES, ENTRY_BYTES)

    def _state_of(self, i):
        return self._table[i // 4] >> i % 4 * 2 & 3

    def _alter(self, begin, end, state):
        """Set the states of entries, word by word from the last one down."""
        last = None
        for i in range(end - 1, begin - 1, -1):
            if last is not None and i // 16 != last:
                self._program_states(last)
            last = i // 16
            shift = i % 4 * 2
            self._table[i // 4] = self._table[i // 4] & ~(3 << shift) | state << shift
        self._program_states(last)

    def _program_states(self, word):
        self._program(_TABLE_AT + word * 4, self._table[word * 4 : word * 4 + 4])

    def _read(self, at, length):
        raw = bytearray(length)
        self._partition.readblocks(self.number, raw, at)
        return bytes(raw)

    def _program(self, at, data):
        self._partition.writeblocks(self.number, data, at)


def _packed(namespace, kind, span, chunk, name, data):
    raw = bytearray(ENTRY_BYTES)
    key = name + bytes(16 - len(name))
    pack_into(_ENTRY, raw, 0, namespace, kind, span, chunk, 0, key, data)
    pack_into("<I", raw, 4, _crc(raw))
    return bytes(raw)


def _crc(raw):
    return crc32(raw[8:], crc32(raw[:4], 0xFFFFFFFF))
