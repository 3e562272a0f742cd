"""Up to six notes at once, on five instruments and two that are none: what music is played on."""

from array import array

from micropython import const

from firmware.bedside.note_kernels import note

_BLOCK = const(1536)
_NEVER = const(0x3FFFFFFF)
_LOUDEST = const(700)  # Q15, a note of strength 1; six of 15 are twice full scale, and never are
_GAIN_BITS = const(12)
_INAUDIBLE = const(32 << 12)  # 60 dB below full scale
_TOP = const(108)  # MIDI numbers of the octave whose steps stand here
# An eighth of 2^24 turns a second at 16000 samples: C8 to B8.
_STEPS = (
    (548672, 581298, 615864, 652485, 691284, 732390),
    (775941, 822080, 870964, 922754, 977624, 1035757),
)
# Each: what bends it turns so many 256ths as fast; index (163: a radian); share of the rise;
# second goal, Q8 of the first, and its share; share of the release. Shares: 65.5 a second.
BELL, PAD, PLUCK, FLUTE, BASS, CHIRP, THUMP = range(7)
_INSTRUMENTS = (
    (900, 210, 9000, 0, 41, 60),
    (257, 150, 90, 205, 20, 60),
    (512, 260, 12000, 0, 130, 300),
    (256, 70, 1000, 218, 40, 500),
    (128, 120, 2000, 90, 55, 200),
    (256, 20, 16000, 256, 1, 6000),
    (128, 220, 6000, 0, 700, 900),
)


class Notes:
    """An instrument case. A strike that finds no note free bends the softest, without a click."""

    def __init__(self):
        self._notes = [_Note() for _ in range(6)]

    def strike(self, at: int, pitch: int, length: int, strength: int, instrument: int) -> None:
        """From sample `at` of the next block on; `length`: samples until it is let go.

        pitch: MIDI, 24 to 119; strength: 1 to 15; instrument: BELL to THUMP.
        """
        softest = self._notes[0]
        for each in self._notes:
            if each.loudness() < softest.loudness():
                softest = each
        softest.strike(at, pitch, length, strength * _LOUDEST, _INSTRUMENTS[instrument])

    def add(self, out: array, gain: int, goal: int) -> None:
        """Add the next block to `out` at a gain (Q15) that goes from `gain` to `goal`."""
        first = gain << _GAIN_BITS
        rise = (goal - gain << _GAIN_BITS) // _BLOCK
        for each in self._notes:
            if each.loudness():
                each.add(out, first, rise)


class _Note:
    """See note_kernels; `_struck`: what is to be played, from `_at` on; `_left`: until release."""

    def __init__(self):
        self._state = array("i", [0] * 11)
        self._struck = None
        self._at = self._release = 0
        self._left = _NEVER

    def loudness(self):
        """How loud it is; the most, if it is about to be struck."""
        return _NEVER if self._struck else self._state[5]

    def strike(self, at, pitch, length, loud, instrument):
        octaves, tone = divmod(pitch - _TOP, 12)
        step = (_STEPS[tone // 6][tone % 6] << 3) >> -octaves
        ratio, index, rise, second, fall, self._release = instrument
        peak = loud << _GAIN_BITS
        turn, then = peak - (peak >> 4), (peak >> 8) * second
        bend = (step >> 4) * ratio >> 4 & 0xFFFFFF
        self._struck = 1, step, 3, bend, 4, index, 6, peak, 7, rise, 8, turn, 9, then, 10, fall
        self._at, self._left = at, at + length

    def add(self, out, gain, rise):
        at = 0
        if self._struck and self._at < _BLOCK:
            at = self._run(out, 0, self._at, gain, rise)
            for i in range(0, len(self._struck), 2):
                self._state[self._struck[i]] = self._struck[i + 1]
            self._struck = None
        self._at -= _BLOCK
        if self._left < _BLOCK:
            at = self._run(out, at, self._left, gain, rise)
            s = self._state
            s[6], s[7], s[8] = 0, self._release, _NEVER
            self._left = _NEVER
        self._run(out, at, _BLOCK, gain, rise)
        if self._left < _NEVER:
            self._left -= _BLOCK
        s = self._state
        if s[6] == 0 and s[5] < _INAUDIBLE:
            s[5] = 0  # its tail would go on for seconds, and cost as much as a note

    def _run(self, out, at, end, gain, rise):
        if self._state[5] or self._state[6]:
            note(self._state, out, at, end, gain + rise * at, rise)
        return end
