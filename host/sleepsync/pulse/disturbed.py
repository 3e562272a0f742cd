"""Light that is no pulse, or no longer: disturbances, noise, an empty desk, a pod pulled off.

All of it is made by seeds, in counts of the puck at 50 Hz. It must never be made to suit what
hears it.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import signal

from sleepsync.pulse.hearing import RATE_HZ as PUCK_HZ
from sleepsync.pulse.light import MOST_COUNTS, STEADY_COUNTS, SWING_COUNTS

MEMORY_S = 12  # the puck's rate is of the last so many seconds
BURST_S = 20
_EVERY_S, _FIRST_S = 60, 30
_DESK_COUNTS = 2000
_CONVERTER_COUNTS = 3  # its noise
_BAND_HZ = (0.5, 8.0)
_MOTION_HZ = (0.5, 5.0)
_LIFT_S = 0.3
_LIFT_SHARE = 0.2  # of the light, by which a finger that leaves throws it up

Random = np.random.Generator


@dataclass(frozen=True)
class Burst:
    """What a stretch of light becomes: `kind`, one of `KINDS`, at a severity."""

    kind: str
    severity: float


def white(light: np.ndarray, severity: float, random: Random) -> np.ndarray:
    """White noise, `severity` times the pulse's usual swing (root of the mean square)."""
    return light + random.normal(0, severity * SWING_COUNTS, len(light))


def clipping(light: np.ndarray, severity: float, random: Random) -> np.ndarray:
    """The converter's end lies within the swing, and cuts off this share of it from the dips."""
    low, high = np.percentile(light, (2, 98))
    return np.maximum(light, low + severity * (high - low))


def motion(light: np.ndarray, severity: float, random: Random) -> np.ndarray:
    """A hand that moves at random, 0.5-5 Hz, in spurts of about two seconds."""
    shaking = _unit(_band(random.normal(size=len(light)), _MOTION_HZ))
    spurts = np.abs(_unit(_band(random.normal(size=len(light)), (0.1, 0.5))))
    return light + severity * SWING_COUNTS * shaking * spurts


def tapping(light: np.ndarray, severity: float, random: Random) -> np.ndarray:
    """A hand that taps at 1.6 to 2.4 Hz as steadily as hands do: 4 % from tap to tap."""
    steps_s = random.uniform(0.42, 0.62) * (1 + 0.04 * random.normal(size=len(light)))
    taps = (np.cumsum(steps_s) * PUCK_HZ).astype(int)
    struck = np.zeros(len(light))
    struck[taps[taps < len(light)]] = 1
    tap = np.exp(-np.arange(25) / 5) * np.sin(np.arange(25) / 4)
    return light - severity * SWING_COUNTS * np.convolve(struck, tap / tap.max())[: len(light)]


def lead_off(light: np.ndarray, severity: float, random: Random) -> np.ndarray:
    """The finger is away: the room's light, this share of the finger's, and the noise of it."""
    ambient = severity * STEADY_COUNTS
    noise = random.normal(0, _CONVERTER_COUNTS + ambient / 10_000, len(light))
    away = ambient + noise
    edge = min(int(_LIFT_S * PUCK_HZ), len(light) // 2)
    away[:edge] += (light[:edge] * (1 + _LIFT_SHARE) - ambient) * np.linspace(1, 0, edge)
    away[-edge:] += (light[-edge:] * (1 + _LIFT_SHARE) - ambient) * np.linspace(0, 1, edge)
    return away


KINDS: dict[str, Callable[[np.ndarray, float, Random], np.ndarray]] = {
    "white": white,
    "clipping": clipping,
    "motion": motion,
    "lead_off": lead_off,
    "tapping": tapping,
}
SEVERITIES = {
    "white": (0.1, 0.3, 1.0),
    "clipping": (0.3, 0.6, 0.9),
    "motion": (0.5, 2.0, 8.0),
    "lead_off": (0.01, 0.1, 0.5),
    "tapping": (0.5, 2.0, 8.0),
}


def disturbed(light: np.ndarray, burst: Burst, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """(light, (seconds,) whether it is disturbed): bursts of 20 s, one a minute, from 30 s on.

    A second counts as disturbed until the puck has forgotten the burst, 12 s after its end.
    """
    random = np.random.default_rng(seed)
    made, touched = light.astype(float), np.zeros(len(light) // PUCK_HZ, dtype=bool)
    for begin_s in range(_FIRST_S, len(touched) - BURST_S + 1, _EVERY_S):
        part = slice(begin_s * PUCK_HZ, (begin_s + BURST_S) * PUCK_HZ)
        made[part] = KINDS[burst.kind](made[part], burst.severity, random)
        touched[begin_s : begin_s + BURST_S + MEMORY_S] = True
    return _counts(made), touched


NOISES = ("white", "pink", "walking", "band")
SWINGS = (30, 300, 3000, 30_000)


def noise(kind: str, swing: float, seconds: int, seed: int) -> np.ndarray:
    """Steady light with one of `NOISES`, its middle 96 % spanning `swing` counts.

    "pink": power falls as 1/f; "walking": each step is random; "band": white within 0.5-8 Hz.
    """
    wave = _NOISE[kind](np.random.default_rng(seed).normal(size=seconds * PUCK_HZ))
    low, high = np.percentile(wave, (2, 98))
    return _counts(STEADY_COUNTS + (wave - wave.mean()) / (high - low) * swing)


FLICKERS_HZ = (0.7, 1.2, 1.9)


def desk(ambient: float, flicker_hz: float, seconds: int, seed: int) -> np.ndarray:
    """Nobody there: a room's light, the converter's noise, and a tenth of it as flicker, if any.

    Mains light flickers at 100 or 120 Hz; sampled at not quite 50 Hz that comes out as a slow
    swing, at any frequency, a heart's included.
    """
    times_s = np.arange(seconds * PUCK_HZ) / PUCK_HZ
    flicker = 0.1 * ambient * np.sin(2 * np.pi * flicker_hz * times_s) if flicker_hz else 0
    random = np.random.default_rng(seed)
    return _counts(ambient + flicker + random.normal(0, _CONVERTER_COUNTS, len(times_s)))


AMBIENTS = (_DESK_COUNTS, 20_000, 60_000)


def pulled_off(light: np.ndarray, ambient: float, seconds: int, seed: int) -> np.ndarray:
    """`light`, which ends at any moment of a beat, then a finger that leaves, then the desk."""
    after = desk(ambient, 0, seconds, seed).astype(float)
    edge = int(_LIFT_S * PUCK_HZ)
    up = light[-1] * (1 + _LIFT_SHARE) - ambient
    after[:edge] += up * np.linspace(1, 0, edge) ** 2
    return _counts(np.concatenate((light, after)))


def _counts(light):
    return np.clip(np.round(light), 0, MOST_COUNTS).astype(int)


def _band(wave, band_hz):
    filtered = signal.butter(2, band_hz, "bandpass", fs=PUCK_HZ, output="sos")
    return signal.sosfiltfilt(filtered, wave)


def _unit(wave):
    return wave / (np.std(wave) or 1.0)


def _pink(white):
    spectrum = np.fft.rfft(white)
    spectrum[1:] /= np.sqrt(np.arange(1, len(spectrum)))
    spectrum[0] = 0
    return np.fft.irfft(spectrum, len(white))


_NOISE: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "white": np.array,
    "pink": _pink,
    "walking": np.cumsum,
    "band": lambda white: _band(white, _BAND_HZ),
}
