"""What moves the accelerometer: gravity, turns, movements, tremor, breathing.

Acceleration before any converter: no sensor noise, quantum or offset here.
"""

import numpy as np
from scipy.signal import butter, sosfilt

from sleepsync.world.noise import smoothstep, stream
from sleepsync.world.shake import acceleration_g, add_bursts, bursts
from sleepsync.world.sleeper import Sleeper, breath
from sleepsync.world.tremor import Trembling

ONE_G = 8192  # of the written int16, which therefore holds +-4 g
_TURN_S = 1.0
_UPRIGHT = (0.0, 0.0, 1.0)  # a sleeper without any turn
# A resting finger trembles at 7-12 Hz by some mg (Elble and Randall 1978,
# Electroencephalogr Clin Neurophysiol 44:72); the counts' first bin ends at 39 mg.
_TREMOR_HZ = (7.0, 12.0)
_TREMOR_G = 0.0015
_BREATH_G = 0.003  # the hand rides on the blanket: its tilt follows the breath


class Acceleration:
    """The acceleration of a whole night, in blocks that must be asked for in order."""

    def __init__(self, sleeper: Sleeper, rate_hz: int) -> None:
        self._sleeper, self._rate_hz = sleeper, rate_hz
        self._bursts = bursts(sleeper)
        self._trembling = Trembling(sleeper)
        postures = [turn.gravity for turn in sleeper.turns] or [_UPRIGHT]
        self._postures = np.array([postures[0], *postures])
        self._turns_s = np.array([turn.at_s for turn in sleeper.turns])
        self._rng = stream(sleeper.seed, "tremor")
        self._band = butter(2, _TREMOR_HZ, "bandpass", fs=rate_hz, output="sos")
        self._state = np.zeros((len(self._band), 2, 3))
        self._tremor_gain = _TREMOR_G / _rms_of_white(self._band)

    def block(self, first: int, count: int) -> np.ndarray:
        """Samples `first` to `first + count`: int16 of shape (count, 3), 8192 = 1 g."""
        t_s = (first + np.arange(count)) / self._rate_hz
        pod_g = self._gravity(t_s) + self._still_hand(t_s) * self._worn(t_s)
        add_bursts(pod_g, first, self._rate_hz, self._bursts, self._shaking)
        return np.clip(np.rint(pod_g * ONE_G), -32768, 32767).astype("<i2")

    def _gravity(self, t_s: np.ndarray) -> np.ndarray:
        """The posture at each time, in g; shorter than 1 g in the middle of a turn."""
        now = np.searchsorted(self._turns_s, t_s, side="right")
        since_s = t_s - np.concatenate(([-np.inf], self._turns_s))[now]
        turned = smoothstep(since_s / _TURN_S)[:, None]
        after = self._postures[now]
        before = self._postures[np.maximum(now - 1, 0)]
        return before * (1 - turned) + after * turned

    def _still_hand(self, t_s: np.ndarray) -> np.ndarray:
        """Tremor, every hand's and a sick one's, and breathing: in g, shape (n, 3)."""
        white = self._rng.standard_normal((len(t_s), 3))
        tremor, self._state = sosfilt(self._band, white, axis=0, zi=self._state)
        drawn = breath(self._sleeper.breaths_per_min, self._sleeper.pauses, t_s)[:, None]
        still = tremor * self._tremor_gain + drawn * (_BREATH_G / np.sqrt(3))
        return still + self._trembling.strength_g(t_s)[:, None] * self._trembling.direction

    def _worn(self, t_s: np.ndarray) -> np.ndarray:
        worn = np.ones(len(t_s))
        for off_s, on_s in self._sleeper.off_body:
            worn[(t_s >= off_s) & (t_s < on_s)] = 0
        return worn[:, None]

    def _shaking(self, burst) -> np.ndarray:
        return acceleration_g(burst, self._sleeper.seed, self._rate_hz)


def _rms_of_white(band: np.ndarray) -> float:
    """The rms that unit white noise keeps behind the filter: its impulse response's norm."""
    impulse = np.zeros(4096)
    impulse[0] = 1
    return float(np.linalg.norm(sosfilt(band, impulse)))
