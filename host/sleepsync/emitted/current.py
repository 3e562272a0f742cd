"""What ring and amplifier draw together, typically; it must know no cap."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Current:
    """`ma` (n,) at `us` (n,), ascending: wherever either may be at its most."""

    us: np.ndarray
    ma: np.ndarray


def together(
    light_us: np.ndarray, ring_ma: np.ndarray, sound_us: np.ndarray, amplifier_ma: np.ndarray
) -> Current:
    """Of a ring that draws `ring_ma` from `light_us` on, and milliseconds of the amplifier.

    Each is steady while the other changes, so the sum is largest at a change of one of them.
    """
    us = np.concatenate((light_us, sound_us))
    ma = np.concatenate(
        (
            ring_ma + _while(sound_us, amplifier_ma, light_us, 1000),
            amplifier_ma + _while(light_us, ring_ma, sound_us),
        )
    )
    order = np.argsort(us, kind="stable")
    return Current(us[order], ma[order])


def _while(us, values, moments_us, lasts_us=None):
    """What held at each moment: the last of `values`, 0 before it and once it is over."""
    at = np.searchsorted(us, moments_us, side="right") - 1
    held = np.concatenate(([0.0], values))[at + 1]
    if lasts_us is not None and len(us):
        held = np.where(moments_us - us[at] < lasts_us, held, 0.0)
    return held
