"""Scenes run through the puck's own renderers and lanes, in the VM, and what came out of it.

It must never render anything itself.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sleepsync.emitted import Lane
from sleepsync.emitted.eye import levels_lx
from sleepsync.emitted.files import LIGHTS, read_emitted
from sleepsync.scenes import Scene
from sleepsync.scenes.packing import packed
from sleepsync.vm import Worker

TICK_S = 0.04
RATE_HZ = 16_000
_FULL = 32768
_LOUDEST_CDB, _QUIETEST_CDB, _ALARM = 9200, 8000, 9  # firmware/governor/limits.py: speakers
_PEAK = 2  # of a lane's figures
_AT_ONCE = 1500  # ticks between two looks at how far it is


@dataclass(frozen=True)
class Night:
    """What renderers may know of a night: its number, wall time in s since 2000, heart rate."""

    number: int = 7
    start_s: int = 848_527_200  # 2026-11-20, 22:00
    rate_bpm: int = 58


@dataclass(frozen=True)
class Rendered:
    """What a scene gave off: `grb` (n, 24, 3) uint8 in each of n ticks of 40 ms; `level_lx` (n,),
    `melanopic_lx` (n,) at the eye; `samples` (m,) int16; `touch` (n,) of 127.
    `figures`: {lane: steps, fading, peak, dose, crc}.
    """

    scene: Scene
    grb: np.ndarray
    level_lx: np.ndarray
    melanopic_lx: np.ndarray
    samples: np.ndarray
    touch: np.ndarray
    figures: dict[int, list[int]]

    @property
    def ticks(self) -> int:
        """Of the longest lane, its fading included."""
        return len(self.touch)

    @property
    def loudest_dba(self) -> float:
        """Of any block at the pillow, by the lane's own meter; 0 if it was silent."""
        return self.figures[Lane.SOUND][_PEAK] / 100 if Lane.SOUND in self.figures else 0.0


def speaker_cdb(scene: Scene) -> int:
    """What a puck that has not heard itself reckons its speaker to be."""
    return _QUIETEST_CDB if scene.use == _ALARM else _LOUDEST_CDB


def told(scene: Scene) -> list[Any]:
    """A scene as hw/sim/scene_preview.py takes it."""
    return [scene.number, scene.use, scene.length_s, packed(scene.whole)]


def render(
    vm: Worker,
    scene: Scene,
    folder: Path,
    night: Night | None = None,
    most_s: float = 1e9,
    tell: Callable[[float], None] = lambda done_s: None,
) -> Rendered:
    """A scene from dark and silence to its end, fading included, or for `most_s`.

    Its logs go into `folder`. `tell` hears how many seconds are done.
    """
    night = night or Night()
    vm.call("scene_preview:open_preview", str(folder), night.number, night.start_s, night.rate_bpm)
    vm.call("scene_preview:begin", told(scene))
    done, most = 0, round(min(most_s, scene.length_s + 600) / TICK_S)
    is_going = True
    while is_going and done < most:
        is_going = vm.call("scene_preview:go_on", min(_AT_ONCE, most - done))
        done = min(most, done + _AT_ONCE)
        tell(min(scene.length_s, done * TICK_S))
    ended = vm.call("scene_preview:close")
    return _read(scene, folder, {lane: figures for _, lane, *figures in ended})


def _read(scene, folder, figures):
    emitted = read_emitted(folder)
    steps = [sum(row[:2]) * (0.096 / TICK_S if lane == Lane.SOUND else 1)
             for lane, row in figures.items()]  # fmt: skip
    ticks = int(np.ceil(max(steps, default=0))) + 1
    at_us = np.arange(ticks) * round(TICK_S * 1e6)
    dark = np.zeros((1, LIGHTS, 3), np.uint8)
    grb = np.concatenate([dark, emitted.grb])[_rows(emitted.light_us, at_us)]
    touch = np.concatenate([[0], emitted.drive])[_rows(emitted.touch_us, at_us)]
    return Rendered(scene, grb, *levels_lx(grb), np.array(emitted.samples), touch, figures)


def _rows(us, at_us):
    """The row that holds at each time, counted from 1; 0 before the first."""
    return np.searchsorted(us, at_us, side="right")
