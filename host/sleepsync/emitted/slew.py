"""How fast the ring's channels change, and when it is cut to dark instead.

A full-scale change takes a second at least. Two figures say so: the counts that a channel rises
(or falls) within the second, and by how many it ran ahead of a ramp of that steepness. One step
of 200 keeps the first and not the second, two hundred steps of 2 the other way round.
"""

from dataclasses import dataclass

import numpy as np

SECOND_US = 1_000_000
_FAINT_LX = 0.02  # a step so small can break no limit of flicker


@dataclass(frozen=True)
class Slew:
    """Of each change of the ring (n,), the most of all channels, up or down.

    `in_1s`: counts changed one way in the second until then; `ahead`: counts ahead of the ramp.
    """

    in_1s: np.ndarray
    ahead: np.ndarray


def is_cut(
    us: np.ndarray, grb: np.ndarray, photopic_lx: np.ndarray, least_counts: float, dark_us: int
) -> np.ndarray:
    """(n,) whether a change is a cut: every light out at once, and dark for `dark_us` at least.

    Only from what slew or flicker would not allow: a channel above `least_counts`, or a level
    that can be seen to go. The last step of a fade is none.
    """
    brightest = grb.max(axis=(1, 2), initial=0)
    lasts_us = np.diff(us, append=np.iinfo(np.int64).max)
    before, before_lx = _before(brightest), _before(photopic_lx)
    seen = (before > least_counts) | (before_lx > _FAINT_LX)
    return (brightest == 0) & seen & (lasts_us >= dark_us)


def slew(
    us: np.ndarray, grb: np.ndarray, cut: np.ndarray, per_s: float, window_us: int = SECOND_US
) -> Slew:
    """Of changes `grb` (n, 24, 3) at `us` from dark on; falls of a `cut` count for nothing."""
    found = Slew(np.zeros(len(us)), np.zeros(len(us)))
    for light in np.moveaxis(grb, 1, 0):
        steps = np.diff(light.astype(float), axis=0, prepend=0)
        steps[cut] = 0
        for one_way in (np.maximum(steps, 0), np.maximum(-steps, 0)):
            np.maximum(found.in_1s, _in_window(us, one_way, window_us), out=found.in_1s)
            np.maximum(found.ahead, _ahead(us, one_way, per_s), out=found.ahead)
    return found


def _before(values):
    return np.concatenate(([0], values[:-1])) if len(values) else values


def _in_window(us, steps, window_us):
    """Steps in (t - window, t], summed."""
    total = np.concatenate((np.zeros((1, steps.shape[1])), np.cumsum(steps, axis=0)))
    first = np.searchsorted(us, us - window_us, side="right")
    return (total[1:] - total[first]).max(axis=1)


def _ahead(us, steps, per_s):
    """A bucket that every step fills and that leaks `per_s`: its level after each step."""
    ramp = per_s * us[:, np.newaxis] / 1e6
    after = np.cumsum(steps, axis=0) - ramp
    return (after - np.minimum.accumulate(after - steps, axis=0)).max(axis=1)
