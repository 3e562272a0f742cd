"""The A-weighting of IEC 61672-1:2013, Annex E, as a filter at 16 kHz.

Its high-pass poles go over by the bilinear transform, each at its own frequency; the pair at
12.2 kHz, above what the samples hold, is met by a short FIR instead, with what else is left.
Within 0.02 dB of the standard's formula up to 7 kHz, 0.1 dB up to 7.99 kHz.
"""

import numpy as np
from scipy import signal

from sleepsync.emitted.files import RATE_HZ

_LOW_HZ = np.array([20.598997, 20.598997, 107.65265, 737.86223])
_HIGH_HZ = 12194.217
_REFERENCE_HZ = 1000.0
_TAPS = 21
_NODES = 257  # at which the FIR is asked for its gain
_HEARD_HZ = 100.0  # below it the FIR has nothing to mend


def gain(hz: np.ndarray) -> np.ndarray:
    """The standard's own gain at `hz` > 0, 1 at 1 kHz."""
    return _formula(np.asarray(hz, dtype=float)) / _formula(np.float64(_REFERENCE_HZ))


def _formula(hz):
    low = np.prod([hz / np.hypot(hz, pole) for pole in _LOW_HZ], axis=0)
    return low / (hz**2 + _HIGH_HZ**2)


def _sections():
    """The four zeros at 0 and the poles below 1 kHz."""
    poles = -2 * RATE_HZ * np.tan(np.pi * _LOW_HZ / RATE_HZ)
    return signal.zpk2sos(*signal.bilinear_zpk(np.zeros(4), poles, 1.0, RATE_HZ))


def _taps(sections):
    hz = np.linspace(0, RATE_HZ / 2, _NODES)
    asked_hz = np.clip(hz, _HEARD_HZ, hz[-2])
    wanted = gain(asked_hz) / np.abs(signal.freqz_sos(sections, asked_hz, fs=RATE_HZ)[1])
    bands, gains = (np.repeat(values, 2)[1:-1] for values in (hz, wanted))
    return signal.firls(_TAPS, bands, gains, fs=RATE_HZ)


_SECTIONS = _sections()
_FIR = _taps(_SECTIONS)


class Weighting:
    """The filter, from silence on: call it with one stretch after the other, float (n,)."""

    def __init__(self) -> None:
        self._low = np.zeros((len(_SECTIONS), 2))
        self._high = np.zeros(_TAPS - 1)

    def __call__(self, samples: np.ndarray) -> np.ndarray:
        """The stretch, weighted, 0.6 ms late."""
        low, self._low = signal.sosfilt(_SECTIONS, samples, zi=self._low)
        weighted, self._high = signal.lfilter(_FIR, 1.0, low, zi=self._high)
        return weighted
