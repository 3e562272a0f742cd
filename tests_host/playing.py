"""What the synthesiser plays, for tests that listen to it, and what they hear in it."""

import numpy as np
from scipy.signal import welch
from sleepsync.bench.spectrum import band_levels_db
from sleepsync.scenes.kinds import Around
from sleepsync.scenes.sound import compiled

BLOCK, RATE_HZ = 1536, 16000
BLOCK_S = BLOCK / RATE_HZ
PLAY = """
from array import array
from firmware.bedside.renderers import Facts
from firmware.bedside.sound import Sound
sound, buf = Sound(spec, Facts(*facts)), array("h", [0] * 1536)
with open(path, "wb") as file:
    for i in range(blocks):
        sound.block(i, buf)
        file.write(buf)
result = None
"""


def play(worker, folder, spec, blocks, seed=1, rate_bpm=0):
    """The samples of so many blocks of a sound's layers, -32768 to 32767."""
    path = folder / "played.raw"
    facts = [seed, rate_bpm, 0, 1200]
    given = {"spec": (0, *spec), "facts": facts, "path": str(path), "blocks": blocks}
    worker.call("snippet:run", PLAY, given)
    return np.fromfile(path, np.int16).astype(float)


def voice(name, **keys):
    """The layers of one voice, as a scene of two hours writes it."""
    return compiled([{"voice": name, **keys}], Around(7200))[1:]


def octave_levels_db(x, low_hz, high_hz, per_octave=3):
    """See `band_levels_db`."""
    return band_levels_db(x, RATE_HZ, low_hz, high_hz, per_octave)


def envelope(x, per_s=50):
    """Root mean square of each fiftieth of a second."""
    size = RATE_HZ // per_s
    return np.sqrt((x[: len(x) // size * size].reshape(-1, size) ** 2).mean(1))


def centroid_hz(x):
    """Where the spectrum has its balance."""
    hz, power = welch(x, RATE_HZ, nperseg=4096)
    return (hz * power).sum() / power.sum()


def modulation(x, per_s=50):
    """Shares of the envelope's swings that lie below 0.5 Hz, from there to 4 Hz, and above."""
    e = envelope(x, per_s)
    hz, power = welch(e / e.mean() - 1, per_s, nperseg=min(len(e), 2048))
    parts = [power[(hz > low) & (hz <= high)].sum() for low, high in ((0, 0.5), (0.5, 4), (4, 25))]
    return np.array(parts) / sum(parts)


def most_alike(x, least_s):
    """The largest autocorrelation of a signal with itself, `least_s` later or more."""
    x = x - x.mean()
    size = 1 << (2 * len(x) - 1).bit_length()
    spectrum = np.fft.rfft(x, size)
    product = np.fft.irfft(spectrum * spectrum.conj(), size)[: len(x) // 2]
    return np.abs(product[round(least_s * RATE_HZ) :]).max() / product[0]
