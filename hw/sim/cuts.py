"""One puck through thousands of power cuts, in one VM: each cut inside another operation.

The flash is prepared once and put back before each cut; after it the puck starts anew, with
nothing but its flash.
"""

import sys

import scheduler

scheduler.install()

from chips.norflash import PowerCut
from deeds.deed import Lost
from supply import Supply
from table import table


class Cuts:
    """A deed (deeds/deed.py) on the flash of `image`, cut again and again. See `Supply`."""

    def __init__(self, image: str, tree: str, deed):
        self._deed = deed
        self._supply = Supply(image, tree)
        self._flash = self._supply.flash
        self._supply.on()
        deed.prepare()
        self._rtc = table.rtc_memory
        self._flash.remember()

    def operations(self) -> int:
        """How many operations of the flash the deed has; after it, uncut, all must be well."""
        self._put_back()
        self._flash.operations = 0
        self._deed.act()
        count = self._flash.operations
        self._supply.off()
        self._supply.on()
        self._deed.check()
        return count

    def cut(self, operation: int, seed: int) -> tuple:
        """Cut one operation, torn as `seed` has it: (which half-done content it was, "" or what
        was wrong after the next start).
        """
        self._cut(operation, seed)
        return self._flash.torn, self._wrong()

    def cut_twice(self, operation: int, again: int, seed: int):
        """The same, and then cut operation `again` of what the next start mends; None if it has
        mended all before.
        """
        self._cut(operation, seed)
        self._flash.operations, self._flash.cut_at = 0, again
        try:
            self._supply.on()
            self._deed.wake()
        except PowerCut:
            self._supply.off()
            return self._flash.torn, self._wrong()

    def _cut(self, operation, seed):
        self._put_back()
        self._flash.tear(seed)
        self._flash.operations, self._flash.cut_at = 0, operation
        try:
            self._deed.act()
        except PowerCut:
            self._supply.off()

    def _put_back(self):
        self._supply.off()
        self._flash.put_back()
        self._supply.on()
        table.rtc_memory = self._rtc

    def _wrong(self):
        try:
            self._supply.on()
            self._deed.check()
        except Lost as lost:
            return "lost: " + " ".join(map(str, lost.args))
        except Exception as error:
            sys.print_exception(error, sys.stderr)
            return "does not start: %r" % error
        return ""


_cuts = None  # of this VM


def begin(image: str, tree: str, deed: str) -> int:
    """Prepare a deed, "file.Class" of hw/sim/deeds; the number of its operations."""
    global _cuts
    module, name = deed.split(".")
    _cuts = Cuts(image, tree, getattr(getattr(__import__("deeds." + module), module), name)())
    return _cuts.operations()


def survive_twice(operation: int, seed: int) -> list:
    """[(which half-done content, "" or what was wrong)] for each operation that is cut while the
    start after that cut mends what it left.
    """
    found = []
    while True:
        came = _cuts.cut_twice(operation, len(found) + 1, seed)
        if came is None:
            return found
        found.append(came)


def survive(points: list) -> list:
    """[(operation, seed, which half-done content, "" or what was wrong)] of [(operation, seed)]."""
    return [(n, seed) + _cuts.cut(n, seed) for n, seed in points]  # noqa: RUF005 (not in this VM)
