"""A written melody, played: a voice of the synthesiser. The format: docs/scores.md."""

from micropython import const

from firmware.bedside.notes import Notes

_BLOCK = const(1536)
_TICKS_A_MINUTE = const(80000)  # samples of a twelfth of a quarter, at one quarter a minute
_BYTES = const(4)  # of the header, and of each event
_PAUSE = const(128000)  # samples, 8 s, before it begins again
_NEVER = const(0x3FFFFFFF)


class Score:
    """`score`: as host/sleepsync/scores/packing.py writes it. It ends, or rests each time that it
    has been played so often as it says, and begins again.
    """

    def __init__(self, args: tuple, seed: int, facts):
        (self._score,) = args
        self._tick = _TICKS_A_MINUTE // self._score[0]  # samples
        self._notes = Notes()
        self._played = 0  # how often
        self._wait = 0  # samples until the next event
        self._begin()

    def add(self, out, gain: int, goal: int) -> None:
        """Add the next block to `out` at a gain (Q15) that goes from `gain` to `goal`."""
        while self._wait < _BLOCK:
            self._strike()
        self._wait -= _BLOCK
        self._notes.add(out, gain, goal)

    def _begin(self):
        self._at, self._left = 0, self._score[1] | self._score[2] << 8
        self._advance()

    def _strike(self):
        """The event that is due, and on to the next one; or the end."""
        if self._at == len(self._score):
            return self._end()
        _, pitch, length, how = self._score[self._at : self._at + _BYTES]
        if length:
            self._notes.strike(self._wait, pitch, length * self._tick, how & 15, how >> 4)
        self._advance()

    def _advance(self):
        """To the next event, or to the end of the last bar."""
        self._at += _BYTES
        ticks = self._score[self._at] if self._at < len(self._score) else self._left
        self._left -= ticks
        self._wait += ticks * self._tick

    def _end(self):
        loop = self._score[3]
        self._played += 1
        if not loop:
            self._wait = _NEVER
            return
        if self._played % loop == 0:
            self._wait += _PAUSE
        self._begin()
