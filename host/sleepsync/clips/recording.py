"""A recording as it lies in a WAV file: PCM of any width, rate and number of channels.

It must never guess at a format: what it does not know it refuses, with a remedy.
"""

import warnings
from pathlib import Path

import numpy as np
from scipy.io import wavfile

from .errors import ClipError

RATES_HZ = range(8000, 384_001)
_CONVERT = "convert it first: ffmpeg -i {name} -ac 1 -c:a pcm_s16le {stem}-pcm.wav"


def read_recording(path: Path) -> tuple[np.ndarray, int]:
    """(mono samples, full scale 1.0, (n,) float64; rate in Hz). Raises ClipError."""
    remedy = _CONVERT.format(name=path.name, stem=path.stem)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", wavfile.WavFileWarning)  # of chunks that say more
            rate_hz, samples = wavfile.read(path)
    except OSError as error:
        raise ClipError(f"{path}: {error.strerror}; look at the name") from error
    except Exception as error:  # whatever scipy meets in a file that is none
        raise ClipError(f"{path.name}: no PCM WAV ({error}); {remedy}") from error
    if rate_hz not in RATES_HZ:
        raise ClipError(
            f"{path.name}: {rate_hz} samples a second; wanted {RATES_HZ[0]} to {RATES_HZ[-1]}, "
            "so record it anew, or look at its header"
        )
    mono = _floats(samples, path.name, remedy)
    if not np.isfinite(mono).all():
        raise ClipError(f"{path.name}: holds samples that are no numbers; {remedy}")
    return mono, rate_hz


def _floats(samples, name, remedy):
    if samples.dtype == np.uint8:
        scaled = (samples.astype(float) - 128) / 128
    elif samples.dtype.kind == "i":  # 24 bits stand at the top of 32
        scaled = samples.astype(float) / 2.0 ** (8 * samples.dtype.itemsize - 1)
    elif samples.dtype.kind == "f":
        scaled = samples.astype(float)
    else:
        raise ClipError(f"{name}: samples of type {samples.dtype}; {remedy}")
    return scaled if scaled.ndim == 1 else scaled.mean(1)
