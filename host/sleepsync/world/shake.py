"""Shaking: the bursts of acceleration and of false light that a moving hand makes.

A burst comes from the night's seed and its own number alone, so it is the same
in whatever blocks it is asked for. It must never move gravity: that is the posture.
"""

from dataclasses import dataclass

import numpy as np

from sleepsync.world.noise import band_noise, stream
from sleepsync.world.sleeper import Movement, Sleeper

COUNTED_HZ = (3.0, 11.0)  # the band of the activity counts
_SWAY_HZ = (0.3, 2.0)  # the limb's own path, below the counts
_SWAY_SHARE = 0.3  # of the shaking's strength
_EDGE_S = 0.2  # a limb starts and stops within about this
TURN_S, TURN_G = 1.5, 0.35  # the jolt of a turn: longer than the turn itself
_HANDLING_S, _HANDLING_G = 2.0, 0.5  # clipping the pod on or taking it off

# Light is shaken by the pod shifting on the skin and by venous blood sloshing
# (Hayes and Smith 1998, Appl Opt 37:7437): of the steady light, always more than a pulse.
_SLOSH_HZ, _SLOSH_LEAST, _SLOSH_PER_G = (0.15, 1.0), 0.03, 0.10
_SLIP_HZ, _SLIP_LEAST, SLIP_PER_G = (1.0, 8.0), 0.02, 0.06
_OWN_SHARE = 0.2  # of each colour's artefact that the other does not show


@dataclass(frozen=True)
class Burst:
    """One burst of shaking; `number` names its random stream."""

    number: int
    movement: Movement


def bursts(sleeper: Sleeper) -> list[Burst]:
    """Every movement, the jolt of every turn, the handling of the pod."""
    shakes = list(sleeper.movements)
    shakes += [Movement(turn.at_s, TURN_S, TURN_G) for turn in sleeper.turns if turn.at_s > 0]
    shakes += [
        Movement(at_s - _HANDLING_S / 2, _HANDLING_S, _HANDLING_G)
        for span in sleeper.off_body
        for at_s in span
    ]
    return [Burst(number, movement) for number, movement in enumerate(shakes)]


def acceleration_g(burst: Burst, seed: int, rate_hz: int) -> np.ndarray:
    """Acceleration in g, shape (n, 3); the largest vector of its 3-11 Hz part is `strength_g`."""
    rng = stream(seed, "shaken pod", burst.number)
    edge, shape = _envelope(burst, rate_hz), (_length(burst, rate_hz), 3)
    counted = band_noise(rng, shape, rate_hz, COUNTED_HZ) * edge
    sway = band_noise(rng, shape, rate_hz, _SWAY_HZ) * edge
    strength_g = burst.movement.strength_g
    return _to_peak(counted, strength_g) + _to_peak(sway, strength_g * _SWAY_SHARE)


def false_light(burst: Burst, seed: int, rate_hz: int) -> np.ndarray:
    """What a burst adds to (red, infrared), as a share of the steady light: shape (n, 2)."""
    if burst.movement.light_share == 0:
        return np.zeros((_length(burst, rate_hz), 2))
    rng = stream(seed, "shaken light", burst.number)
    edge, shape = _envelope(burst, rate_hz), (_length(burst, rate_hz), 3)
    strength_g = burst.movement.strength_g
    slosh = band_noise(rng, shape, rate_hz, _SLOSH_HZ) * edge
    slip = band_noise(rng, shape, rate_hz, _SLIP_HZ) * edge
    sloshed = _coloured(slosh, _SLOSH_LEAST + _SLOSH_PER_G * strength_g)
    slipped = _coloured(slip, _SLIP_LEAST + SLIP_PER_G * strength_g)
    return (sloshed + slipped) * burst.movement.light_share


def add_bursts(out: np.ndarray, first: int, rate_hz: int, shaken: list[Burst], render) -> None:
    """Add to `out` (samples `first` on, shape (n, k)) what of each burst falls into it.

    `render(burst)` gives the burst's samples, shape (m, k), from its start on.
    """
    for burst in shaken:
        start = _start(burst, rate_hz) - first
        if start < len(out) and start + _length(burst, rate_hz) > 0:
            samples = render(burst)[max(-start, 0) : len(out) - start]
            at = max(start, 0)
            out[at : at + len(samples)] += samples


def _start(burst: Burst, rate_hz: int) -> int:
    return round(burst.movement.start_s * rate_hz)


def _length(burst: Burst, rate_hz: int) -> int:
    return max(round(burst.movement.length_s * rate_hz), 1)


def _envelope(burst: Burst, rate_hz: int) -> np.ndarray:
    """Level with raised-cosine edges, shape (n, 1)."""
    n = _length(burst, rate_hz)
    from_edge = np.minimum(np.arange(n) + 0.5, n - 0.5 - np.arange(n))
    x = np.minimum(from_edge / (_EDGE_S * rate_hz), 1.0)
    return (0.5 - 0.5 * np.cos(np.pi * x))[:, None]


def _coloured(noise: np.ndarray, peak: float) -> np.ndarray:
    """(red, infrared), shape (n, 2), from noise (n, 3): one part in common, one of each colour."""
    common = _to_peak(noise[:, :1], peak * (1 - _OWN_SHARE))
    return common + _to_peak(noise[:, 1:], peak * _OWN_SHARE)


def _to_peak(samples: np.ndarray, peak: float) -> np.ndarray:
    """Scaled so that the longest vector of `samples` (n, k) is `peak`; silence stays silent."""
    longest = np.sqrt(np.max(np.sum(samples**2, axis=1)))
    return samples * (peak / longest) if longest else samples
