"""A chip for esptool to talk to, and images such as micropython.org publishes.

The chip is esp32-mock-bootloader: Espressif's protocol over a socket, a flash in memory. It
must never answer for the code under test: what lies in its flash is compared byte by byte.
"""

import hashlib
import random
import socket
import struct
import threading
from contextlib import contextmanager

from esp32_mock_bootloader import protocol, registers, server
from esp_idf_defs.partitions import PartitionTable
from esptool.bin_image import ELFSection
from esptool.targets import CHIP_DEFS

JEDEC = {2: 0x00154020, 4: 0x00164020, 8: 0x00174020, 16: 0x00184020}  # by MiB
STOCK = """nvs,data,nvs,0x9000,0x6000
phy_init,data,phy,0xf000,0x1000
factory,app,factory,0x10000,0x1f0000
vfs,data,fat,0x200000,0x200000
"""


class Chip:
    """A chip `soc` with `mib` of flash; `cut_after` bytes from the host its cable breaks."""

    def __init__(self, soc, mib=8):
        self.soc, self.cut_after, self.baud = soc, None, None
        protocol.FLASH_MOCK_SIZE = mib << 20
        protocol.MOCK_FLASH_ID = JEDEC[mib]
        self.image = server.FlashImage()
        self.flash = self.image.data
        self._stop = threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = f"socket://127.0.0.1:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                line, _ = self._listening.accept()
            except OSError:
                return
            connection = _Line(line, self)
            server.handle_client(
                connection, self._stop, self.soc, exit_on_disconnect=True, flash=self.image
            )

    def close(self):
        self._stop.set()
        self._listening.close()


class _Line(server.BootloaderConnection):
    """The cable: it breaks when its chip says so."""

    def __init__(self, line, chip):
        super().__init__(sock=line, track_disconnect=True)
        self._chip = chip

    def set_timeout(self, timeout):
        """The mock gives a reading host up after 50 ms, which a busy computer needs at times."""
        super().set_timeout(5)

    def recv(self, size):
        received = super().recv(size)
        for frame in server.slip_decode_frames(received):
            if frame[:2] == bytes([0, protocol.CMD_CHANGE_BAUDRATE]):
                (self._chip.baud,) = struct.unpack_from("<I", frame, 8)
        if self._chip.cut_after is not None:
            self._chip.cut_after -= len(received)
            if self._chip.cut_after < 0:
                raise OSError("the cable is pulled out")
        return received


@contextmanager
def burnt(soc, register, value):
    """An eFuse register of every mock chip `soc` reads as `value`."""
    profile = registers.rom_profile(soc)
    before = profile.get(register)
    profile[register] = value
    try:
        yield
    finally:
        profile.pop(register)
        if before is not None:
            profile[register] = before


def firmware(soc, size, has_digest=True):
    """An image of one segment as esptool writes it, with checksum and SHA-256; half of it noise."""
    image = CHIP_DEFS[soc].BOOTLOADER_IMAGE()
    image.append_digest = has_digest
    image.entrypoint = 0x40080400
    content = random.Random(size).randbytes(size // 2).ljust(size, b"\xa5")
    image.segments = [ELFSection(b".dram0", 0x3FFC0000, content, 0)]
    return bytes(image.save(None))


def micropython(soc, size=300_000, table=STOCK):
    """A combined .bin: boot loader, table at 0x8000, application at 0x10000."""
    start = CHIP_DEFS[soc].BOOTLOADER_FLASH_OFFSET
    image = firmware(soc, 20_000).ljust(0x8000 - start, b"\xff")
    image += PartitionTable.from_csv(table).to_binary()
    return image.ljust(0x10000 - start, b"\xff") + firmware(soc, size)


def table_with_data_at(offset, size, name=b"data"):
    """The sector at 0x8000 of a board whose nights lie elsewhere than on today's map."""
    entry = struct.pack("<2sBBII16sI", b"\xaa\x50", 1, 0x83, offset, size, name, 0)
    md5 = b"\xeb\xeb" + b"\xff" * 14 + hashlib.md5(entry).digest()
    return (entry + md5).ljust(0x1000, b"\xff")
