"""A hand that trembles more than every hand does: a rhythm that waxes and wanes.

It must never move gravity, nor anything while its sleeper is asleep: that the spans say.
"""

import numpy as np

from sleepsync.world.noise import band_noise, smoothstep, stream
from sleepsync.world.sleeper import Sleeper

_EDGE_S = 5.0  # it comes and goes with waking and drowsing
_WANDER_HZ = (1 / 120, 0.2)  # how its strength and its phase wander
_LEAST = 0.6  # of its strength where it is weakest
_PHASE_SPREAD_RAD = 2.0  # a peak some tenth of a hertz wide


class Trembling:
    """A sleeper's `Tremor` for any times of the night; nothing for a sleeper without one."""

    def __init__(self, sleeper: Sleeper) -> None:
        self._tremor = sleeper.tremor
        self.direction = np.zeros(3)
        if self._tremor:
            rng = stream(sleeper.seed, "sick hand")
            aim = rng.standard_normal(3)
            self.direction = aim / np.linalg.norm(aim)
            wander = band_noise(rng, (int(sleeper.duration_s) + 2, 2), 1.0, _WANDER_HZ)
            self._phase_rad = _PHASE_SPREAD_RAD * wander[:, 0]
            self._level = (1 + _LEAST) / 2 + (1 - _LEAST) / 2 * np.tanh(wander[:, 1])

    def strength_g(self, t_s: np.ndarray) -> np.ndarray:
        """The acceleration along `direction` at each `t_s`, in g."""
        if not self._tremor:
            return np.zeros(len(t_s))
        seconds = np.arange(len(self._level))
        turned_rad = np.interp(t_s, seconds, self._phase_rad)
        rhythm = np.sin(2 * np.pi * self._tremor.rate_hz * t_s + turned_rad)
        level = np.interp(t_s, seconds, self._level) * _within(self._tremor.spans, t_s)
        return self._tremor.strength_mg / 1000 * level * rhythm


def _within(spans: list[tuple[float, float]], t_s: np.ndarray) -> np.ndarray:
    """1 inside the spans and 0 outside, with soft edges inside."""
    inside = np.zeros(len(t_s))
    for from_s, to_s in spans:
        a, b = np.searchsorted(t_s, (from_s, to_s))
        risen = smoothstep((t_s[a:b] - from_s) / _EDGE_S)
        inside[a:b] = risen * smoothstep((to_s - t_s[a:b]) / _EDGE_S)
    return inside
