"""An evening in which the puck plays while its journal writes, and what its amplifier was sent.

Time is charged: every kernel, collection, bus and flash operation takes what it would on the chip.
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sleepsync.emitted.files import RATE_HZ, read_emitted
from sleepsync.simulate import run_night
from sleepsync.world import generate

_ALLOW = ["20:import puck", "30:puck.allow('wind-down', 7)"]
_HELD = "32:6500"
_FIRST_S = 60
_GAP_US = 1_000_000  # a longer silence is a pause


@dataclass(frozen=True)
class Evening:
    """`gaps`: silences of less than a second inside a sound; `writes`: operations of flash in that
    night; `played`: {scene: its samples, int16 at 16 kHz, as the amplifier had them}.
    """

    gaps: int
    writes: int
    played: dict[str, np.ndarray]


def evening(scenes: dict[str, int]) -> Evening:
    """Plays each scene for so many seconds, one after the other, to somebody who lies awake."""
    lines, at_s, firsts = list(_ALLOW), _FIRST_S, {}
    for name, seconds in scenes.items():
        firsts[name] = at_s
        lines.append(f"{at_s}:puck.ask('{name}')")
        at_s += seconds
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sleeper = generate(1, (at_s + 60) / 3600)
        figures = run_night(sleeper, folder, type=lines, press=[_HELD, f"{at_s}:120"])
        emitted = read_emitted(folder / "emitted")
        return _evening(emitted, figures, firsts, scenes)


def _evening(emitted, figures, firsts, scenes):
    ends_us = emitted.run_us + emitted.run_counts * 1_000_000 // RATE_HZ
    pauses_us = emitted.run_us[1:] - ends_us[:-1]
    starts = np.r_[0, np.cumsum(emitted.run_counts)]
    played = {}
    for scene, seconds in scenes.items():
        parts = [
            np.array(emitted.samples[starts[i] : starts[i + 1]])[
                max(0, _samples(firsts[scene] * 1_000_000 - us)) : max(
                    0, _samples((firsts[scene] + seconds) * 1_000_000 - us)
                )
            ]
            for i, us in enumerate(emitted.run_us)
        ]
        played[scene] = np.concatenate(parts)
    gaps = int(((pauses_us > 100) & (pauses_us < _GAP_US)).sum())
    return Evening(gaps, figures["flash_operations"], played)


def _samples(us):
    return int(us) * RATE_HZ // 1_000_000
