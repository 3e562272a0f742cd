"""How loud a block of samples will be: A-weighted, re a full-scale sine.

Weighs what is sent as the microphone weighs what is heard. It must never keep a sample.
"""

from array import array

import loudness_kernels
import microphone_kernels
from microphone import slice_cdb
from micropython import const

SILENCE_CDB = const(-10000)
_CHUNK = const(768)  # samples that the kernel takes at once
_STATE = const(6)
_SLICE = const(3072)  # samples that `slice_cdb` takes the mean over
_FULL_SCALE_CDB = const(12000)  # that a full-scale sine is there


class Loudness:
    """A-weighs one sound, block by block, each of 1536 or 3072 16-bit samples."""

    def __init__(self):
        self._words = array("i", [0] * _CHUNK)
        self._state = array("i", [0] * _STATE)
        self._before = array("i", [0] * _STATE)

    def weigh(self, samples, n: int) -> int:
        """The level of the next `n` samples, 0.01 dB re a full-scale sine of 1 kHz.

        Silence is -10000.
        """
        for i in range(_STATE):
            self._before[i] = self._state[i]
        return self._level(samples, n)

    def again(self, samples, n: int) -> int:
        """The same, of what shall sound in place of the last block."""
        for i in range(_STATE):
            self._state[i] = self._before[i]
        return self._level(samples, n)

    def forget(self) -> None:
        """Nothing has sounded: the next block begins in silence."""
        for i in range(_STATE):
            self._state[i] = 0

    def _level(self, samples, n):
        state, words = self._state, self._words
        state[4] = state[5] = 0
        for first in range(0, n, _CHUNK):
            loudness_kernels.widen(_CHUNK, first, samples, words)
            microphone_kernels.weigh(words, state, _CHUNK)
        if not state[4] and not state[5]:
            return SILENCE_CDB
        level = slice_cdb(state[5], state[4]) - _FULL_SCALE_CDB
        return max(SILENCE_CDB, level + (0 if n == _SLICE else 301))
