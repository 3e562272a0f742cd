"""The pulse at the finger: how much more light each heartbeat's blood absorbs.

One wave shape (systolic peak, dicrotic wave, run-off) is laid down at every beat,
so where beats are missing there is none. It must never move a beat.
"""

import numpy as np
from scipy.ndimage import median_filter

TRANSIT_S = 0.2  # heart to fingertip, about this in adults; held fixed, as truth is

# The wave of a heart at 60 /min as a sum of Gaussians (Rubins 2008, Med Biol Eng Comput
# 46:1271): centre s, width s, height. It rises (10-90 %) in 0.14 s; the notch comes
# 0.22 s after the peak.
_WAVES = ((0.00, 0.075, 0.75), (0.11, 0.11, 0.45), (0.36, 0.105, 0.40), (0.55, 0.15, 0.14))
_TABLE_STEP_S = 0.001
_TABLE_S = (-0.40, 1.15)  # beyond, every wave is under a thousandth
_REFERENCE_INTERVAL_S = 1.0
_INTERVAL_LIMITS_S = (0.35, 1.4)  # outside, an interval is a lost or a doubled beat
_TYPICAL_BEATS = 9  # neighbours whose median says what interval is usual now
_LEAST_FILLING = 0.2  # of the usual interval: a beat as early as this ejects nothing
_MOST_SWING = 1.25  # after a pause the heart is full: a longer one adds nothing
_OVERLAPPING = (-3, -2, -1, 0)  # beats round a time whose waves reach it, up to 170 /min


class Pulse:
    """The pulse of a whole night, for any times in it."""

    def __init__(self, beats_s: np.ndarray) -> None:
        """`beats_s`: heartbeats in s, ascending."""
        self.upstrokes_s = np.asarray(beats_s, dtype=float) + TRANSIT_S
        interval_s = np.diff(self.upstrokes_s, prepend=self.upstrokes_s[:1] - 1)
        usual_s = median_filter(interval_s, _TYPICAL_BEATS, mode="nearest")
        usual_s = np.clip(usual_s, *_INTERVAL_LIMITS_S)
        filling = (interval_s / usual_s - _LEAST_FILLING) / (1 - _LEAST_FILLING)
        self._swing = np.clip(filling, 0.0, _MOST_SWING)
        # Systole shortens as the root of the interval (Bazett 1920, Heart 7:353).
        self._stretch = np.sqrt(usual_s / _REFERENCE_INTERVAL_S)
        self._ages_s, self._wave = _wave_table()

    def absorbed(self, t_s: np.ndarray) -> np.ndarray:
        """Absorption at `t_s`, 0 between pulses and about 1 at a usual systole."""
        absorbed = np.zeros(len(t_s))
        if not len(self.upstrokes_s):
            return absorbed
        following = np.searchsorted(self.upstrokes_s, t_s)
        for offset in _OVERLAPPING:
            beat = following + offset
            there = (beat >= 0) & (beat < len(self.upstrokes_s))
            beat = np.where(there, beat, 0)
            age_s = (t_s - self.upstrokes_s[beat]) / self._stretch[beat]
            wave = np.interp(age_s, self._ages_s, self._wave, left=0.0, right=0.0)
            absorbed += np.where(there, self._swing[beat] * wave, 0.0)
        return absorbed


def _wave_table() -> tuple[np.ndarray, np.ndarray]:
    """The wave of one beat: its steepest rise at age 0, its peak 1."""
    t_s = np.arange(*_TABLE_S, _TABLE_STEP_S)
    wave = np.sum([h * np.exp(-0.5 * ((t_s - at_s) / w) ** 2) for at_s, w, h in _WAVES], axis=0)
    steepest = int(np.argmax(np.gradient(wave)))
    return t_s - t_s[steepest], wave / wave.max()
