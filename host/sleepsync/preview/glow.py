"""The ring as an eye sees it: 24 soft discs on a dark ground, in the colours of its three parts.

Counts are linear in light; each primary has its luminous intensity and its wavelength's place
(CIE 1931), which a screen (sRGB, IEC 61966-2-1) cannot quite show: what lies outside is brought to
its edge, as bright as before. It must never show one scene's frames each at an exposure of its own.
"""

from functools import cache

import numpy as np

from sleepsync.emitted.eye import PHOTOPIC_LX
from sleepsync.emitted.files import LIGHTS

# x, y of 525, 625 and 467.5 nm, the middle of a WS2812B's bins (CIE 018); green, red, blue.
_PRIMARIES_XY = ((0.1142, 0.8262), (0.7006, 0.2993), (0.1300, 0.0484))
_XYZ_TO_SRGB = np.array(
    [[3.2406, -1.5372, -0.4986], [-0.9689, 1.8758, 0.0415], [0.0557, -0.2040, 1.0570]]
)
_RADIUS, _DISC, _HALO = 0.7, 0.082, 0.2  # of half the picture
_HALO_SHARE = 0.055
_LUMINANCE = np.array([0.2126, 0.7152, 0.0722])
_LOOKS, _LEAST = 3000, 1e-3
_GROUND = np.array([0.0052, 0.0056, 0.0075])  # linear: what a dark room still shows


def picture(grb: np.ndarray, exposure: float, side: int) -> np.ndarray:
    """(side, side, 3) uint8 sRGB of a frame (24, 3) of counts; see `exposure_of`."""
    light = np.tensordot(_spots(side), _linear(grb) / exposure, 1) + _GROUND
    return _encoded(light)


def exposure_of(grb: np.ndarray) -> float:
    """What a screen is to show as full: the strongest part of any light in frames (n, 24, 3)."""
    return max(float(_linear(grb[:: max(1, len(grb) // _LOOKS)]).max(initial=0)), _LEAST)


def _linear(grb):
    """Linear sRGB (..., 3), Y in lx at the eye, of counts of green, red, blue."""
    linear = grb.astype(float) @ _to_srgb()
    inside = np.maximum(linear, 0)
    level, shown = linear @ _LUMINANCE, inside @ _LUMINANCE
    return inside * (level / np.maximum(shown, 1e-12))[..., None]


@cache
def _to_srgb():
    """Counts (green, red, blue) to linear sRGB whose Y is lx: (3, 3)."""
    xyz = [np.array([x / y, 1, (1 - x - y) / y]) for x, y in _PRIMARIES_XY]
    return np.array([_XYZ_TO_SRGB @ each * lx for each, lx in zip(xyz, PHOTOPIC_LX, strict=True)])


@cache
def _spots(side):
    """(side, side, 24): how much of each light falls on each point."""
    at = (np.arange(side) + 0.5) / side * 2 - 1
    angles = np.arange(LIGHTS) / LIGHTS * 2 * np.pi
    x, y = _RADIUS * np.sin(angles), -_RADIUS * np.cos(angles)
    apart = np.hypot(at[None, :, None] - x, at[:, None, None] - y)
    return np.exp(-((apart / _DISC) ** 4)) + _HALO_SHARE * np.exp(-((apart / _HALO) ** 2))


def _encoded(linear):
    linear = np.clip(linear, 0, 1)
    encoded = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.rint(encoded * 255).astype(np.uint8)
