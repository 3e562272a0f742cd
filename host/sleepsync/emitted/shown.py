"""What the ring showed, measured at the eye."""

from dataclasses import dataclass

import numpy as np

from sleepsync.emitted.eye import is_amber, levels_lx, ring_ma
from sleepsync.emitted.files import Emitted
from sleepsync.emitted.flicker import Flicker, flicker
from sleepsync.emitted.limits import Limits
from sleepsync.emitted.slew import SECOND_US, Slew, is_cut, slew


@dataclass(frozen=True)
class Light:
    """From each of `us` (n,) on: levels at the eye in lx, whether all is red, amber or dark,
    what the ring draws; `cut`: whether all lights went out at once there, for good. The last
    row holds until `until_us`.
    """

    us: np.ndarray
    until_us: int
    photopic_lx: np.ndarray
    melanopic_lx: np.ndarray
    amber: np.ndarray
    ring_ma: np.ndarray
    cut: np.ndarray
    slew: Slew
    flicker: Flicker

    @property
    def figures(self) -> dict[str, float]:
        """The most of everything."""
        return {
            "light_photopic_lx": float(self.photopic_lx.max(initial=0)),
            "light_melanopic_lx": float(self.melanopic_lx.max(initial=0)),
            "light_counts_in_1s": float(self.slew.in_1s.max(initial=0)),
            "light_counts_ahead": float(self.slew.ahead.max(initial=0)),
            "light_cuts": int(self.cut.sum()),
            "light_flicker": float(self.flicker.ratio.max(initial=0)),
            "light_windows": len(self.flicker.ratio),
            "light_windows_left_out": self.flicker.left_out,
            "light_ring_ma": float(self.ring_ma.max(initial=0)),
        }


def shown(emitted: Emitted, until_us: int, limits: Limits) -> Light:
    """The ring's log, measured; a second is one less what a tick may come late."""
    us, grb = emitted.light_us, emitted.grb
    photopic_lx, melanopic_lx = levels_lx(grb)
    window_us = SECOND_US - limits.late_us
    cut = is_cut(us, grb, photopic_lx, limits.step_counts, window_us)
    return Light(
        us,
        until_us,
        photopic_lx,
        melanopic_lx,
        is_amber(grb),
        ring_ma(grb),
        cut,
        slew(us, grb, cut, limits.slew_counts, window_us),
        flicker(us, photopic_lx, us[cut]),
    )
