"""The area `sound`: what the synthesiser costs, and scenes as they are heard, seen and felt."""

import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from sleepsync.bench import sound_costs
from sleepsync.bench.figure import Figure
from sleepsync.bench.sounding import evening
from sleepsync.bench.spectrum import band_levels_db, line
from sleepsync.emitted import Allowed, Lane, measure
from sleepsync.emitted.files import RATE_HZ
from sleepsync.preview.rendered import render, speaker_cdb
from sleepsync.scenes import Scene, checked, gathered, sources
from sleepsync.vm import Worker

_PROCESSES = 2
_METER_CDB = 30  # by which the puck's meter may differ from the standard's (docs/senses.md)
_COLOURS = {"pink": -3.01, "brown": -6.02}  # dB an octave
_LINE_HZ = 50, 7000
_OFF_DB = 0.5
_USES = """
from firmware.governor.limits import USES
result = [[use.light_mlx, use.sound_cdb, use.touch, use.is_amber] for use in USES]
"""
_PLAYED = {"pink": 240, "brown": 240, "summer night": 300, "harbour": 300}  # s of each


def figures() -> Iterator[Figure]:
    """Every figure of sound; about five minutes."""
    yield from sound_costs.figures()
    played = evening(_PLAYED)
    for colour, slope in _COLOURS.items():
        samples = played.played[colour][20 * RATE_HZ :]
        found, off = line(*band_levels_db(samples, RATE_HZ, *_LINE_HZ), slope)
        yield Figure(f"sound.slope.{colour}", found, "dB/octave")
        yield Figure(f"sound.off_line.{colour}", off, "dB", f"<={_OFF_DB}")
    yield Figure("sound.underruns", played.gaps, "gaps", "=0")
    yield from _whole_scenes()


def _whole_scenes():
    """Each from its beginning to its end, by the judge that knows none of the firmware's code."""
    scenes = checked(sources(gathered()))
    with ProcessPoolExecutor(_PROCESSES) as pool:
        parts = pool.map(_judged, [scenes[i::_PROCESSES] for i in range(_PROCESSES)])
        judged = [one for part in parts for one in part]
    yield Figure("sound.scenes", len(scenes), "scenes", ">=12")
    yield Figure("sound.held", sum(one.held for one in judged), "blocks", "=0")
    yield Figure("sound.breaches", sum(one.breaches for one in judged), "moments", "=0")
    yield Figure("sound.worst.flicker", max(one.flicker for one in judged), "", "<=1")
    yield Figure("sound.worst.counts_in_1s", max(one.counts for one in judged), "", "<=255")


@dataclass(frozen=True)
class _Judged:
    """`held`: blocks of sound that had to be made softer; `breaches`: moments past a limit; the
    worst `flicker`, of what is allowed, and `counts` that a light changed by within a second.
    """

    held: int
    breaches: int
    flicker: float
    counts: float


def _judged(scenes: list[Scene]) -> list[_Judged]:
    with Worker() as vm, tempfile.TemporaryDirectory() as folder:
        uses = vm.call("snippet:run", _USES, {})
        return [_judged_one(vm, scene, uses[scene.use], Path(folder)) for scene in scenes]


def _judged_one(vm, scene, use, folder):
    render(vm, scene, folder)
    held = vm.call("scene_preview:held")
    *most, is_amber = use
    allowed = [
        Allowed(lane, 0, 10**12, most[lane], is_amber and lane == Lane.LIGHT)
        for lane in Lane
        if scene.lanes[lane]
    ]
    found = measure(folder, speaker_cdb(scene) - _METER_CDB)
    figures = found.figures
    counts, flicker = figures["light_counts_in_1s"], figures["light_flicker"]
    return _Judged(held, len(found.breaches(allowed)), flicker, counts)
