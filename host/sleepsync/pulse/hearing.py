"""What the firmware's pulse makes of a recorded waveform, in the VM.

It must decide nothing: a value that the firmware does not know is NaN here.
"""

from array import array
from dataclasses import dataclass

import numpy as np

from sleepsync.vm import Worker

RATE_HZ = 50  # what the puck samples at
BLOCK_S = 17 / RATE_HZ  # the sensor hands over so much at a time
_SAMPLE_S = 1 / RATE_HZ
_Q8 = 256


@dataclass(frozen=True)
class Heard:
    """What the puck says. `beats_s` (n,): when each beat's light falls steepest, s from the
    first sample. `intervals_s` (n,): the believed interval that ends with each, NaN if none.
    Row k of the others is what is known after k + 1 seconds, NaN where it is not: `rate_bpm`,
    `rmssd_ms`, `sdnn_ms`, `breaths_per_min`; `quality` from 0 to 100 is always known.
    """

    beats_s: np.ndarray
    intervals_s: np.ndarray
    rate_bpm: np.ndarray
    rmssd_ms: np.ndarray
    sdnn_ms: np.ndarray
    breaths_per_min: np.ndarray
    quality: np.ndarray


def hear(light: np.ndarray, vm: Worker | None = None) -> Heard:
    """Hear `light` (n,), counts 0 to 262,143 at 50 Hz in which a beat is a dip.

    `vm`: one that runs already; otherwise a new one is started.
    """
    counts = array("i", np.asarray(light).astype(int).tolist())
    if vm:
        return _heard(*vm.call("waveform:hear", counts))
    with Worker() as own:
        return _heard(*own.call("waveform:hear", counts))


def shown_unworn(ambient: np.ndarray, vm: Worker | None = None) -> np.ndarray:
    """Whether a pod that nobody wears shows a heart rate, after each `BLOCK_S` of `ambient` (n,):
    counts at 50 Hz that are the same for both colours, since no LED adds to them. Bool.
    """
    counts = array("i", np.asarray(ambient).astype(int).tolist())
    if vm:
        return np.array(vm.call("lamp:rates_dbpm", counts)) > 0
    with Worker() as own:
        return np.array(own.call("lamp:rates_dbpm", counts)) > 0


def _heard(beats: array, seconds: array) -> Heard:
    at_q8, interval_q8 = np.array(beats, dtype=float).reshape(-1, 2).T
    values = np.array(seconds, dtype=float).reshape(-1, 5)
    values[:, :4] = np.where(values[:, :4] > 0, values[:, :4] / 10, np.nan)
    intervals_s = np.where(interval_q8 > 0, interval_q8 / _Q8 * _SAMPLE_S, np.nan)
    return Heard(at_q8 / _Q8 * _SAMPLE_S, intervals_s, *values.T)
