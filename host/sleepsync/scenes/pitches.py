"""Pitches by name: a letter, an accidental, an octave; A4 is 440 Hz and C4 the middle C."""

_SEMITONES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_ACCIDENTALS = {"": 0, "#": 1, "b": -1}


def midi(name: str) -> int:
    """The MIDI number of "C#4" or "Bb2". KeyError or ValueError for what is no pitch."""
    letter, accidental, octave = name[0], name[1:-1], int(name[-1])
    return 12 * (octave + 1) + _SEMITONES[letter] + _ACCIDENTALS[accidental]
