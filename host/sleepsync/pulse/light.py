"""Any unit into counts of the pulse sensor, in which a beat is a dip of light.

Scaling is one straight line for a whole file. It must never filter, and never move a sample.
"""

import numpy as np
from scipy.signal import butter, sosfiltfilt

from sleepsync.pulse.hearing import RATE_HZ

MOST_COUNTS = 262_143  # of the sensor's 18 bits
STEADY_COUNTS, SWING_COUNTS = 150_000, 3_000  # 2 % of the light, as of a warm finger

POLARITIES = ("auto", "rise", "dip")
_SURE = 0.25  # of skewness: noise stays below, the least of 50 real waves has 0.35
_BAND_HZ = (0.5, 8)  # the band in which beats are looked for
_SHAPE_S, _LEAST_SHAPE_S = 10, 3
_SWING_S = 5  # holds a beat of the slowest heart
_MIDDLE = (2, 98)  # per cent: what lies outside is no pulse
_NO_SWING = 1e-9  # of the values' own size: the rounding of a file


def stretches(light: np.ndarray) -> list[tuple[int, int]]:
    """(first, after the last) of each run of known samples of `light` (n,), NaN where missing."""
    known = np.concatenate([[False], np.isfinite(light), [False]])
    edges = np.flatnonzero(np.diff(known.astype(int)))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


def upstroke_skewness(wave: np.ndarray) -> float:
    """How much faster `wave` (n,), at 50 Hz and NaN where missing, rises than it falls.

    The median over 10 s of the skewness of its slope, 0.5-8 Hz: blood comes faster than it
    runs off, so this is above 0 where a beat is a rise and below where it is a dip.
    """
    found = [skew for a, b in stretches(wave) for skew in _skews(wave[a:b])]
    return float(np.median(found)) if found else 0.0


def beat_is(wave: np.ndarray) -> str:
    """`rise` or `dip`, by the wave's shape (n,) at 50 Hz; empty where the shape does not tell."""
    skewness = upstroke_skewness(wave)
    if abs(skewness) < _SURE:
        return ""
    return "rise" if skewness > 0 else "dip"


def to_counts(wave: np.ndarray, polarity: str) -> np.ndarray:
    """Counts from 0 to 262,143 of `wave` (n,) at 50 Hz; NaN stays NaN. `polarity`: rise or dip.

    The middle is put at 150,000 and the usual swing of 5 s at 3,000; a wave without any stays
    flat.
    """
    swing = _usual_swing(wave)
    middle = np.nanmedian(wave)
    if swing <= _NO_SWING * abs(middle):
        return np.where(np.isfinite(wave), STEADY_COUNTS, np.nan)
    per_unit = SWING_COUNTS / swing * (1 if polarity == "dip" else -1)
    return np.clip(STEADY_COUNTS + (wave - middle) * per_unit, 0, MOST_COUNTS)


def _skews(wave):
    """Of each 10 s of a stretch without gaps; of the whole stretch if it is shorter."""
    if len(wave) < _LEAST_SHAPE_S * RATE_HZ:
        return
    band = butter(2, _BAND_HZ, "bandpass", fs=RATE_HZ, output="sos")
    slope = np.diff(sosfiltfilt(band, wave - wave.mean()))
    step = min(_SHAPE_S * RATE_HZ, len(slope))
    for at in range(0, len(slope) - step + 1, step):
        part = slope[at : at + step] - slope[at : at + step].mean()
        spread = part.std()
        if spread > 0:
            yield ((part / spread) ** 3).mean()


def _usual_swing(wave):
    """The median over 5 s of what lies between the 2nd and the 98th percentile; 0 if none does.

    Not that of the whole file: lights that wander by ten times a beat would make beats faint.
    """
    step = _SWING_S * RATE_HZ
    parts = [wave[at : at + step] for at in range(0, len(wave), step)]
    swings = [np.ptp(np.nanpercentile(p, _MIDDLE)) for p in parts if np.isfinite(p).any()]
    moving = [swing for swing in swings if swing > 0]
    return float(np.median(moving)) if moving else 0.0
