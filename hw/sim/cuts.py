"""One puck through thousands of power cuts, in one VM: each cut inside another operation.

The flash is prepared once and put back before each cut. After it the puck starts anew: file
systems are mounted again, RTC memory is lost, every module of board and firmware is loaded anew.
It must never help a deed: what that finds is what the flash holds.
"""

import sys
from binascii import crc32

import scheduler

scheduler.install()

import esp32
import vfs
from chips.norflash import SECTOR_BYTES, NorFlash, PowerCut
from deeds.deed import Lost
from table import table

_SIMULATOR = "/hw/sim/"  # its modules stay
_BOARD = ("boot", "main", "firmware", "hw")


class Cuts:
    """A deed on the flash of `image` (a path), to be cut again and again.

    `deed`: "file.Class", of hw/sim/deeds. `tree`: the folder that the simulator was built into.
    """

    def __init__(self, image: str, tree: str, deed: str):
        module, name = deed.split(".")
        self._deed = getattr(getattr(__import__("deeds." + module), module), name)()
        self._tree, self._path = tree, list(sys.path)
        self._posix = vfs.VfsPosix(tree)
        self.flash = table.flash = NorFlash(_sectors(image))
        self.flash.load(image)
        self._start()
        self._deed.prepare()
        self._rtc = table.rtc_memory
        self.flash.remember()

    def operations(self) -> int:
        """How many operations of the flash the deed has; after it, uncut, all must be well."""
        self._put_back()
        self.flash.operations = 0
        self._start_and_act()
        self._lose_power()
        self._start()
        self._deed.check()
        return self._count

    def cut(self, operation: int, seed: int) -> tuple:
        """Cut one operation, torn as `seed` has it: (which half-done content it was, "" or what
        was wrong after the next start).
        """
        self._put_back()
        self.flash.tear(seed)
        self.flash.operations, self.flash.cut_at = 0, operation
        try:
            self._start_and_act()
        except PowerCut:
            pass
        torn = self.flash.torn
        self._lose_power()
        return torn, self._wrong()

    def _start_and_act(self):
        self._deed.act()
        self._count = self.flash.operations

    def _put_back(self):
        self.flash.cut_at = 0
        self.flash.put_back()
        self._start()
        table.rtc_memory = self._rtc

    def _lose_power(self):
        self.flash.life += 1
        self.flash.cut_at = 0
        table.rtc_memory = b""

    def _start(self):
        """Power on: nothing but the flash is as it was."""
        sys.path[:] = self._path
        _forget()
        esp32.power_up()
        for _, where in vfs.mount():
            vfs.umount(where)
        application = esp32.Partition.find(esp32.Partition.TYPE_DATA, label="vfs")[0]
        vfs.mount(vfs.VfsLfs2(application), "/")
        vfs.mount(self._posix, self._tree)
        from hw import storage

        storage.mount()

    def _wrong(self):
        try:
            self._start()
            self._deed.check()
        except Lost as lost:
            return "lost: " + " ".join(map(str, lost.args))
        except Exception as error:
            sys.print_exception(error, sys.stderr)
            return "does not start: %r" % error
        return ""


def _forget():
    """Every module that lies on the puck: it is loaded anew."""
    for name, module in list(sys.modules.items()):
        path = getattr(module, "__file__", "")
        if name.split(".")[0] in _BOARD or (path.startswith("/") and _SIMULATOR not in path):
            del sys.modules[name]


def _sectors(image):
    import os

    return os.stat(image)[6] // SECTOR_BYTES


_cuts = None  # of this VM


def begin(image: str, tree: str, deed: str) -> int:
    """Prepare a deed; the number of its operations."""
    global _cuts
    _cuts = Cuts(image, tree, deed)
    return _cuts.operations()


def survive(points: list) -> list:
    """[[operation, seed, which half-done content, "" or what was wrong]] of [(operation, seed)]."""
    return [[n, seed] + list(_cuts.cut(n, seed)) for n, seed in points]
