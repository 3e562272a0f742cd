"""The words of a score and what each means: lengths, names of notes, keys, dynamics, instruments.

Lengths are in twelfths of a quarter note, of which a triplet takes whole ones, too.
"""

from fractions import Fraction

QUARTER = 12  # twelfths
WHOLE = 4 * QUARTER
LENGTHS = {"w": WHOLE, "h": 24, "q": QUARTER, "e": 6, "s": 3}
LENGTH_NAMES = {1: "whole", 2: "half", 4: "quarter", 8: "eighth", 16: "sixteenth"}
DYNAMICS = {"ppp": 2, "pp": 4, "p": 6, "mp": 8, "mf": 11, "f": 14}  # strengths of 1 to 15
DYNAMIC = "mp"  # unless a part says otherwise
INSTRUMENTS = ("bell", "pad", "pluck", "flute", "bass")  # by the puck's numbers
LOWEST, HIGHEST = 24, 108  # MIDI pitches, C1 to C8

_STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_ACCIDENTALS = {"": 0, "n": 0, "#": 1, "##": 2, "b": -1, "bb": -2}
_FIFTHS = "FCGDAEB"  # the order in which sharps are added, flats the other way round
_MODES = {
    "lydian": 1,
    "major": 0,
    "mixolydian": -1,
    "dorian": -2,
    "minor": -3,
    "phrygian": -4,
}
_MOST_SIGNS = 7


def pitch_of(letter: str, accidental: str, octave: int) -> int:
    """The MIDI pitch: C4 is 60."""
    return 12 * (octave + 1) + _STEPS[letter] + _ACCIDENTALS[accidental]


def signature(words: str) -> dict[str, str] | None:
    """{letter: accidental} of a key like "F major" or "C# dorian"; None if there is none such."""
    tonic, _, mode = words.partition(" ")
    letter, accidental = tonic[:1], tonic[1:]
    if letter not in _STEPS or accidental not in ("", "#", "b") or mode not in _MODES:
        return None
    signs = _FIFTHS.index(letter) - 1 + 7 * _ACCIDENTALS[accidental] + _MODES[mode]
    if abs(signs) > _MOST_SIGNS:
        return None
    changed = _FIFTHS[:signs] if signs > 0 else _FIFTHS[::-1][:-signs]
    sign = "#" if signs > 0 else "b"
    return {letter: sign if letter in changed else "" for letter in _STEPS}


def modes() -> str:
    """The modes by name, for a person."""
    return ", ".join(sorted(_MODES))


def counted(twelfths: int | Fraction, unit: int) -> str:
    """A length in words, counted in notes of which a whole holds `unit`: "5 1/3 eighths"."""
    number = Fraction(twelfths * unit, WHOLE)
    whole, rest = divmod(number, 1)
    shown = " ".join(str(part) for part in (whole, rest) if part) or "0"
    return f"{shown} {LENGTH_NAMES[unit]}{'' if number == 1 else 's'}"


def name_of(pitch: int) -> str:
    """A pitch in words, with sharps: 61 is C#4."""
    octave, step = divmod(pitch, 12)
    below = max(at for at in _STEPS.values() if at <= step)
    letter = next(letter for letter, at in _STEPS.items() if at == below)
    return f"{letter}{'#' * (step - below)}{octave - 1}"
