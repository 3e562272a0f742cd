"""One chip at a serial port, through esptool: what it is, its flash read and written.

esptool's Python API serves a whole session in one connection; its command line would reset
the chip and load its stub anew for every step. Nothing may be written to a chip that is
another one, is locked, or has too little flash.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from esptool import cmds
from esptool.loader import ESPLoader
from esptool.logger import EsptoolLogger, log
from esptool.targets import CHIP_DEFS
from esptool.util import FatalError, flash_size_bytes
from serial import SerialException

from .errors import FlashError
from .flash_map import FlashMap

Progress = Callable[[str, int, int], None]  # (what is being done, bytes, bytes of all)

_BAUD = 460800  # what every usual bridge can; the chip's own USB takes no notice
_SIZES = "detect"  # the boot loader is told the flash that is there, not what the image says

# What esptool says of the usual mishaps, at length, and what is to be said instead.
_USUAL = {
    "Permission denied": "you may not open it; `sudo usermod -aG dialout $USER`, then log in anew",
    "exclusively lock|Errno 16|Access is denied": "another program holds it; close that",
    r"Errno 2\]|FileNotFound": "there is no such port; look at the cable, or leave PORT out",
    "No serial data|Failed to connect|Wrong boot mode": "the chip does not answer; hold BOOT, "
    "press RESET, let go of BOOT, and run the same command again",
}
_AGAIN = "look at the cable and run the same command again; it begins anew"


class _Quiet(EsptoolLogger):
    """esptool's words are kept back, errors apart; how far it is is passed on."""

    def __init__(self, progress: Progress):
        super().__init__()
        self.set_verbosity("silent")
        self._progress = progress

    def progress_bar(self, cur_iter, total_iters, prefix="", suffix="", bar_length=30):
        """Pass on how far the present step is."""
        self._progress(prefix.strip(), cur_iter, total_iters)


@contextmanager
def connected(port: str, soc: str, which: FlashMap, progress: Progress) -> Iterator[ESPLoader]:
    """The chip at `port`, which is a `soc`, open and with enough flash; reset in the end.

    Raises FlashError if it cannot be reached, is not what it should be, or fails on the way.
    """
    log.set_logger(_Quiet(progress))
    with _told(port), cmds.detect_chip(port) as rom:
        try:
            _check(rom, port, soc)
            esp = cmds.run_stub(rom)
            esp.change_baud(_BAUD)
            cmds.attach_flash(esp)
            _check_flash(esp, which)
            yield esp
        except FlashError:  # the line is sound: let the board run again, whatever it is
            cmds.reset_chip(rom, "hard-reset")
            raise
        cmds.reset_chip(esp, "hard-reset")


@contextmanager
def _told(port):
    """Errors of esptool, the port and the cable as one line with a remedy."""
    try:
        yield
    except (FatalError, SerialException, OSError) as error:
        seen = re.sub(r"\s+", " ", str(error)).strip()
        usual = [instead for pattern, instead in _USUAL.items() if re.search(pattern, seen)]
        raise FlashError(f"{port}: {(usual or [f'{seen}; {_AGAIN}'])[0]}") from error


def _check(esp, port, soc):
    wanted = CHIP_DEFS[soc].CHIP_NAME
    if wanted != esp.CHIP_NAME:
        raise FlashError(
            f"board: an {esp.CHIP_NAME} answers at {port}, not an {wanted}; "
            "name the board that is there with BOARD=..., or another PORT"
        )
    if esp.secure_download_mode or esp.get_secure_boot_enabled():
        raise FlashError(
            "board: secure boot is burnt into this chip, it runs signed images only; take another"
        )
    if esp.get_flash_encryption_enabled():
        raise FlashError(
            "board: flash encryption is burnt into this chip; what is written would not run; "
            "take another"
        )


def _check_flash(esp, which):
    size = cmds.detect_flash_size(esp)
    if size is None or flash_size_bytes(size) < which.flash_bytes:
        raise FlashError(
            f"board: its flash has {size or 'an unknown size'}, the flash map needs "
            f"{which.flash_bytes >> 20}MB; take a board with that"
        )


def description(esp: ESPLoader) -> str:
    """The chip, its flash and the PSRAM that is built into it, in a line.

    PSRAM beside the chip, as on a WROVER, cannot be seen from the boot loader.
    """
    inside = [text for text in esp.get_chip_features() if "PSRAM" in text]
    return ", ".join([esp.CHIP_NAME, f"{cmds.detect_flash_size(esp)} flash", *inside])


def write(esp: ESPLoader, parts: dict[int, bytes], is_blank: bool) -> None:
    """Write {offset: bytes}, then let the chip sum up all of it again and compare.

    Sectors that no part touches stay as they are, unless `is_blank`: then the whole flash is
    erased first. Raises esptool's FatalError if the flash does not hold what it should.
    """
    pieces = sorted(parts.items())
    cmds.write_flash(esp, pieces, flash_size=_SIZES, erase_all=is_blank)
    cmds.verify_flash(esp, pieces, flash_size=_SIZES)


def read(esp: ESPLoader, offset: int, size: int) -> bytes:
    """`size` bytes of flash from `offset`, checked by the chip's own sum."""
    data: bytes = cmds.read_flash(esp, offset, size)
    return data
