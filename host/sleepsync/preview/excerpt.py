"""What of a long sound is listened to: its beginning, a piece of its middle, its end.

Samples are what the amplifier is sent, brought up so that a person hears them on a desk; by how
much is told. It must never change them otherwise.
"""

import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sleepsync.preview.rendered import RATE_HZ
from sleepsync.preview.words import clock

GAP_S = 1.0
_PEAK = 0.7  # of full scale: what the loudest sample is brought up to
_MOST_DB = 60
_FULL = 32767


@dataclass(frozen=True)
class Pieces:
    """How many seconds are taken from each place; a sound that is not longer is taken whole."""

    first_s: float = 40
    middle_s: float = 20
    last_s: float = 20

    def cut(self, count: int) -> list[slice]:
        """The slices of `count` samples."""
        first, middle, last = (
            round(part * RATE_HZ) for part in (self.first_s, self.middle_s, self.last_s)
        )
        if count <= first + middle + last + 2 * GAP_S * RATE_HZ:
            return [slice(0, count)]
        half = (first + count - last - middle) // 2
        return [slice(0, first), slice(half, half + middle), slice(count - last, count)]


def write_wav(samples: np.ndarray, path: Path, pieces: Pieces) -> str:
    """Write the excerpt as WAV, mono at 16 kHz; what was done to it, in words."""
    cut = pieces.cut(len(samples))
    gain_db = _gain_db(samples)
    gap = np.zeros(round(GAP_S * RATE_HZ))
    rows = [row for piece in cut for row in (samples[piece] * 10 ** (gain_db / 20), gap)][:-1]
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(np.rint(np.concatenate(rows)).astype("<i2").tobytes())
    louder = f"{gain_db:.0f} dB louder than the puck plays it"
    if len(cut) == 1:
        return f"whole, {louder}"
    starts = ", ".join(clock(piece.start / RATE_HZ) for piece in cut)
    return f"{len(cut)} pieces, from {starts}, {GAP_S:g} s apart; {louder}"


def _gain_db(samples):
    peak = max(int(samples.max(initial=0)), -int(samples.min(initial=0)))
    return min(_MOST_DB, max(0.0, float(np.floor(20 * np.log10(_PEAK * _FULL / max(1, peak))))))
