"""What the photodiode would see: red and infrared through the finger, and the room.

Currents before any converter: no sensor noise, quantum or saturation here. Levels are
those of a fingertip on a reflective sensor at a few milliamperes of LED current.
"""

import numpy as np

from sleepsync.world.noise import band_noise, smoothstep, stream
from sleepsync.world.pulse import Pulse
from sleepsync.world.shake import SLIP_PER_G, add_bursts, bursts, false_light
from sleepsync.world.sleeper import Sleeper, breath
from sleepsync.world.tremor import Trembling

_FINGER_PA_PER_MA = (280_000, 360_000)  # of infrared; a sleeper's own
_RED_SHARE = (0.85, 1.0)  # of infrared
_RED_SWING = 0.56  # ratio of ratios at 96 % SpO2 by the common 110 - 25 R
_PERFUSION_LIMITS = (0.7, 1.35)  # of the sleeper's own swing
_PERFUSION_HZ, _PERFUSION_SPREAD = (1 / 3600, 1 / 30), 0.12  # vessels open and close
_STEADY_HZ, _STEADY_SPREAD = (1 / 3600, 1 / 60), 0.012  # venous filling, seat of the pod
_TURN_PERFUSION, _TURN_STEADY = 0.15, 0.025  # spread of a turn's step in either
_BREATH_STEADY = 0.0025  # breathing moves the steady light by a fifth of a pulse
_BREATH_SWING = 0.08  # and the pulse's swing (Charlton 2018, IEEE Rev Biomed Eng 11:2)
_SHADED_PA, _ROOM_PA = 300, 40_000  # ambient light left under a finger, and on the table
_DESK_PA_PER_MA = 4_000  # LED light that a dark table throws back
_AMBIENT_HZ, _AMBIENT_SPREAD = (1 / 3600, 1 / 60), 0.2
_SEATING_S = 0.4  # the pod is on or off the finger within about this


class Light:
    """The light of a whole night, in blocks."""

    def __init__(self, sleeper: Sleeper, rate_hz: int) -> None:
        self._sleeper, self._rate_hz = sleeper, rate_hz
        self._pulse = Pulse(sleeper.beats_s)
        self._bursts = bursts(sleeper)
        self._trembling = Trembling(sleeper)
        rng = stream(sleeper.seed, "finger")
        self._infrared_pa = rng.uniform(*_FINGER_PA_PER_MA) * sleeper.skin
        self._red_pa = self._infrared_pa * rng.uniform(*_RED_SHARE)
        self._swing = rng.uniform(*sleeper.swing)
        self._draw_slow(rng)

    def block(self, first: int, count: int) -> np.ndarray:
        """Samples `first` to `first + count`: int32 of shape (count, 3).

        Red and infrared in pA per mA of LED current, ambient in pA.
        """
        t_s = (first + np.arange(count)) / self._rate_hz
        worn = _worn(t_s, self._sleeper.off_body)[:, None]
        finger = self._finger(first, t_s) * [self._red_pa, self._infrared_pa]
        room = self._slow(t_s, self._ambient)[:, None]
        led = worn * finger + (1 - worn) * _DESK_PA_PER_MA
        ambient = (worn * _SHADED_PA + (1 - worn) * _ROOM_PA) * room
        return np.rint(np.hstack((led, ambient))).astype("<i4")

    def _finger(self, first: int, t_s: np.ndarray) -> np.ndarray:
        """(red, infrared) through the finger as a share of the sleeper's own steady light."""
        drawn = breath(self._sleeper.breaths_per_min, self._sleeper.pauses, t_s)
        steady = self._slow(t_s, self._steady) + _BREATH_STEADY * drawn
        pulse = self._pulse.absorbed(t_s) * self._slow(t_s, self._perfusion)
        absorbed = self._swing * pulse * (1 + _BREATH_SWING * drawn)
        finger = steady[:, None] * (1 - absorbed[:, None] * [_RED_SWING, 1.0])
        finger += (SLIP_PER_G * self._trembling.strength_g(t_s))[:, None]
        add_bursts(finger, first, self._rate_hz, self._bursts, self._false_light)
        return np.maximum(finger, 0.0)

    def _false_light(self, burst) -> np.ndarray:
        return false_light(burst, self._sleeper.seed, self._rate_hz)

    def _draw_slow(self, rng: np.random.Generator) -> None:
        """Perfusion, steady light and ambient light, one value a second, about 1."""
        shape = (int(self._sleeper.duration_s) + 2,)
        turned = self._turns_before(np.arange(shape[0]))
        level = band_noise(rng, shape, 1.0, _PERFUSION_HZ, slope=1) * _PERFUSION_SPREAD
        steps = rng.standard_normal((2, len(self._sleeper.turns) + 1))
        level += _TURN_PERFUSION * steps[0, turned]
        self._perfusion = np.clip(np.exp(level), *_PERFUSION_LIMITS)
        drift = band_noise(rng, shape, 1.0, _STEADY_HZ, slope=1) * _STEADY_SPREAD
        self._steady = np.exp(drift + _TURN_STEADY * steps[1, turned])
        self._ambient = np.exp(band_noise(rng, shape, 1.0, _AMBIENT_HZ, slope=1) * _AMBIENT_SPREAD)

    def _turns_before(self, t_s: np.ndarray) -> np.ndarray:
        return np.searchsorted([turn.at_s for turn in self._sleeper.turns], t_s, side="right")

    def _slow(self, t_s: np.ndarray, per_second: np.ndarray) -> np.ndarray:
        return np.interp(t_s, np.arange(len(per_second)), per_second)


def _worn(t_s: np.ndarray, off_body: list[tuple[float, float]]) -> np.ndarray:
    """1 with the pod on the finger, 0 without, with the moment of seating between."""
    worn = np.ones(len(t_s))
    for off_s, on_s in off_body:
        worn *= 1 - smoothstep((t_s - off_s) / _SEATING_S) * smoothstep((on_s - t_s) / _SEATING_S)
    return worn
