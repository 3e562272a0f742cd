"""One puck's power in one VM: off and on again, as often as one likes.

At each start file systems are mounted anew, and every module of board and firmware is loaded anew.
It must never help the puck: what that finds is what the flash holds.
"""

import os
import sys

import esp32
import vfs
from chips.norflash import SECTOR_BYTES, NorFlash
from table import table

_SIMULATOR = "/hw/sim/"  # its modules stay
_BOARD = ("boot", "main", "firmware", "hw")


class Supply:
    """Of a puck with the flash of `image` (a path). `tree`: where the simulator was built."""

    def __init__(self, image: str, tree: str):
        self._tree, self._path = tree, list(sys.path)
        self._posix = vfs.VfsPosix(tree)
        self.flash = table.flash = NorFlash(os.stat(image)[6] // SECTOR_BYTES)
        self.flash.load(image)

    def off(self) -> None:
        """Nothing but the flash is left, and what is still open writes there no more."""
        self.flash.life += 1
        self.flash.cut_at = 0
        table.rtc_memory = b""

    def on(self) -> None:
        """As the port starts, and as the firmware mounts its nights."""
        sys.path[:] = self._path
        _forget()
        esp32.power_up()
        for _, where in vfs.mount():
            vfs.umount(where)
        application = esp32.Partition.find(esp32.Partition.TYPE_DATA, label="vfs")[0]
        vfs.mount(vfs.VfsLfs2(application), "/")
        vfs.mount(self._posix, self._tree)
        if "parts" not in os.listdir("/"):  # else main.py hands over to what erases them
            from hw import storage

            storage.mount()


def _forget():
    """Every module that lies on the puck: it is loaded anew."""
    for name, module in list(sys.modules.items()):
        path = getattr(module, "__file__", "")
        if name.split(".")[0] in _BOARD or (path.startswith("/") and _SIMULATOR not in path):
            del sys.modules[name]
