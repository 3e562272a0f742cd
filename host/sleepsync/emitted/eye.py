"""Light at the eye, by the ring's datasheet and the standards of photometry.

Worldsemi's WS2812B tells luminous intensities (420 mcd red, 720 green, 200 blue, mid of their
bins) on axis at full; an eye on axis at 0.5 m gets I / d^2 from each of the 24, and a count is
1/255 of it: the lights dim by the share of time they are lit.

Melanopic EDI (CIE S 026/E:2018) is what daylight's D65 has of photopic lx for the same melanopic
irradiance: lx * s_mel / (683 lm/W * V) / (1.3262 mW/lm). s_mel (CIE, doi 10.25039/CIE.DS.vqqhzp5a)
and V (CIE 018) are taken at one wavelength of each colour, the datasheet's middle: 525, 625 and
467.5 nm. That is an approximation: with a band 20 to 30 nm wide, green has 5 % more and blue 8 %
less; over the datasheet's 465 to 470 nm blue goes 6 % up and down. Intensities are typical, and
scatter more than that.
"""

import numpy as np

DISTANCE_M = 0.5
_FULL_CD = np.array([0.720, 0.420, 0.200])  # green, red, blue, as in `grb`
_S_MEL = np.array([0.6094, 0.000628, (0.7852 + 0.8603) / 2])  # blue: of 465 and 470 nm
_V = np.array([0.7932, 0.3210, (0.0739 + 0.0910) / 2])
_LM_PER_W = 683.002
_D65_W_PER_LM = 1.3262e-3

PHOTOPIC_LX = _FULL_CD / DISTANCE_M**2 / 255  # a count of green, red, blue
MELANOPIC_LX = PHOTOPIC_LX * _S_MEL / (_LM_PER_W * _V) / _D65_W_PER_LM

IDLE_MA = 24.0  # about 1 mA a light; a ring that is dark has no supply
CHANNEL_MA = 20.0  # a channel at full: a light takes 60 mA at full white


def levels_lx(grb: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(photopic lx, melanopic EDI in lx) at the eye, each (n,), of frames `grb` (n, 24, 3)."""
    counts = _sums(grb)
    return counts @ PHOTOPIC_LX, counts @ MELANOPIC_LX


def is_amber(grb: np.ndarray) -> np.ndarray:
    """(n,) whether each light of a frame is dark, red or amber: no blue, green half of red."""
    green, red, blue = np.moveaxis(grb.astype(np.int16), 2, 0)
    return ((blue == 0) & (2 * green <= red)).all(axis=1)


def ring_ma(grb: np.ndarray) -> np.ndarray:
    """(n,) what the ring draws from 5 V, typically; between its own pulses more."""
    counts = _sums(grb).sum(axis=1)
    return np.where(counts > 0, IDLE_MA + CHANNEL_MA * counts / 255, 0.0)


def _sums(grb):
    return grb.sum(axis=1, dtype=np.int64)
