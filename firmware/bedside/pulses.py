"""Crickets and a heart: a voice of the synthesiser that strikes the same thing over and over."""

from micropython import const

from firmware.bedside.dice import Dice
from firmware.bedside.notes import Notes

_BLOCK = const(1536)
_MS = const(16)  # samples
_SAMPLES_A_MINUTE = const(960000)
_UNKNOWN_BPM = const(60)
_SLOWEST_BPM = const(46)
_PER_BPM = const(10)


class Pulses:
    """`args`: (MIDI pitch; instrument; strength of each pulse, 1-15; ms between them; ms that each
    lasts; ms from group to group, 0: as the heart goes, and slower and slower; how many ms that
    may differ; of 16 groups so many that are left out).
    """

    def __init__(self, args: tuple, seed: int, facts):
        self._pitch, self._instrument, self._strengths, self._gap_ms = args[:4]
        self._length_ms, self._every_ms, self._jitter_ms, self._missing = args[4:]
        self._dice, self._notes = Dice(seed), Notes()
        self._bpm = facts.rate_bpm or _UNKNOWN_BPM
        self._groups = 0
        self._place = 0  # of the next pulse in its group
        self._wait = 0
        self._is_left_out = False

    def add(self, out, gain: int, goal: int) -> None:
        """Add the next block to `out` at a gain (Q15) that goes from `gain` to `goal`."""
        while self._wait < _BLOCK:
            self._strike()
            self._wait += self._pause()
        self._wait -= _BLOCK
        self._notes.add(out, gain, goal)

    def _strike(self):
        if not self._is_left_out:
            length, strength = self._length_ms * _MS, self._strengths[self._place]
            self._notes.strike(self._wait, self._pitch, length, strength, self._instrument)

    def _pause(self):
        """Samples until the next pulse."""
        self._place += 1
        if self._place < len(self._strengths):
            return self._gap_ms * _MS
        gone = (self._place - 1) * self._gap_ms * _MS
        self._place = 0
        self._groups += 1
        self._is_left_out = self._dice.below(16) < self._missing
        return max(_BLOCK // 4, self._period() - gone)

    def _period(self):
        if self._every_ms:
            return (self._every_ms + self._dice.below(self._jitter_ms + 1)) * _MS
        if self._groups % _PER_BPM == 0 and self._bpm > _SLOWEST_BPM:
            self._bpm -= 1
        return _SAMPLES_A_MINUTE // self._bpm
