"""NOR flash under the VM's own littlefs, and what a power cut does to it.

Programming clears bits, erasing sets a sector to ones; both are counted and take
their time, in which the VM stands still. After a cut nothing more is written.
"""

from binascii import crc32

from clock import clock

SECTOR_BYTES = 4096
_BLANK = b"\xff" * SECTOR_BYTES
_PAGE_BYTES = 256
# Winbond W25Q64JV, section 9.6: page program 0.4 ms typical (3 ms at most), sector
# erase 45 ms typical, 400 ms at most. An aged flash is slower than a new one.
_PAGE_PROGRAM_US = 700
_ERASE_US = 80000
_ERASE_WORST_US = 400000
_ONE_ERASE_IN_IS_WORST = 64

_IOCTL_BLOCK_COUNT = 4
_IOCTL_BLOCK_SIZE = 5
_IOCTL_ERASE = 6


class PowerCut(BaseException):
    """The supply is gone: nothing of the firmware may run on."""


class NorFlash:
    """A block device for `vfs.VfsLfs2`: `sectors` of 4 KiB, seeded slow erases.

    `cut_at`: the number of the program or erase operation in which power is lost
    (0: never); that operation is half done. `torn`: CRC-32 of the sector that it left. `life`:
    which time that it has power this is, for whoever holds it: see esp32.py.
    """

    def __init__(self, sectors: int, seed: int = 1):
        self._sectors = [None] * sectors  # None: erased
        self._seed = seed | 1
        self.erases = [0] * sectors
        self.programmed_bytes = 0
        self.operations = 0
        self.cut_at = 0
        self.torn = 0
        self.life = 0
        self._is_ragged = False
        self._changed = set()  # sectors, since `remember`
        self._remembered = {}

    def readblocks(self, block: int, buf, offset: int = 0) -> None:
        """Read from a sector on."""
        sector = self._sectors[block] or _BLANK
        buf[:] = sector[offset : offset + len(buf)]

    def writeblocks(self, block: int, buf, offset: int = 0) -> None:
        """Program bytes of a sector: bits can only be cleared."""
        kept = self._operate(len(buf))
        self._changed.add(block)
        sector = self._sectors[block]
        if sector is None:
            sector = self._sectors[block] = bytearray(_BLANK)
        for i in range(kept):
            sector[offset + i] &= buf[i]
        if self._is_ragged:
            for i in range(kept, len(buf)):
                sector[offset + i] &= buf[i] | self._random()
        self.programmed_bytes += kept
        pages = -(-len(buf) // _PAGE_BYTES)
        self._finish(block, kept == len(buf), pages * _PAGE_PROGRAM_US)

    def ioctl(self, op: int, arg: int) -> int:
        """MicroPython's block device control: size, count, erase."""
        if op == _IOCTL_BLOCK_COUNT:
            return len(self._sectors)
        if op == _IOCTL_BLOCK_SIZE:
            return SECTOR_BYTES
        if op == _IOCTL_ERASE:
            self._erase(arg)
        return 0

    def load(self, path: str) -> None:
        """Take over a raw image."""
        with open(path, "rb") as file:
            for i in range(len(self._sectors)):
                data = file.read(SECTOR_BYTES)
                self._sectors[i] = None if data == _BLANK else bytearray(data)

    def save(self, path: str) -> None:
        """Write a raw image, as esptool would read it."""
        with open(path, "wb") as file:
            for sector in self._sectors:
                file.write(sector or _BLANK)

    def tear(self, seed: int) -> None:
        """How the operation at `cut_at` will be half done. Even seeds: its first bytes are done,
        and no others. Odd ones: some bits of those behind, too. Both are drawn by `seed`.
        """
        self._seed = (seed * 2654435761) & 0x7FFFFFFF | 1
        self._is_ragged = bool(seed & 1)

    def remember(self) -> None:
        """Keep what it holds now, for `put_back`."""
        held = enumerate(self._sectors)
        self._remembered = {i: bytes(sector) for i, sector in held if sector is not None}
        self._changed.clear()

    def put_back(self) -> None:
        """Hold again what it held at `remember`."""
        for i in self._changed:
            held = self._remembered.get(i)
            self._sectors[i] = held and bytearray(held)
        self._changed.clear()

    def _erase(self, block):
        kept = self._operate(SECTOR_BYTES)
        self._changed.add(block)
        self.erases[block] += 1
        sector = self._sectors[block]
        if kept == SECTOR_BYTES:
            self._sectors[block] = None
        elif sector is not None:
            sector[:kept] = _BLANK[:kept]
            if self._is_ragged:
                for i in range(kept, SECTOR_BYTES):
                    sector[i] |= self._random() & 0xFF
        worst = self._random() % _ONE_ERASE_IN_IS_WORST == 0
        self._finish(block, kept == SECTOR_BYTES, _ERASE_WORST_US if worst else _ERASE_US)

    def _operate(self, size):
        """Count an operation; how many of its bytes are done before power is lost."""
        self.operations += 1
        if not self.cut_at or self.operations < self.cut_at:
            return size
        if self.operations > self.cut_at:
            raise PowerCut
        return self._random() % size

    def _finish(self, block, complete, us):
        clock.charge("flash", us)
        if not complete:
            self.torn = crc32(self._sectors[block] or _BLANK)
            raise PowerCut

    def _random(self):
        self._seed = (self._seed * 1103515245 + 12345) & 0x7FFFFFFF
        return self._seed >> 8
