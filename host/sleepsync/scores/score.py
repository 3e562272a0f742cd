"""A score as it is heard: notes by time, repeats played out, ties joined."""

from dataclasses import dataclass
from typing import NamedTuple

MOST_AT_ONCE = 6  # notes that the puck can sound


class Note(NamedTuple):
    """Times in twelfths of a quarter; `instrument`: of `notation.INSTRUMENTS`; `strength` 1-15."""

    start: int
    instrument: int
    pitch: int
    length: int
    strength: int


@dataclass(frozen=True)
class Score:
    """`notes` by start; `length` and `bar` in twelfths; `loop`: how often it is played before it
    pauses and begins again, 0 once for all.
    """

    title: str
    by: str
    metre: str
    key: str
    tempo_bpm: int
    bar: int
    length: int
    loop: int
    notes: tuple[Note, ...]

    @property
    def bars(self) -> int:
        """As played."""
        return self.length // self.bar

    @property
    def seconds(self) -> float:
        """Of once through."""
        return self.length * 5 / self.tempo_bpm

    @property
    def most_at_once(self) -> int:
        """Of notes, by their written lengths."""
        return max((sounding(self.notes, note.start) for note in self.notes), default=0)


def sounding(notes: tuple[Note, ...], at: int) -> int:
    """Notes that sound at a time."""
    return sum(note.start <= at < note.start + note.length for note in notes)
