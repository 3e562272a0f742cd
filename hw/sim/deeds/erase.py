"""Everything personal is erased under power cuts, as firmware/parting.py does it at each start."""

from deeds.deed import Deed, demand

_NIGHTS, _NIGHT_BYTES = 3, 9000
_MARKER = b"what one night told"
_SECTOR_BYTES = 4096
_READS_AGAIN = ("data", "nvs")


class Erase(Deed):
    """From the flag on until it says that this is a plain lamp."""

    def prepare(self):
        """Nights, and whatever NVS holds."""
        from hw import storage

        for number in range(1, _NIGHTS + 1):
            with open("/data/%05d.night" % number, "wb") as file:
                file.write(_MARKER * (_NIGHT_BYTES // len(_MARKER)))
        storage.Settings().save("zone", _MARKER)
        for name in ("bond0", "irk", "standing", "alarm"):
            storage.Kept(name).save(_MARKER * 8)
        demand(_found() > _NIGHTS, "nothing was planted", _found())
        self._planted = _found()

    def act(self):
        """The flag, the erasing, the flag."""
        from hw import erasing

        erasing.mark(erasing.ERASING)
        for _ in erasing.erase():
            pass
        erasing.mark(erasing.PLAIN)

    def wake(self):
        """The start is counted as ever, and then it goes on."""
        with open("/boot.py") as file:
            exec(file.read(), {"__name__": "boot", "print": _nothing})
        from hw import erasing

        self._was = erasing.flag()
        if self._was == erasing.ERASING:
            for _ in erasing.erase():
                pass
            demand(_is_blank(erasing), "not blank", list(erasing.scan()))
            erasing.mark(erasing.PLAIN)

    def check(self):
        """Either nothing was begun, and nothing is lost; or nothing is left, and it says so."""
        self.wake()
        from hw import erasing

        if self._was != erasing.ERASING:  # else every block has been seen blank
            most = 0 if self._was else self._planted
            demand(_found() == most, "markers", _found(), "of", most)
        demand(erasing.flag() == (self._was and erasing.PLAIN), "flag", erasing.flag())


def _is_blank(erasing):
    return all([count == blank for _, count, blank, _ in erasing.scan()])


def _found():
    """Sectors of both partitions that hold the marker, or the half of it."""
    from esp32 import Partition

    count, sector = 0, bytearray(_SECTOR_BYTES)
    for label in _READS_AGAIN:
        (partition,) = Partition.find(Partition.TYPE_DATA, label=label)
        for number in range(partition.ioctl(4, 0)):
            partition.readblocks(number, sector)
            count += _MARKER[:9] in sector
    return count


def _nothing(*words):
    pass
