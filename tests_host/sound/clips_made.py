"""Recordings made for tests: a voice of sorts, tones, and the WAV files they lie in."""

import numpy as np
from scipy.io import wavfile
from sleepsync.clips import made, prepared

RATE_HZ = 16000


def voice(seconds, rate_hz=RATE_HZ, seed=1):
    """Syllables of a buzzing pitch through two formants, with pauses, peaks near 0.5."""
    random = np.random.default_rng(seed)
    t = np.arange(round(seconds * rate_hz)) / rate_hz
    pitch = 120 + 15 * np.sin(2 * np.pi * 0.7 * t)
    phase = 2 * np.pi * np.cumsum(pitch) / rate_hz
    harmonics = np.arange(1, 40)
    hz = harmonics * 120
    formants = np.exp(-(((hz - 600) / 250) ** 2)) + 0.4 * np.exp(-(((hz - 2300) / 500) ** 2))
    buzz = (np.sin(np.outer(harmonics, phase)) * (formants + 0.02)[:, None]).sum(0)
    syllables = np.clip(np.sin(2 * np.pi * 3 * t) + 0.3, 0, 1) * (
        np.sin(2 * np.pi * 0.4 * t) > -0.7
    )
    made = buzz * syllables + 0.001 * random.standard_normal(len(t))
    return 0.5 * made / np.abs(made).max()


def sine(hz, seconds, rate_hz=RATE_HZ, amplitude=0.5):
    return amplitude * np.sin(2 * np.pi * hz * np.arange(round(seconds * rate_hz)) / rate_hz)


def as_type(samples, kind):
    """As a WAV of that kind holds them: u1, i2, i4 or f4."""
    if kind == "u1":
        return np.round(128 + 127 * samples).astype(np.uint8)
    if kind.startswith("f"):
        return samples.astype(kind)
    return np.round(samples * (2 ** (8 * int(kind[1]) - 1) - 1)).astype(kind)


def write(path, samples, rate_hz=RATE_HZ, kind="i2"):
    wavfile.write(path, rate_hz, as_type(samples, kind))
    return path


def snr_db(wanted, got):
    noise = np.asarray(got, float) - wanted
    return 10 * np.log10((np.asarray(wanted, float) ** 2).sum() / max((noise**2).sum(), 1e-12))


def clip_of(samples, rate_hz=RATE_HZ):
    """What `sleepsync clip` makes of a recording."""
    return made(prepared(samples, rate_hz))
