"""How loud a block of samples will be: A-weighted, re a full-scale sine.

Weighs what is sent as the microphone weighs what is heard. It must never keep a sample for
longer than it weighs it.
"""

from array import array

import loudness_kernels
import microphone_kernels
from microphone import slice_cdb
from micropython import const

_CHUNK = const(768)  # samples that the kernel takes at once, half a block
_SILENCE_CDB = const(-10000)
# `slice_cdb` takes a full-scale sine for 12000, and the mean over 3072 samples, not 1536.
_OFFSET_CDB = const(301 - 12000)


class Loudness:
    """A-weighs one sound, block by block, each of 1536 16-bit samples."""

    def __init__(self):
        self._words = array("i", [0] * _CHUNK)
        self._state = array("i", [0] * 6)
        self._before = array("i", [0] * 6)

    def weigh(self, samples) -> int:
        """The level of the next block, 0.01 dB re a full-scale sine of 1 kHz; silence: -10000."""
        self._before[:] = self._state
        return self.again(samples)

    def again(self, samples) -> int:
        """The same, of what shall sound in place of the last block."""
        state, words = self._state, self._words
        state[:] = self._before
        state[4] = state[5] = 0
        for first in (0, _CHUNK):
            loudness_kernels.widen(_CHUNK, first, samples, words)
            microphone_kernels.weigh(words, state, _CHUNK)
        if not state[4] and not state[5]:
            return _SILENCE_CDB
        return max(_SILENCE_CDB, slice_cdb(state[5], state[4]) + _OFFSET_CDB)

    def forget(self) -> None:
        """Nothing has sounded: the next block begins in silence."""
        for i in range(6):
            self._state[i] = 0
