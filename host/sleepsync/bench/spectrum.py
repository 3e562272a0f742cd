"""Levels of a sound by bands of a part of an octave, and the line that they should lie on."""

from itertools import pairwise

import numpy as np
from scipy.signal import welch

_SEGMENT = 16384  # samples: lines 1 Hz apart at 16 kHz


def band_levels_db(
    samples: np.ndarray, rate_hz: int, low_hz: float, high_hz: float, per_octave: int = 3
) -> tuple[np.ndarray, np.ndarray]:
    """(centre frequencies, level per Hz in dB) of bands between two frequencies."""
    hz, power = welch(samples.astype(float), rate_hz, nperseg=_SEGMENT)
    edges = np.geomspace(low_hz, high_hz, round(np.log2(high_hz / low_hz) * per_octave) + 1)
    means = [power[(hz >= low) & (hz < high)].mean() for low, high in pairwise(edges)]
    return np.sqrt(edges[:-1] * edges[1:]), 10 * np.log10(means)


def line(hz: np.ndarray, levels_db: np.ndarray, slope: float) -> tuple[float, float]:
    """(dB an octave, how far the furthest band is from a line of that `slope`)."""
    octaves = np.log2(hz)
    off = levels_db - slope * octaves
    return float(np.polyfit(octaves, levels_db, 1)[0]), float(np.abs(off - off.mean()).max())
