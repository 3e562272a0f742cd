"""A word of music read as a note, a chord or a rest. It must never guess what was meant."""

import re
from dataclasses import dataclass
from fractions import Fraction

from .faults import Faults, Place
from .notation import HIGHEST, LENGTHS, LOWEST, pitch_of
from .tokens import Token

_NAME = r"([A-G])(#{1,2}|b{1,2}|n|)(\d)"
_SOUND = re.compile(rf"(?P<names>R|{_NAME}(?:\+{_NAME})*)(?P<length>[a-z]\.*)?(?P<tie>~)?")
_NAMES = re.compile(_NAME)
_WITHOUT_OCTAVE = re.compile(r"[A-G](#|b|n)?([whqes]\.*)?~?")
_MOST_DOTS = 2


@dataclass(frozen=True)
class Sound:
    """Notes that begin together, or none: a rest. `twelfths` of a quarter; `tied` to the next."""

    place: Place
    pitches: tuple[int, ...]
    twelfths: int
    strength: int
    tied: bool


class Sounds:
    """Reads the words of one part: a length holds until another is given, and so does `strength`.

    `share`: of its written length that a note takes, 2/3 in a triplet.
    """

    def __init__(self, key: dict[str, str], strength: int, faults: Faults) -> None:
        self.strength = strength
        self.share = Fraction(1)
        self._key = key
        self._faults = faults
        self._length: Fraction | None = Fraction(0)  # none yet; None: one that is not understood

    def read(self, token: Token) -> Sound | None:
        """None of a word that is none; then it has been told."""
        found = _SOUND.fullmatch(token.text)
        if not found:
            self._faults.add(token.place, *_strange(token.text))
            return None
        twelfths = self._twelfths(token, found["length"])
        pitches = self._pitches(token, found["names"])
        if not pitches and found["tie"]:
            self._faults.add(token.place, "a rest is tied", "take out the ~")
        return Sound(token.place, pitches, twelfths, self.strength, bool(found["tie"] and pitches))

    def _twelfths(self, token, written):
        """0 if it is not known; then it has been told."""
        if written:
            self._length = self._length_of(token, written)
        elif self._length == 0:
            self._faults.add(
                token.place, f"{token.text} has no length", "write one behind it, like C4q"
            )
        if self._length is None:
            return 0
        taken = self._length * self.share
        if taken.denominator == 1:
            return int(taken)
        self._faults.add(
            token.place,
            f"{token.text} is no whole number of twelfths of a quarter",
            "a dotted sixteenth, or an eighth with two dots, is too fine: take another length",
        )
        return 0

    def _length_of(self, token, written):
        letter, dots = written[0], len(written) - 1
        if letter in LENGTHS and dots <= _MOST_DOTS:
            return LENGTHS[letter] * (2 - Fraction(1, 1 << dots))
        self._faults.add(
            token.place,
            f"{written} is no length",
            "write w, h, q, e or s (whole to sixteenth), with up to two dots",
        )
        return None

    def _pitches(self, token, names):
        if names == "R":
            return ()
        found = [self._pitch(token, *name) for name in _NAMES.findall(names)]
        if len(set(found)) < len(found):
            self._faults.add(token.place, f"{names} has a note twice", "take one of them out")
        return tuple(sorted(set(found)))

    def _pitch(self, token, letter, accidental, octave):
        sign = self._key.get(letter, "")
        if sign and not accidental:
            self._faults.add(
                token.place,
                f"{letter}{octave} is not in the key, which has {letter}{sign}",
                f"write {letter}{sign}{octave}, or {letter}n{octave} for the natural one",
            )
        pitch = pitch_of(letter, accidental, int(octave))
        if not LOWEST <= pitch <= HIGHEST:
            self._faults.add(
                token.place,
                f"{letter}{accidental}{octave} is too {'low' if pitch < LOWEST else 'high'}",
                "the puck plays C1 to C8 (C4 is middle C)",
            )
        return pitch


def _strange(text):
    """(what is seen, remedy) of a word that is no sound."""
    if _WITHOUT_OCTAVE.fullmatch(text):
        note = re.match(r"[A-G](#|b|n)?", text)
        return f"{text} has no octave", f"write one, like {note[0] if note else text}4"
    if _SOUND.fullmatch(text[:1].upper() + text[1:]):
        return f"{text} begins with a small letter", f"write {text[0].upper()}{text[1:]}"
    return (
        f"{text} is neither a note nor a rest nor a dynamic",
        "a note is like C4q or Bb3e., a chord C4+E4+G4h, a rest Rq, a dynamic ppp to f",
    )
