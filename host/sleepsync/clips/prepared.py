"""From a recording to what a puck should sound: one rate, no offset, no silence around it, as
loud as it may be without a clipped peak.

It must never cut into what is heard, nor leave an edge that clicks.
"""

import numpy as np
from scipy import ndimage, signal

from sleepsync.emitted.weighting import Weighting

from .errors import ClipError

RATE_HZ = 16000
LOUDNESS_DB = -12.0  # A-weighted, of what is not a pause, under a full-scale sine of 1 kHz
PEAK = 10 ** (-1 / 20)  # of full scale
_STOP_HZ, _PASS = 8000, 0.94  # above it nothing may fold back; up to this share of it all stays
_KAISER_BETA = 8.0  # some 80 dB
_LOWEST_HZ = 25.0
_FRAME_S = 0.01
_SILENT_DB = 40.0  # under the loudest frame
_BEFORE_S, _AFTER_S = 0.05, 0.25  # that stay around what is heard
_PAUSE_DB = 10.0  # under the mean of all: such frames do not count for loudness
_FADE_S = 0.01
_LIMIT_S = 0.005  # that the limiter looks ahead
_LEAST_S = 0.1


def prepared(samples: np.ndarray, rate_hz: int) -> np.ndarray:
    """What the clip should sound, (m,) within -1 to 1 at RATE_HZ. ClipError if it is silent."""
    even = _without_offset(resampled(samples, rate_hz))
    heard = _trimmed(even)
    loud = heard * (10 ** (LOUDNESS_DB / 20) / max(loudness(heard), 1e-9))
    return _faded(limited(loud))


def resampled(samples: np.ndarray, rate_hz: int) -> np.ndarray:
    """At RATE_HZ, through a filter that keeps 7.5 kHz and 80 dB less of what would fold back."""
    if rate_hz == RATE_HZ:
        return samples
    common = np.gcd(rate_hz, RATE_HZ)
    up, down = RATE_HZ // common, rate_hz // common
    most_hz = min(_STOP_HZ, rate_hz / 2)
    width_hz = most_hz * (1 - _PASS)
    fast_hz = rate_hz * up
    attenuation_db = _KAISER_BETA / 0.1102 + 8.7  # Kaiser's own formula
    taps = int(np.ceil((attenuation_db - 7.95) / (14.36 * width_hz / fast_hz))) | 1
    window = ("kaiser", _KAISER_BETA)
    fir = signal.firwin(taps, most_hz - width_hz / 2, window=window, fs=fast_hz)
    return signal.resample_poly(samples, up, down, window=fir)


def loudness(samples: np.ndarray) -> float:
    """The A-weighted amplitude, of a sine as loud, of all that is no pause."""
    energies = _frames(Weighting()(samples)) ** 2
    heard = energies[energies > energies.mean() * 10 ** (-_PAUSE_DB / 10)]
    return float(np.sqrt(2 * heard.mean())) if len(heard) else 0.0


def limited(samples: np.ndarray) -> np.ndarray:
    """Nothing above PEAK: a gain that falls before a peak and rises after it, without an edge."""
    over = np.maximum(np.abs(samples) / PEAK, 1.0)
    reach = int(_LIMIT_S * RATE_HZ)
    least = ndimage.minimum_filter1d(1 / over, 2 * reach + 1)
    window = np.hanning(2 * reach + 3)[1:-1]
    return samples * ndimage.convolve1d(least, window / window.sum(), mode="nearest")


def _without_offset(samples):
    if not len(samples):
        return samples
    sections = signal.butter(2, _LOWEST_HZ, "highpass", fs=RATE_HZ, output="sos")
    around = np.pad(samples - samples.mean(), RATE_HZ // 10)  # the filter's own beginning
    return signal.sosfiltfilt(sections, around)[RATE_HZ // 10 : -RATE_HZ // 10]


def _trimmed(samples):
    levels = _frames(samples)
    loudest = levels.max(initial=0.0)
    heard = np.flatnonzero(levels > loudest * 10 ** (-_SILENT_DB / 20))
    if loudest < 1e-4 or len(heard) * _FRAME_S < _LEAST_S:
        raise ClipError("recording: nothing is to be heard in it; look at the microphone")
    frame = round(_FRAME_S * RATE_HZ)
    first = max(0, heard[0] * frame - round(_BEFORE_S * RATE_HZ))
    return samples[first : (heard[-1] + 1) * frame + round(_AFTER_S * RATE_HZ)]


def _frames(samples):
    """Root mean squares of 10 ms each."""
    frame = round(_FRAME_S * RATE_HZ)
    whole = samples[: len(samples) // frame * frame].reshape(-1, frame)
    return np.sqrt((whole**2).mean(1)) if len(whole) else np.zeros(0)


def _faded(samples):
    rise = np.sin(np.linspace(0, np.pi / 2, round(_FADE_S * RATE_HZ))) ** 2
    out = samples.copy()
    out[: len(rise)] *= rise
    out[-len(rise) :] *= rise[::-1]
    return out
