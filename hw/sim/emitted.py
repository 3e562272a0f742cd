"""What was really seen, heard and felt: logs of the ring, the amplifier and the haptic driver.

They lie in `emitted/` of the night's folder, count microseconds of the world, and go on over
the puck's restarts; a puck that starts with its world begins them anew. It must never keep
a night in memory: a row goes to its file as soon as nothing can take it back.
"""

import os
from struct import calcsize, pack

_EEXIST = 17
_FILES = ("light.bin", "sound.bin", "sound.raw", "touch.bin")
_STRETCH_ROW = "<QI"


class Rows:
    """A file of rows `row` (struct), of which the first field is the time; appended to."""

    def __init__(self, path: str, row: str, start_us: int):
        self._file = _open(path)
        self._file.seek(0, 2)
        self._row = row
        self._start_us = start_us

    def add(self, us: int, value) -> None:
        """A row: `value` holds from the puck's time `us` on."""
        self._file.write(pack(self._row, self._start_us + us, value))


class Stretches(Rows):
    """Rows of a beginning and a length, of which the last may grow."""

    _us = -1

    def add(self, us: int, value: int) -> None:
        """The stretch that began at `us` has the length `value` by now."""
        if us == self._us:
            self._file.seek(-calcsize(self._row), 2)
        self._us = us
        super().add(us, value)


class Logs:
    """The logs of one run, in the night's `folder`, `start_us` after its world's beginning.

    `sound_path`: where the audible samples go, int16.
    """

    def __init__(self, folder: str, start_us: int):
        self._folder = folder + "/emitted/"
        self._start_us = start_us
        _make(folder + "/emitted")
        if not start_us:
            self._begin_anew()
        self.sound_path = self._folder + "sound.raw"

    def attach(self, ring, amplifier, haptic, lights: int) -> None:
        """Each tells what it does from now on; the ring has `lights`."""
        ring.emit = self._rows(Rows, "light.bin", "<Q%ds" % (3 * lights))
        amplifier.emit = self._rows(Stretches, "sound.bin", _STRETCH_ROW)
        haptic.emit = self._rows(Rows, "touch.bin", "<Qb")

    def _rows(self, kind, name, row):
        return kind(self._folder + name, row, self._start_us).add

    def _begin_anew(self):
        for name in os.listdir(self._folder):
            if name in _FILES:
                os.remove(self._folder + name)


def _make(folder):
    try:
        os.mkdir(folder)
    except OSError as error:
        if error.errno != _EEXIST:
            raise


def _open(path):
    """For writing anywhere, with what it holds already."""
    open(path, "ab").close()
    return open(path, "r+b")
