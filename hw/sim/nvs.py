"""ESP-IDF's NVS on the simulated puck's flash: namespaces, numbers, and blobs in chunks.

What is written in which order, how a page is freed, and what is mended at power-on are
nvs_storage.cpp's and nvs_pagemanager.cpp's (ESP-IDF v5). Strings, encryption and integers of other
sizes than the firmware uses are not here.
"""

from struct import pack, unpack_from

from nvs_page import (
    ACTIVE,
    ANY,
    BLOB_DATA,
    BLOB_IDX,
    CHUNK_BYTES,
    CORRUPT,
    ENTRIES,
    ENTRY_BYTES,
    FREEING,
    FULL,
    U8,
    UNINITIALIZED,
    Page,
)

NOT_FOUND, NOT_ENOUGH_SPACE, INVALID_LENGTH = -0x1102, -0x1105, -0x110C
_NO_FREE_PAGES, _NEW_VERSION, _VALUE_TOO_LONG, _FAIL = -0x110D, -0x1110, -0x110E, -1
_NAMES = 0  # the namespace of namespaces
_VERSIONS = 0, 0x80  # of a blob: where its chunks count from


class Storage:
    """All that a partition holds. `partition`: blocks of 4 KiB, as the port's `Partition`."""

    def __init__(self, partition):
        self._partition = partition
        try:
            self._load()
        except OSError as error:  # as MicroPython's main.c does
            if error.args[0] not in (_NO_FREE_PAGES, _NEW_VERSION):
                raise
            for number in range(self._count()):
                partition.ioctl(6, number)
            self._load()

    def namespace(self, name: bytes) -> int:
        """The number of a namespace, which is made if it is not there."""
        numbers = {}
        for page in self._pages:
            for at, item in page.items():
                if item.namespace == _NAMES and item.type == U8:
                    numbers[item.name] = page.content(at)[0]
        if name not in numbers:
            number = min([i for i in range(1, 255) if i not in numbers.values()])
            self.write(_NAMES, U8, name, bytes((number,)))
            return number
        return numbers[name]

    def write(self, space: int, kind: int, name: bytes, data: bytes) -> None:
        """Keep an integer, or what else fits into an entry; OSError if there is no room."""
        page, at = self._find(space, ANY, name)
        if page and page.find(space, kind, name) == at and page.content(at)[: len(data)] == data:
            return
        if not self._pages[-1].write(space, kind, name, data):
            self._turn_page()
            if not self._pages[-1].write(space, kind, name, data):
                raise OSError(NOT_ENOUGH_SPACE)
        if page:
            if page.state == UNINITIALIZED:  # it was freed, what it held lies elsewhere
                page, at = self._find(space, ANY, name)
            page.erase_item(page.find(space, ANY, name))

    def read(self, space: int, kind: int, name: bytes) -> bytes:
        """The 8 bytes of an entry. OSError if there is none of that type."""
        page, at = self._find(space, kind, name)
        if not page:
            raise OSError(NOT_FOUND)
        return page.content(at)

    def write_blob(self, space: int, name: bytes, data: bytes) -> None:
        """Keep bytes, as chunks and their index; OSError if there is no room."""
        if len(data) > (self._count() - 1) * CHUNK_BYTES:
            raise OSError(_VALUE_TOO_LONG)
        page, at = self._find(space, BLOB_IDX, name)
        version = _VERSIONS[0]
        if page:
            if self._same(space, name, data):
                return
            old = _index(page.content(at))[2]
            version = _VERSIONS[old == _VERSIONS[0]]
        else:
            other, at = self._find(space, ANY, name)
        self._write_chunks(space, name, data, version)
        if page:
            self._erase_blob(space, name, old)
        elif other:
            other, at = self._find(space, ANY, name)
            other.erase_item(at)

    def read_blob(self, space: int, name: bytes) -> bytes:
        """All of a blob. OSError if there is none, or it is rotten."""
        page, at = self._find(space, BLOB_IDX, name)
        if not page:
            raise OSError(NOT_FOUND)
        length, count, version = _index(page.content(at))
        data = b""
        for chunk in range(version, version + count):
            page, at = self._find(space, BLOB_DATA, name, chunk)
            found = page.content(at) if page else b""
            if page and not found and length:
                raise OSError(NOT_FOUND)  # it was rotten, and is erased now
            data += found
        if len(data) != length:
            raise OSError(_FAIL)
        return data

    def erase(self, space: int, name: bytes) -> None:
        """Forget what lies under a name. OSError if there is nothing."""
        page, at = self._find(space, ANY, name)
        if not page:
            raise OSError(NOT_FOUND)
        if page.find(space, BLOB_IDX, name) == at:
            self._erase_blob(space, name, _index(page.content(at))[2])
        else:
            page.erase_item(at)

    # -- blobs

    def _write_chunks(self, space, name, data, version):
        """Chunk by chunk, as much as each page holds, and the index when all are there."""
        done, chunks, last = 0, [], None
        while True:
            page = self._pages[-1]
            room = page.room()
            if not chunks and room < min(len(data), CHUNK_BYTES // 10) and page is not last:
                last = self._turn_page()
                continue
            if not room:
                break
            chunk = data[done : done + room]
            page.write(space, BLOB_DATA, name, chunk, version + len(chunks))
            chunks.append(page)
            done += len(chunk)
            if done < len(data) or room - len(chunk) < ENTRY_BYTES:
                try:
                    self._turn_page()
                except OSError:
                    break
            if done == len(data):
                index = pack("<IBBH", len(data), len(chunks), version, 0xFFFF)
                self._pages[-1].write(space, BLOB_IDX, name, index)
                return
        for number in range(len(chunks)):
            page, at = self._find(space, BLOB_DATA, name, version + number)
            if page:
                page.erase_item(at)
        raise OSError(NOT_ENOUGH_SPACE)

    def _erase_blob(self, space, name, version):
        """First the index, so that no half of it is ever read, then the chunks."""
        for page in self._pages:
            for at in list(page.where.get((space, name, ANY), ())):
                length, count, its = _index(page.content(at))
                if its == version and page.find(space, BLOB_IDX, name) >= 0:
                    page.erase_item(at)
                    for chunk in range(version, version + count):
                        there, at = self._find(space, BLOB_DATA, name, chunk)
                        if there:
                            there.erase_item(at)
                    return

    def _same(self, space, name, data):
        try:
            return self.read_blob(space, name) == data
        except OSError:
            return False

    # -- pages

    def _find(self, space, kind, name, chunk=ANY):
        """(page, entry) of an item; (None, -1) if there is none."""
        for page in self._pages:
            at = page.find(space, kind, name, chunk)
            if at >= 0:
                return page, at
        return None, -1

    def _turn_page(self):
        """Write on another page: a free one while there are two, else what is left of the page
        that has most to forget is copied into the last free one.
        """
        if self._pages[-1].state != FULL:
            self._pages[-1].mark(FULL)
        if len(self._free) >= 2:
            return self._activate()
        most = max([ENTRIES - page.used() for page in self._pages])
        if not most or not self._free:
            raise OSError(NOT_ENOUGH_SPACE)
        old = [page for page in self._pages if ENTRIES - page.used() == most][0]
        old.mark(FREEING)
        self._free_page(old)
        return self._pages[-1]

    def _free_page(self, old):
        new = self._activate()
        old.copy_to(new)
        old.erase()
        self._pages.remove(old)
        self._free.append(old)

    def _activate(self):
        if not self._free:
            raise OSError(NOT_ENOUGH_SPACE)
        page = self._free.pop(0)
        if page.state == CORRUPT:
            page.erase()
        page.sequence = self._sequence
        self._sequence += 1
        self._pages.append(page)
        return page

    # -- at power-on

    def _load(self):
        pages = [Page(self._partition, number) for number in range(self._count())]
        self._free = [page for page in pages if page.state in (UNINITIALIZED, CORRUPT)]
        self._pages = [page for page in pages if page not in self._free]
        self._pages.sort(key=lambda page: page.sequence)
        self._sequence = self._pages[-1].sequence + 1 if self._pages else 0
        if not self._pages:
            self._activate()
            return
        self._forget_older()
        self._go_on_freeing()
        if not self._free:
            raise OSError(_NO_FREE_PAGES)
        self._forget_orphans()

    def _forget_older(self):
        """What was written last may stand on an earlier page, too, if power was lost before it
        was erased there.
        """
        *earlier, last = self._pages
        items = list(last.items())
        if not items:
            return
        newest = items[-1][1]
        for page in earlier:
            at = page.find(newest.namespace, newest.type, newest.name, newest.chunk)
            if page.state != FREEING and at >= 0:
                page.erase_item(at)
                return

    def _go_on_freeing(self):
        """A page was being freed: what the new one has of it is thrown away, and copied anew."""
        for page in self._pages:
            if page.state == FREEING:
                new = self._pages[-1]
                if new.state == ACTIVE:
                    new.erase()
                    self._pages.remove(new)
                    self._free.append(new)
                self._free_page(page)
                return

    def _forget_orphans(self):
        """Chunks that no index names: of a blob that was not written to its end, or not erased."""
        named = set()
        for page in self._pages:
            for at, item in page.items():
                if item.type == BLOB_IDX:
                    _, count, version = _index(page.content(at))
                    for chunk in range(version, version + count):
                        named.add((item.namespace, item.name, chunk))
        for page in self._pages:
            for at, item in list(page.items()):
                if item.type == BLOB_DATA and item.key not in named:
                    page.erase_item(at)

    def _count(self):
        return self._partition.ioctl(4, 0)


def _index(data):
    """(length, chunks, where they count from) of a blob's index."""
    return unpack_from("<IBB", data)
