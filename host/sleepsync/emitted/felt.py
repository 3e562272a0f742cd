"""What the haptic driver drove: bursts, how long, and for how much of any 30 s.

Any drive but 0 is felt, braking too.
"""

from dataclasses import dataclass

import numpy as np

from sleepsync.emitted.files import Emitted
from sleepsync.emitted.lanes import spans_of

DUTY_US = 30_000_000


@dataclass(frozen=True)
class Touch:
    """`drive` (n,), 0..128 either way, from each of `us` on; the last until `until_us`.

    `bursts` (k, 2): us. `duty` (k,): share of the 30 s that begin with each burst; no other
    30 s hold more than all of these.
    """

    us: np.ndarray
    until_us: int
    drive: np.ndarray
    bursts: np.ndarray
    duty: np.ndarray

    @property
    def lasts_us(self) -> np.ndarray:
        """(k,) of each burst."""
        return self.bursts[:, 1] - self.bursts[:, 0]

    @property
    def figures(self) -> dict[str, float]:
        """The most of everything."""
        return {
            "touch_drive": int(self.drive.max(initial=0)),
            "touch_burst_s": int(self.lasts_us.max(initial=0)) / 1e6,
            "touch_duty": float(self.duty.max(initial=0)),
        }


def felt(emitted: Emitted, until_us: int) -> Touch:
    """The driver's log, measured."""
    bursts = spans_of(emitted.touch_us, emitted.drive != 0, until_us)
    windows = bursts[:, 0]
    on_us = _until(bursts, windows + DUTY_US) - _until(bursts, windows)
    drive = np.abs(emitted.drive)
    return Touch(emitted.touch_us, until_us, drive, bursts, on_us / DUTY_US)


def _until(bursts, moments_us):
    """(n,) us of bursts before each of `moments_us`."""
    knots = bursts.ravel()
    on_us = np.column_stack((np.zeros(len(bursts)), bursts[:, 1] - bursts[:, 0])).ravel().cumsum()
    return np.interp(moments_us, knots, on_us) if len(knots) else np.zeros(0)
