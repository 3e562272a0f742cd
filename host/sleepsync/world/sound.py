"""The bedroom's noise as a waveform: one seamless loop, and how loud it is.

The loop gives the noise its spectrum; how loud it is at each moment the room says, and
the simulated microphone scales it. It must never be anything that somebody said.
"""

import numpy as np
from scipy import fft

from sleepsync.world.noise import band_noise, stream

RATE_HZ = 16_000
LOOP_S = 8
FULL_SCALE = 32_767
SINE_DB = 120.0  # level of a full-scale sine: SPL = dBFS + 120 of the INMP441 and its like
_BAND_HZ = (40.0, 7_000.0)  # below a bedroom's walls keep it out; above, the converter's half
_PINK = 1.0  # equal power in each octave, nearly that of traffic and ventilation indoors

# Pole frequencies of the A-weighting, f1 to f4 (IEC 61672-1:2013, Annex E).
_POLES_HZ = (20.598997, 107.65265, 737.86223, 12194.217)
_REFERENCE_HZ = 1000.0  # where the weighting is 0 dB


def loop(seed: int) -> np.ndarray:
    """`LOOP_S` seconds of pink noise at 16 kHz, whose end joins its beginning.

    int16 of shape (128000,), its highest peak at full scale.
    """
    noise = band_noise(stream(seed, "sound loop"), (LOOP_S * RATE_HZ,), RATE_HZ, _BAND_HZ, _PINK)
    return np.rint(noise * (FULL_SCALE / np.abs(noise).max())).astype("<i2")


def a_weighted_db(samples: np.ndarray, rate_hz: int) -> float:
    """The A-weighted level (LAeq) of int16 `samples`, taken as going round for ever.

    By the weighting's own formula in each bin of the whole transform, so that no filter's
    approximation comes in; a full-scale sine of 1 kHz has `SINE_DB`.
    """
    weights = a_weighting(fft.rfftfreq(len(samples), 1 / rate_hz))
    spectrum = fft.rfft(samples.astype(float)) * weights
    mean_square = 2 * np.sum(np.abs(spectrum[1:]) ** 2) / len(samples) ** 2
    return SINE_DB + 10 * np.log10(mean_square / (FULL_SCALE**2 / 2))


def a_weighting(f_hz: np.ndarray) -> np.ndarray:
    """Gain of the A-weighting at `f_hz` (IEC 61672-1:2013, Annex E), 1 at 1 kHz."""
    return _poles(np.asarray(f_hz, dtype=float)) / _poles(np.float64(_REFERENCE_HZ))


def _poles(f_hz):
    f1, f2, f3, f4 = (pole_hz**2 for pole_hz in _POLES_HZ)
    f = f_hz**2
    return f4 * f**2 / ((f + f1) * np.sqrt((f + f2) * (f + f3)) * (f + f4))
