"""One simulated puck: the board's chips on the table, its flash, its world outside.

Takes a folder that holds `world.json` with its streams and, in `puck/`, what the puck keeps:
`flash.bin` (the whole chip) and `rtc.bin`. It must never look into the firmware.
"""

import json
import os
import time

import vfs
from chips.norflash import SECTOR_BYTES, NorFlash
from clock import clock
from esp32 import Partition
from parts import Parts
from table import table

_LINGER_US = 500000  # an epoch closes with the next block: the world's last one, too
_LEAST_US = 70000000  # a puck that starts after its world's end runs for two epochs


class Puck:
    """The puck in `folder`, started `start_us` after the beginning of its world.

    `lost_time`: it does not know the hour, as after a power cut. `missing`: the chips
    that are not there, by their names in `parts.py`.
    """

    def __init__(
        self, folder: str, start_us: int = 0, lost_time: bool = False, missing: tuple = ()
    ):
        self.folder = folder
        with open(folder + "/world.json") as file:
            self.world = json.load(file)
        if not lost_time:
            time.wall_start_s = self.world["start_s"] + start_us // 1000000
        time.crystal_ppm = self.world["chips"].get("crystal", {}).get("rate_ppm", 0)
        self.left_us = max(self._length_us() - start_us, _LEAST_US) + _LINGER_US
        self.parts = Parts(folder, self.world, start_us)
        self.parts.connect(missing)
        self._wake(lost_time, self.world["seed"] + start_us)

    def _length_us(self):
        return self.world["samples"] * 1000000 // self.world["rate_hz"]

    def _wake(self, lost_time, seed):
        """Power on: flash as it was left, RTC memory too unless the power was gone."""
        kept = self.folder + "/puck"
        sectors = os.stat(kept + "/flash.bin")[6] // SECTOR_BYTES
        self.flash = table.flash = NorFlash(sectors, seed)
        self.flash.load(kept + "/flash.bin")
        if "rtc.bin" in os.listdir(kept) and not lost_time:
            with open(kept + "/rtc.bin", "rb") as file:
                table.rtc_memory = file.read()
        clock.power_up()

    def lose_power(self) -> None:
        """It resets, or its supply is gone: nothing goes on, and what it drove falls."""
        clock.stop()
        self.parts.let_go()

    def die(self) -> None:
        """Its supply is gone, now: the flash stays as it is, what RTC memory held is lost."""
        self.lose_power()
        self.parts.settle()
        kept = self.folder + "/puck"
        self.flash.save(kept + "/flash.bin")
        if "rtc.bin" in os.listdir(kept):
            os.remove(kept + "/rtc.bin")

    def keep(self) -> None:
        """Store what outlives a restart, and copies of the nights as the flash now holds them.

        Its time is over.
        """
        clock.stop()
        self.parts.settle()
        kept = self.folder + "/puck"
        self.flash.cut_at = 0
        self.flash.save(kept + "/flash.bin")
        _write(kept + "/rtc.bin", table.rtc_memory)
        for name, data in self._nights():
            _write(kept + "/" + name, data)

    def _nights(self):
        """(name, bytes) of each file on the partition of the nights; none if there is no such
        partition, or no file system on it.
        """
        try:
            (partition,) = Partition.find(Partition.TYPE_DATA, label="data")
            nights = vfs.VfsLfs2(partition)
        except (OSError, ValueError):
            return
        for name, *_ in nights.ilistdir("/"):
            if name.endswith(".night"):  # somebody at the REPL may have put anything there
                with nights.open(name, "rb") as file:
                    yield name, file.read()


def _write(path, data):
    with open(path, "wb") as file:
        file.write(data)
