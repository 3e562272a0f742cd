"""The plain sound: one pitch after the other, in beats, rising in loudness. A pure renderer."""

from array import array

from micropython import const

from firmware.bedside import tone_kernels

BLOCK = const(1536)  # samples
_BLOCKS_PER_100S = const(1042)  # of 96 ms
_TURN = const(1 << 24)
_RATE_HZ = const(16000)
_FULL = const(32767)
_SOFTEST_Q15 = const(328)  # -40 dB
_LONGEST = const(1 << 28)  # samples: a beat without end


class Tone:
    """Pitches `hz` (100-4000) in turn, each for `on` blocks in every `beat` blocks; 0, 0: steady.

    Loudness rises to full scale within `rise_s` (0-3000), its root as time does.
    """

    def __init__(self, hz: tuple, on: int, beat: int, rise_s: int):
        self._hz = hz
        self._on = on * BLOCK or _LONGEST
        self._beat = beat
        self._rise = rise_s * _BLOCKS_PER_100S // 100
        self._state = array("i", [0] * 6)

    def block(self, index: int, out: array) -> None:
        """Write block `index` into `out` (BLOCK 16-bit samples); blocks are asked for in order."""
        beats, at = divmod(index, self._beat) if self._beat else (0, index)
        s = self._state
        if index == 0:
            s[0] = 0
        s[1] = self._hz[beats % len(self._hz)] * (_TURN // 128) // (_RATE_HZ // 128)
        s[2] = at * BLOCK
        s[3] = self._on
        first = self._amplitude(index)
        s[4] = first << 12
        s[5] = ((self._amplitude(index + 1) - first) << 12) // BLOCK
        tone_kernels.tone(out, s, BLOCK)

    def _amplitude(self, index):
        if index >= self._rise:
            return _FULL
        share = (index << 15) // self._rise
        return max(_SOFTEST_Q15, share * share >> 15)
