"""Chance and its shapes: seeded streams, and noise within a band of frequencies.

Each subject draws from a stream of its own, so that a change to one leaves the
others as they were. Nothing here may use the clock or the global generator.
"""

from binascii import crc32

import numpy as np
from scipy import fft


def stream(seed: int, subject: str, index: int = 0) -> np.random.Generator:
    """The random numbers of one `subject` (any word) of the night `seed` (0 or more)."""
    return np.random.Generator(np.random.PCG64([seed, crc32(subject.encode()), index]))


def band_noise(
    rng: np.random.Generator,
    shape: tuple[int, ...],
    rate_hz: float,
    band_hz: tuple[float, float],
    slope: float = 0.0,
) -> np.ndarray:
    """Gaussian noise along axis 0, whose power falls as frequency ** -`slope` within `band_hz`.

    Unit variance where the band holds at least one bin of the transform, else all zero:
    `slope` 0 is white, 1 is the 1/f of heart rate. Returns float64 of `shape`.
    """
    length = fft.next_fast_len(max(shape[0], 2), real=True)
    white = fft.rfft(rng.standard_normal((length, *shape[1:])), axis=0)
    f_hz = fft.rfftfreq(length, 1 / rate_hz)
    inside = (f_hz > 0) & (f_hz >= band_hz[0]) & (f_hz <= band_hz[1])
    gain = np.zeros(f_hz.size)
    gain[inside] = f_hz[inside] ** (-slope / 2)
    power = 2 * np.sum(gain**2) / length
    if power == 0:
        return np.zeros(shape)
    gain /= np.sqrt(power)
    return fft.irfft(white * gain.reshape(-1, *[1] * (len(shape) - 1)), length, axis=0)[: shape[0]]


def smoothstep(x: np.ndarray) -> np.ndarray:
    """From 0 at x <= 0 to 1 at x >= 1 with level ends: 3 x^2 - 2 x^3."""
    x = np.clip(x, 0.0, 1.0)
    return x * x * (3 - 2 * x)
