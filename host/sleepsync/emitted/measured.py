"""A night's emissions, measured: the figures of each lane, and all that breaks a limit."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from sleepsync.emitted.breach import Breach
from sleepsync.emitted.current import Current, together
from sleepsync.emitted.felt import Touch, felt
from sleepsync.emitted.files import Emitted, read_emitted
from sleepsync.emitted.heard import hear
from sleepsync.emitted.judged import (
    current_breaches,
    light_breaches,
    sound_breaches,
    touch_breaches,
)
from sleepsync.emitted.lanes import Allowed, Lane, joined, runs, spans_of
from sleepsync.emitted.limits import FIELD, Limits
from sleepsync.emitted.pillow import Sound
from sleepsync.emitted.shown import Light, shown

_SOUND_GAP_US = 100_000  # silence within a sound


@dataclass(frozen=True)
class Emissions:
    """All of a night, in world us, and the limits that it is held to."""

    light: Light
    sound: Sound
    touch: Touch
    current: Current
    limits: Limits

    def spans(self, lane: Lane) -> np.ndarray:
        """(n, 2) world us in which a lane emitted: lit, not silent for 0.1 s, driven."""
        if lane == Lane.LIGHT:
            return spans_of(self.light.us, self.light.photopic_lx > 0, self.light.until_us)
        return self.touch.bursts if lane == Lane.TOUCH else _sounding(self.sound)

    @cached_property
    def figures(self) -> dict[str, float]:
        """The most of everything, by name and unit; 0 where a lane was silent."""
        together_ma = float(self.current.ma.max(initial=0))
        lanes = {**self.light.figures, **self.sound.figures, **self.touch.figures}
        return {**lanes, "together_ma": together_ma}

    def breaches(self, allowed: Iterable[Allowed]) -> list[Breach]:
        """Every moment outside all of `allowed`, above what they allow, or past a limit."""
        allowed = list(allowed)
        found = [
            *light_breaches(self.light, allowed, self.limits),
            *sound_breaches(self.sound, allowed, self.limits),
            *touch_breaches(self.touch, allowed, self.limits),
            *current_breaches(self.current, self.limits),
        ]
        return sorted(found, key=lambda breach: breach.from_us)


def measure(
    folder: Path, speaker_cdb: int, until_us: int | None = None, limits: Limits = FIELD
) -> Emissions:
    """The night whose logs lie in `folder`, played by a speaker of that sensitivity.

    `speaker_cdb`: 0.01 dBA at the pillow of a full-scale sine of 1 kHz. `until_us`: the night's
    end; without it, the last that any log tells. EmittedDamaged says what is wrong with a log.
    """
    emitted = read_emitted(folder)
    until_us = _last_us(emitted) if until_us is None else until_us
    sound = Sound(hear(emitted), speaker_cdb)
    light = shown(emitted, until_us, limits)
    current = together(light.us, light.ring_ma, sound.heard.us, sound.amplifier_ma)
    return Emissions(light, sound, felt(emitted, until_us), current, limits)


def _last_us(emitted: Emitted):
    sound_us = emitted.run_us + emitted.run_counts * 1000 // 16
    return max(int(us.max(initial=0)) for us in (emitted.light_us, sound_us, emitted.touch_us))


def _sounding(sound):
    first, end = runs(sound.heard.sounds).T
    loud = np.column_stack((sound.heard.us[first], sound.heard.us[end - 1] + 1000))
    return joined(loud, _SOUND_GAP_US)
