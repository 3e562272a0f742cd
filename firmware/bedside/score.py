"""A written melody, played: a voice of the synthesiser. The format: docs/scores.md."""

from micropython import const

from firmware.bedside.notes import Notes

_BLOCK = const(1536)
_TICKS_A_MINUTE = const(80000)  # samples, of a twelfth of a beat at one beat a minute
_HEADER = const(4)
_EVENT = const(4)
_ONLY_WAIT = const(255)


class Score:
    """`args`: (the score, compiled to bytes). It ends, or begins again as often as it says."""

    def __init__(self, args: tuple, seed: int, facts):
        (self._score,) = args
        self._tick = _TICKS_A_MINUTE // self._score[0]  # samples
        self._again = self._score[3]
        self._notes = Notes()
        self._begin(0)

    def add(self, out, gain: int, goal: int) -> None:
        """Add the next block to `out` at a gain (Q15) that goes from `gain` to `goal`."""
        while self._wait < _BLOCK and self._next < len(self._score):
            self._strike()
            self._advance()
        self._wait -= _BLOCK
        self._notes.add(out, gain, goal)

    def _begin(self, wait):
        self._next, self._wait = _HEADER, wait + self._score[_HEADER] * self._tick
        self._begun = wait

    def _strike(self):
        """The event that is due."""
        _, pitch, length, how = self._score[self._next : self._next + _EVENT]
        if length:
            self._notes.strike(self._wait, pitch, length * self._tick, how & 15, how >> 4)

    def _advance(self):
        self._next += _EVENT
        if self._next < len(self._score):
            self._wait += self._score[self._next] * self._tick
        elif self._again:
            self._again -= 1
            self._begin(self._wait)
