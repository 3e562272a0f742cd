"""One simulated puck: the board's chips on the table, its flash mounted, its world outside.

Takes a folder that holds `world.json` with its streams and, in `puck/`, what the
puck keeps: `flash.bin` and `rtc.bin`. It must never look into the firmware.
"""

import json
import os
import time

import vfs
from chips.lis3dh import LIS3DH
from chips.max30102 import MAX30102
from chips.norflash import NorFlash
from clock import clock
from table import table
from world import Stream

from hw import board

SECTORS = 1536  # 6 MiB of file system
_LIGHT_BYTES = 12  # red, infrared, ambient: int32
_ACCELERATION_BYTES = 6  # x, y, z: int16
_LEAST_US = 70000000  # a puck that starts after its world's end runs for two epochs


class Puck:
    """The puck in `folder`, started `start_us` after the beginning of its world.

    `lost_time`: it does not know the hour, as after a power cut. `missing`: the chips
    that are not there, of "pulse" and "motion".
    """

    def __init__(
        self, folder: str, start_us: int = 0, lost_time: bool = False, missing: tuple = ()
    ):
        self.folder = folder
        with open(folder + "/world.json") as file:
            self.world = json.load(file)
        if not lost_time:
            time.wall_start_s = self.world["start_s"] + start_us // 1000000
        self.left_us = max(self._length_us() - start_us, _LEAST_US)
        self._place_chips(start_us, missing)
        self.flash = NorFlash(SECTORS, self.world["seed"] + start_us)
        self._wake(lost_time)

    def _length_us(self):
        return self.world["samples"] * 1000000 // self.world["rate_hz"]

    def _place_chips(self, start_us, missing):
        seed, rate_hz = self.world["seed"], self.world["rate_hz"]
        light = Stream(self.folder + "/light.bin", _LIGHT_BYTES, rate_hz, start_us)
        motion = Stream(self.folder + "/accel.bin", _ACCELERATION_BYTES, rate_hz, start_us)
        chips = self.world["chips"]
        self.pulse = MAX30102(
            light, table.net(board.PULSE_INTERRUPT), chips["max30102"]["rate_ppm"], seed
        )
        self.motion = LIS3DH(
            motion, table.net(board.MOTION_INTERRUPT), chips["lis3dh"]["rate_ppm"], seed
        )
        for name, chip in (("pulse", self.pulse), ("motion", self.motion)):
            if name not in missing:
                table.connect(board.POD_BUS, chip.ADDRESS, chip)

    def _wake(self, lost_time):
        """Power on: flash as it was left, RTC memory too unless the power was gone."""
        kept = self.folder + "/puck"
        names = _list(kept)
        if "flash.bin" in names:
            self.flash.load(kept + "/flash.bin")
        if "rtc.bin" in names and not lost_time:
            with open(kept + "/rtc.bin", "rb") as file:
                table.rtc_memory = file.read()
        self._mount(blank="flash.bin" not in names)

    def _mount(self, blank):
        if blank:
            vfs.VfsLfs2.mkfs(self.flash)
        vfs.mount(self.flash, board.DATA)
        self.flash.programmed_bytes = 0
        self.flash.operations = 0
        clock.power_up()

    def keep(self) -> None:
        """Store what outlives a restart, and copies of the nights as the flash now holds them."""
        kept = self.folder + "/puck"
        if not _list(kept):
            os.mkdir(kept)
        self.flash.save(kept + "/flash.bin")
        _write(kept + "/rtc.bin", table.rtc_memory)
        self.flash.cut_at = 0
        vfs.umount(board.DATA)
        vfs.mount(self.flash, board.DATA)
        for name in os.listdir(board.DATA):
            with open(board.DATA + "/" + name, "rb") as file:
                _write(kept + "/" + name, file.read())


def _write(path, data):
    with open(path, "wb") as file:
        file.write(data)


def _list(path):
    try:
        return os.listdir(path)
    except OSError:  # not there yet
        return []
