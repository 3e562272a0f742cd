"""Sound at the pillow, by what a speaker makes of a full-scale sine there.

Levels are A-weighted, by two clocks: FAST, an exponential mean of 125 ms (IEC 61672-1), and Leq
of blocks of 96 ms from where sound began. The speaker is taken to be flat, the room to be dead.
"""

from dataclasses import dataclass

import numpy as np
from scipy import signal

from sleepsync.emitted.heard import BLOCK_MS, Heard

_FAST_MS = 125
_SILENT = 1e-20  # -200 dBFS
FULL_SCALE_V = 1.8 * np.sqrt(2)  # peak: MAX98357A at 3 dB gain, 5.1 dBV of a full-scale sine
_SPEAKER_OHM, _SUPPLY_V, _EFFICIENCY, _REST_MA = 8.0, 5.0, 0.9, 2.4


@dataclass(frozen=True)
class Sound:
    """What reached the pillow from samples as `heard`, in milliseconds (n,)."""

    heard: Heard
    speaker_cdb: int

    @property
    def fast_cdb(self) -> np.ndarray:
        """(n,) level on FAST at the end of each millisecond, 0.01 dBA."""
        return self.level_cdb(fast(self.heard.weighted))

    @property
    def leq_cdb(self) -> np.ndarray:
        """(k,) level of each block of 96 ms, 0.01 dBA."""
        return self.level_cdb(block_means(self.heard, self.heard.weighted))

    @property
    def figures(self) -> dict[str, float]:
        """The most of everything; 0 dBA is silence."""
        return {
            "sound_fast_dba": float(self.fast_cdb.max(initial=0)) / 100,
            "sound_leq_dba": float(self.leq_cdb.max(initial=0)) / 100,
            "sound_bend": float(self.heard.bend.max(initial=0)),
            "sound_rise_per_s": self.steepest_rise_per_s,
            "sound_amplifier_ma": float(self.amplifier_ma.max(initial=0)),
        }

    @property
    def steepest_rise_per_s(self) -> float:
        """Largest growth of the peak of a sine as strong, block to block, in full scales a s."""
        power = block_means(self.heard, self.heard.half.reshape(-1, 2).mean(axis=1))
        rises = np.diff(np.sqrt(2 * power), prepend=0)
        return float(rises.max(initial=0) * 1000 / BLOCK_MS)

    def level_cdb(self, power: np.ndarray) -> np.ndarray:
        """0.01 dBA of A-weighted power; a full-scale sine of 1 kHz has 1."""
        return self.speaker_cdb + 1000 * np.log10(np.maximum(power, _SILENT))

    def power(self, level_cdb: np.ndarray) -> np.ndarray:
        """The other way round."""
        return 10 ** ((np.asarray(level_cdb, dtype=float) - self.speaker_cdb) / 1000)

    @property
    def amplifier_ma(self) -> np.ndarray:
        """(n,) what the amplifier draws from 5 V, the most of any 1 ms that begins in each.

        Of 90 % efficiency into 8 ohm, and 2.4 mA at rest.
        """
        half = np.append(self.heard.half, 0.0)
        pairs = (half[1:] + half[:-1]) / 2
        mean_square = pairs.reshape(-1, 2).max(axis=1)
        watts = mean_square * FULL_SCALE_V**2 / _SPEAKER_OHM
        return _REST_MA + 1000 * watts / _EFFICIENCY / _SUPPLY_V


def fast(power: np.ndarray) -> np.ndarray:
    """(n,) milliseconds of power, weighted by FAST from silence on; at most 0.02 dB low."""
    kept = np.exp(-1 / _FAST_MS)
    return signal.lfilter([1 - kept], [1, -kept], power) if len(power) else power


def block_means(heard: Heard, power: np.ndarray) -> np.ndarray:
    """(k,) mean of milliseconds of `power` (n,) over each block of 96; silence ends the last."""
    total = np.concatenate(([0.0], np.cumsum(power, dtype=float)))
    ends = np.minimum(heard.blocks + BLOCK_MS, len(power))
    return (total[ends] - total[heard.blocks]) / BLOCK_MS
