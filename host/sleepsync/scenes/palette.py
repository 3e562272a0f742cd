"""Colours as people name them, made into what the ring's three primaries give.

A WS2812B dims by the share of time that its light is on, so counts are linear in light. What a
count is at the eye is told by sleepsync.emitted.eye. It must never choose how bright: a colour here
is a proportion of green, red and blue.
"""

import numpy as np

from sleepsync.emitted.eye import PHOTOPIC_LX

# Chromaticity (CIE 1931 x, y) of one wavelength each, the middle of the datasheet's range: 525,
# 625 and 467.5 nm, from the standard's tables; for green, red, blue as everywhere.
_PRIMARIES_XY = ((0.1142, 0.8262), (0.7006, 0.2993), (0.1300, 0.0484))
LEAST_K, MOST_K = 1000, 6500
_SRGB_TO_XYZ = np.array(  # IEC 61966-2-1
    [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
)

# Green, red, blue. Without blue, and green at most half of red, they hold back the body clock's
# own signal least (melanopic light), and are allowed to a sleeper.
NIGHT = {
    "red": (0.0, 1.0, 0.0),
    "ember": (0.1, 1.0, 0.0),
    "amber": (0.4, 1.0, 0.0),
}
KELVIN = {
    "candle": 1900,
    "warm white": 2700,
    "moonlight": 4100,
}
DARK = "dark"


def proportions(colour: str) -> np.ndarray:
    """Green, red, blue counts of a colour's name or "#rrggbb", the largest 1; of "dark" all 0.

    "#rrggbb" is what a screen (sRGB) shows; what the ring cannot show is brought to its edge.
    ValueError with what would do.
    """
    if colour == DARK:
        return np.zeros(3)
    if colour in NIGHT:
        return np.array(NIGHT[colour])
    if colour in KELVIN:
        return of_kelvin(KELVIN[colour])
    return _of_hex(colour)


def of_kelvin(kelvin: float) -> np.ndarray:
    """Green, red, blue counts of a black body of 1000-6500 K, the largest 1. ValueError past it."""
    if not LEAST_K <= kelvin <= MOST_K:
        raise ValueError(f"{kelvin} K is no light of this ring: from {LEAST_K} to {MOST_K}")
    x, y = planckian_xy(kelvin)
    return _shown(np.array([x / y, 1.0, (1 - x - y) / y]))


def planckian_xy(kelvin: float) -> tuple[float, float]:
    """CIE 1931 x, y of a black body of 1000 to 15000 K, by the rational fit in u, v of M. Krystek
    (Color Research and Application 10, 38, 1985).
    """
    t, tt = kelvin, kelvin * kelvin
    u = (0.860117757 + 1.54118254e-4 * t + 1.28641212e-7 * tt) / (
        1 + 8.42420235e-4 * t + 7.08145163e-7 * tt
    )
    v = (0.317398726 + 4.22806245e-5 * t + 4.20481691e-8 * tt) / (
        1 - 2.89741816e-5 * t + 1.61456053e-7 * tt
    )
    below = 2 * u - 8 * v + 4
    return 3 * u / below, 2 * v / below


def ring_xy(counts: np.ndarray) -> tuple[float, float]:
    """CIE 1931 x, y of what counts (3,) of green, red, blue look like together."""
    xyz = _PRIMARIES @ (np.asarray(counts, dtype=float) * PHOTOPIC_LX)
    return xyz[0] / xyz.sum(), xyz[1] / xyz.sum()


def _of_hex(colour):
    digits = colour.removeprefix("#")
    try:
        rgb = np.array([int(digits[at : at + 2], 16) for at in (0, 2, 4)]) / 255
    except ValueError:
        rgb = np.empty(0)
    if len(colour) != 7 or not colour.startswith("#") or not len(rgb):
        known = ", ".join([DARK, *NIGHT, *KELVIN])
        raise ValueError(f"no colour {colour!r}: one of {known}, or like #ff9329")
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return _shown(_SRGB_TO_XYZ @ linear) if linear.any() else np.zeros(3)


def _shown(xyz):
    """Counts of that colour; of a primary that would have to be taken away there is none."""
    counts = np.linalg.solve(_PRIMARIES, xyz).clip(0) / PHOTOPIC_LX
    return counts / counts.max()


_PRIMARIES = np.array([(x / y, 1.0, (1 - x - y) / y) for x, y in _PRIMARIES_XY]).T
