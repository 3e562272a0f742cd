"""Reads a night's folder `emitted`: what each actuator gave off, in world time, over restarts.

It must never judge, and never take a file that is missing for a lane that was silent.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

LIGHTS = 24
RATE_HZ = 16_000
_CLOCKS_US = 100_000  # 20 ppm of an hour, and some
_LIGHT = np.dtype([("us", "<u8"), ("grb", "u1", (LIGHTS, 3))])
_RUN = np.dtype([("us", "<u8"), ("count", "<u4")])
_TOUCH = np.dtype([("us", "<u8"), ("drive", "i1")])


class EmittedDamaged(Exception):
    """A log is missing or is none: the message names the file and what was expected."""


@dataclass(frozen=True)
class Emitted:
    """The logs. Times are world us, int64, ascending.

    `light_us` (n,), `grb` (n, 24, 3) uint8: what the ring shows from then on; `run_us`,
    `run_counts` (m,): runs of `samples` (int16, 16 kHz), one after the other; `touch_us`,
    `drive` (k,) int: the haptic driver's from then on.
    """

    light_us: np.ndarray
    grb: np.ndarray
    run_us: np.ndarray
    run_counts: np.ndarray
    samples: np.ndarray
    touch_us: np.ndarray
    drive: np.ndarray


def read_emitted(folder: Path) -> Emitted:
    """The logs in `folder`. EmittedDamaged if one is missing, torn, or out of order."""
    light, runs = _rows(folder / "light.bin", _LIGHT), _rows(folder / "sound.bin", _RUN)
    touch = _rows(folder / "touch.bin", _TOUCH)
    _in_turn(folder / "sound.bin", runs)
    samples = _samples(folder / "sound.raw", int(runs["count"].sum()))
    return Emitted(
        light_us=light["us"].astype(np.int64),
        grb=light["grb"],
        run_us=runs["us"].astype(np.int64),
        run_counts=runs["count"].astype(np.int64),
        samples=samples,
        touch_us=touch["us"].astype(np.int64),
        drive=touch["drive"].astype(int),
    )


def _rows(path, layout):
    size = _size(path)
    if size % layout.itemsize:
        raise EmittedDamaged(f"{path}: {size} bytes, wanted rows of {layout.itemsize}")
    rows = np.fromfile(path, layout)
    back = np.flatnonzero(rows["us"][1:] < rows["us"][:-1])
    if len(back):
        raise EmittedDamaged(f"{path}: row {back[0] + 1} is earlier than the one before it")
    return rows


def _in_turn(path, runs):
    """A run may begin a little before the end of the last: the puck's clock is not the world's."""
    ends_us = runs["us"] + runs["count"].astype("<u8") * 1_000_000 // RATE_HZ
    early = np.flatnonzero(runs["us"][1:] + _CLOCKS_US < ends_us[:-1])
    if len(early):
        raise EmittedDamaged(f"{path}: run {early[0] + 1} begins while the one before it sounds")


def _samples(path, count):
    """Mapped, not read: an hour is 115 MB."""
    size = _size(path)
    if size != 2 * count:
        raise EmittedDamaged(f"{path}: {size} bytes, its runs have {count} samples of 2")
    return np.memmap(path, "<i2", "r") if size else np.empty(0, "<i2")


def _size(path):
    if not path.is_file():
        raise EmittedDamaged(f"{path}: no such log; a lane that was silent has an empty one")
    return path.stat().st_size
