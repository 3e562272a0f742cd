"""A recording made into a clip, and what can be said of it."""

from dataclasses import dataclass

import numpy as np

from .adpcm import decoded, encoded
from .container import unwrapped, wrapped
from .prepared import LOUDNESS_DB, RATE_HZ, loudness

_FULL = 32767


@dataclass(frozen=True)
class Made:
    """`file` as it lies on the puck; `loudness_db`: A-weighted, a full-scale sine being 0;
    `snr_db`: of what the puck will sound against what was encoded.
    """

    file: bytes
    seconds: float
    loudness_db: float
    snr_db: float


def made(samples: np.ndarray) -> Made:
    """The clip of what `prepared` has made of a recording."""
    wanted = np.round(samples * _FULL).astype(np.int16)
    file = wrapped(encoded(wanted), len(wanted))
    got = decoded(unwrapped(file))[: len(wanted)]
    return Made(
        file,
        len(wanted) / RATE_HZ,
        20 * np.log10(loudness(got / _FULL)),
        _snr_db(wanted.astype(float), got),
    )


def is_limited(clip: Made) -> bool:
    """Whether peaks kept it from being as loud as others."""
    return clip.loudness_db < LOUDNESS_DB - 1


def _snr_db(wanted, got):
    noise = ((got - wanted) ** 2).sum()
    return 10 * np.log10((wanted**2).sum() / max(noise, 1.0))
