"""The plain sound: one pitch after the other, in beats, rising in loudness. A pure renderer."""

from array import array

from micropython import const

from firmware.bedside import tone_kernels

BLOCK = const(1536)  # samples
_THIRD = const(512)  # samples, 32 ms: in and out of a beat without a click
_THIRDS_PER_4S = const(125)
_RATE_HZ = const(16000)
_ZERO = const(1 << 22)  # where the kernel's sine is 0
_FULL = const(32767)
_SOFTEST_Q15 = const(328)  # -40 dB


class Tone:
    """Pitches `hz` (100-4000) in turn, each for `on` blocks in every `beat` blocks; 0, 0: steady;
    -1, 0: silent, for a clip to sound in its place.

    Loudness rises to full scale within `rise_s` (0-1000), its root as time does.
    """

    lift_cdb = 0

    def __init__(self, hz: tuple, on: int, beat: int, rise_s: int):
        self._hz = hz
        self._on = 3 * on
        self._beat = 3 * beat
        self._rise = rise_s * _THIRDS_PER_4S // 4
        self._phase = _ZERO

    def block(self, index: int, out: array) -> None:
        """Write block `index` (from 0 on) into `out` (BLOCK 16-bit samples), asked for in order."""
        if index == 0:
            self._phase = _ZERO
        for i in range(3):
            self._third(3 * index + i, out, i * _THIRD)

    def _third(self, third, out, at):
        beats, place = divmod(third, self._beat) if self._beat else (0, third)
        step = (self._hz[beats % len(self._hz)] << 17) // (_RATE_HZ >> 7)
        first = self._amplitude(third, place)
        rise = ((self._amplitude(third + 1, place + 1) - first) << 12) // _THIRD
        self._phase = tone_kernels.tone(self._phase, at, at + _THIRD, out, step, first << 12, rise)

    def _amplitude(self, third, place):
        """Q15, where the third begins; `place`: in its beat."""
        if place == 0 or (self._on and place >= self._on):
            return 0
        if third >= self._rise:
            return _FULL
        share = (third << 15) // self._rise
        return max(_SOFTEST_Q15, share * share >> 15)
