"""What is told of each epoch: one table for EDF+ and CSV, so that they cannot differ.

Values are whole steps, as the journal has them: nothing is rounded. It must never fill in what
is not known.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sleepsync.night import Epoch, Night, Score
from sleepsync.paths import records
from sleepsync.report import series

UNKNOWN = None
_MOST = 32_767  # of 16 bits, which is what EDF has

Value = Callable[[Epoch], int | None]


@dataclass(frozen=True)
class Signal:
    """`name`: with its unit, for CSV; "" is not for it. `label`, `unit`: for EDF+; "" likewise.

    `places`: decimals of a step, so 1 is a step of 0.1. `least` to `most`: the steps that EDF+
    can tell; what is beyond is held there, and `least - 1` is what is not known.
    """

    name: str
    label: str
    unit: str
    places: int
    value: Value
    least: int = 0
    most: int = _MOST

    @property
    def step(self) -> float:
        """The value of one step."""
        return 10.0**-self.places

    def written(self, steps: int | None) -> str:
        """As decimals: exact, "" where it is not known."""
        if steps is None:
            return ""
        return f"{steps * self.step:.{self.places}f}"


def _known(field: str) -> Value:
    """A field in which 0 is unknown."""
    return lambda epoch: getattr(epoch, field) or UNKNOWN


def _unless(flag: int, field: str) -> Value:
    """A field that means nothing under a flag."""
    return lambda epoch: UNKNOWN if epoch.flags & flag else getattr(epoch, field)


def _regularity(epoch: Epoch) -> int | None:
    return epoch.breath_regularity if epoch.breaths_dpm else UNKNOWN


def _whole_lux(epoch: Epoch) -> int | None:
    return UNKNOWN if epoch.flags & records.NO_LIGHT else round(epoch.light_mlx / 1000)


_PULSE, _CLIMATE, _SOUND = records.NO_PULSE_SENSOR, records.NO_CLIMATE, records.NO_SOUND
_WARMTH = _unless(_CLIMATE, "temperature_cdeg")
_LEVEL, _LOUDEST = _unless(_SOUND, "level_ddb"), _unless(_SOUND, "loudest_ddb")

EPOCH = (
    Signal("heart_rate_per_min", "Heart rate", "/min", 1, _known("rate_dbpm"), most=3000),
    Signal("rmssd_ms", "RMSSD", "ms", 1, _known("rmssd_dms"), most=10_000),
    Signal("heartbeats", "Heartbeats", "", 0, _unless(_PULSE, "beats"), most=255),
    Signal("pulse_quality_pct", "Pulse quality", "%", 0, _unless(_PULSE, "quality"), most=100),
    Signal("perfusion_per_mille", "Perfusion", "1/1000", 0, _known("perfusion_pm"), most=255),
    Signal("oxygen_ratio_pct", "Oxygen ratio", "%", 0, _known("oxygen_ratio_pct"), most=255),
    Signal("breathing_per_min", "Breathing rate", "/min", 1, _known("breaths_dpm"), most=255),
    Signal("breath_regularity_pct", "Breath regular", "%", 0, _regularity, most=100),
    Signal("activity_counts", "Activity", "", 0, _unless(records.NO_MOTION_SENSOR, "counts")),
    Signal("light_lx", "Light dim", "lx", 3, _unless(records.NO_LIGHT, "light_mlx"), most=32_000),
    Signal("", "Light", "lx", 0, _whole_lux),
    Signal("temperature_degC", "Temp room", "degC", 2, _WARMTH, -4000, 8500),
    Signal("humidity_pct", "Humidity", "%", 0, _unless(_CLIMATE, "humidity_pct"), most=100),
    Signal("sound_level_dBA", "Sound level", "dBA", 1, _LEVEL, most=1400),
    Signal("loudest_dBA", "Sound loudest", "dBA", 1, _LOUDEST, most=1400),
    Signal("flags", "Flags", "", 0, lambda epoch: epoch.flags),
)

FLAGS = (
    "no pulse sensor",
    "no motion sensor",
    "off the body",
    "samples lost",
    "moving",
    "clipped",
    "no light sensor",
    "no climate sensor",
    "no microphone",
    "weak pulse",
    "shaken by the puck",
    "sounded by the puck",
)


def flag_words(flags: int) -> str:
    """The flags of an epoch in words: `moving; no microphone`."""
    return "; ".join(word for bit, word in enumerate(FLAGS) if flags >> bit & 1)


def steps(signal: Signal, night: Night) -> list[int | None]:
    """A signal's steps over all epochs that the night spans."""
    found: list[int | None] = [UNKNOWN] * series.span_epochs(night)
    for epoch in night.epochs:
        found[epoch.index] = signal.value(epoch)
    return found


def digital(signal: Signal, found: list[int | None]) -> np.ndarray:
    """Steps as EDF+ has them, (epochs,) int16."""
    known = np.array([signal.least - 1 if one is None else one for one in found])
    return np.clip(known, signal.least - 1, signal.most).astype(np.int16)


def probabilities(score: Score) -> tuple[int, int, int, int, int]:
    """Of wake, light, deep, REM and sleep of unknown depth, in 1/255; they add up to 255."""
    told = (score.p_wake, score.p_light, score.p_deep, score.p_rem)
    return (*told, 255 - sum(told))
