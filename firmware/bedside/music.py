"""Slow music that is made up as it goes: a voice of the synthesiser that never plays a night twice.

Phrases of eight beats over one chord each; of four, the second takes up the first with a change,
the third brings something new, and the fourth comes home.
"""

from micropython import const

from firmware.bedside.dice import Dice
from firmware.bedside.notes import Notes

_BLOCK = const(1536)
_SAMPLES_A_MINUTE = const(960000)
_PHRASE = const(8)  # beats
_REST = const(99)
_PER_BPM = const(16)  # beats until it is slower by one a minute
_FASTEST = const(80)
_UNKNOWN_BPM = const(60)
_CHORDS = (0, 3, 4, 5, 3, 0)  # degrees of their roots


class Music:
    """`args`: (MIDI number of its root; its scale, semitones above that; instrument of the melody;
    of the chords, or 255; how many of 16 beats are struck; beats a minute, 0 for as the heart
    goes; the slowest it may come to).
    """

    def __init__(self, args: tuple, seed: int, facts):
        self._root, self._scale, self._lead, self._pad, self._often, bpm, self._slowest = args
        self._dice, self._notes = Dice(seed), Notes()
        self._bpm = bpm or min(facts.rate_bpm or _UNKNOWN_BPM, _FASTEST)
        self._wait = 0  # samples until the next beat
        self._beat = 0
        self._chord = 0
        self._motif = self._theme = ()

    def add(self, out, gain: int, goal: int) -> None:
        """Add the next block to `out` at a gain (Q15) that goes from `gain` to `goal`."""
        while self._wait < _BLOCK:
            length = _SAMPLES_A_MINUTE // self._bpm
            self._play(self._wait, length)
            self._beat += 1
            if self._beat % _PER_BPM == 0 and self._bpm > self._slowest:
                self._bpm -= 1
            self._wait += length
        self._wait -= _BLOCK
        self._notes.add(out, gain, goal)

    def _play(self, at, length):
        """One beat."""
        phrase, place = divmod(self._beat, _PHRASE)
        if place == 0:
            self._begin(phrase % 4)
            self._strike_chord(at, length * _PHRASE)
        degree = self._motif[place]
        if degree != _REST:
            strength = 8 + self._dice.below(4) + (2 if place == 0 else 0)
            late = self._dice.below(400)  # by a hand, not a clock
            self._strike(at + late, self._chord + degree, 1, 2 * length, strength, self._lead)

    def _begin(self, which):
        """The next phrase: its chord, and its motif."""
        self._chord = 0 if which in (0, 3) else _CHORDS[self._dice.below(len(_CHORDS))]
        if which == 0:
            self._theme = self._made()
        self._motif = self._made() if which == 2 else list(self._theme)
        if which == 1:
            self._motif[1 + self._dice.below(_PHRASE - 1)] = self._dice.below(5)
        if which == 3:
            self._motif[4:] = [2, 1, 0, _REST]

    def _made(self):
        """A motif: degrees above the chord's root, by steps, with rests between."""
        dice, degree, motif = self._dice, 2 * self._dice.below(3), []
        for place in range(_PHRASE):
            is_struck = place == 0 or dice.below(16) < self._often
            motif.append(degree if is_struck else _REST)
            degree += dice.below(5) - 2
            degree = min(max(degree, -2), 7)
        return motif

    def _strike_chord(self, at, length):
        if self._pad < 255:
            for degree in (0, 2, 4):
                self._strike(at, self._chord + degree, 0, length, 5, self._pad)

    def _strike(self, at, degree, octave, length, strength, instrument):
        octaves, tone = divmod(degree, len(self._scale))
        pitch = self._root + 12 * (octave + octaves) + self._scale[tone]
        self._notes.strike(at, pitch, length, strength, instrument)
