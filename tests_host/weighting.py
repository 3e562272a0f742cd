"""A-weighting in floating point, by the letter of IEC 61672-1:2013, annex E."""

import numpy as np

RATE_HZ = 16000
_POLES_HZ = (20.598997, 107.65265, 737.86223, 12194.217)


def weighting_db(hz):
    """The curve at `hz` (array), 0 dB at 1 kHz."""
    return 20 * np.log10(_gain(np.asarray(hz, float)) / _gain(1000.0))


def weighted(pressure):
    """`pressure` (one turn of a loop at 16 kHz), A-weighted without delay."""
    spectrum = np.fft.rfft(pressure)
    gain = _gain(np.fft.rfftfreq(len(pressure), 1 / RATE_HZ)) / _gain(1000.0)
    return np.fft.irfft(spectrum * gain, len(pressure))


def _gain(hz):
    f2 = hz * hz
    p1, p2, p3, p4 = (p * p for p in _POLES_HZ)
    return p4 * f2 * f2 / ((f2 + p1) * (f2 + p4) * np.sqrt((f2 + p2) * (f2 + p3)))
