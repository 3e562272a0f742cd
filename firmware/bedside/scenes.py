"""The scenes by their numbers: what each is for, how long, and what each lane is given to do.

They are data (firmware/scenes), which the build compiles into `scene_rows`, `scene_lanes` and
`scene_names`. Only what must ring stays in memory whole: whatever else becomes of the files, the
alarm begins.

A scene asks; how bright, loud and strong it may be is the governor's. It must never hold a limit.
"""

import sys
from collections import namedtuple

import firmware.bedside.scene_rows as scene_rows

from firmware.bedside.packed import unpacked

# What an output is for: the row of the governor's table of limits.
ANSWER, CHECK, WIND_DOWN, MASK, CUE, RELIEF, SUNRISE, EARLY, ALARM, PAIRING = range(1, 11)

# `light`, `sound`, `touch`: whether it uses that lane (not 0); what for, `lane_of` tells.
Scene = namedtuple("Scene", "number use length_s light sound touch")

LAMP = 1  # the number of what a hand gets that presses


class Scenes:
    """A row of `Scene`s by number; that with the number 0 is none."""

    def __len__(self) -> int:
        return len(scene_rows.ROWS) // 4

    def __getitem__(self, number: int) -> Scene:
        row = scene_rows.ROWS[4 * number : 4 * number + 4]
        use, lanes, length_s = row[0], row[1], row[2] | row[3] << 8
        return Scene(number, use, length_s, lanes & 1, lanes & 2, lanes & 4)


SCENES = Scenes()


def names() -> list:
    """What people call them, by number, the first "none". Raises as `lane_of`."""
    return _read("scene_names").NAMES.split(",")


def named(name: str) -> Scene:
    """The scene of that name, or the one with the number 0. Raises as `lane_of`."""
    known = names()
    return SCENES[known.index(name) if name in known else 0]


def lane_of(number: int, lane: int) -> tuple:
    """What scene `number` gives lane `lane` (of records.LANES) to do, as renderers.py takes it; ()
    if it does not use it. ImportError, OSError or MemoryError if that cannot be read.
    """
    return unpacked(_packed(number))[lane]


def _packed(number):
    for kept, packed in scene_rows.KEPT:
        if kept == number:
            return packed
    return _read("scene_lanes").LANES[number]


def _read(module):
    """A module of this folder, of which only what is kept of it stays in the heap."""
    name = "firmware.bedside." + module
    __import__(name)
    delattr(sys.modules["firmware.bedside"], module)
    return sys.modules.pop(name)
