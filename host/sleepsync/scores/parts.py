"""One part of a score from its bars to notes: repeats played out, ties joined."""

from dataclasses import dataclass

from .bars import Bar
from .faults import Faults, Place
from .notation import QUARTER
from .score import Note
from .sounds import Sound

LONGEST = 255  # twelfths of a note: what a byte holds


@dataclass
class Heard:
    """A part as it sounds: `notes` with the written bar each begins in; `bars` played."""

    name: str
    place: Place
    notes: list[tuple[Note, Bar]]
    bars: int
    length: int


def heard(
    name: str, place: Place, instrument: int, bars: list[Bar], whole: int, faults: Faults
) -> Heard:
    """`bars` in the order of playing, each of `whole` twelfths."""
    notes: list[tuple[Note, Bar]] = []
    tied: dict[int, int] = {}  # pitch: where in `notes` it began
    for number, bar in enumerate(bars):
        at = number * whole
        for sound in bar.sounds:
            _check_tie(sound, tied, faults)
            tied = _add(notes, bar, instrument, at, sound, tied)
            at += sound.twelfths
    if tied:
        faults.add(bars[-1].sounds[-1].place, "a tie leads nowhere", "take out the ~")
    _check_lengths(notes, faults)
    return Heard(name, place, notes, len(bars), len(bars) * whole)


def _add(notes, bar, instrument, at, sound, tied):
    """The notes of a sound, or more of those that are tied to it; those that go on from it."""
    begun = {}
    for pitch in sound.pitches:
        if pitch in tied:
            note, first = notes[tied[pitch]]
            notes[tied[pitch]] = note._replace(length=note.length + sound.twelfths), first
            begun[pitch] = tied[pitch]
        else:
            begun[pitch] = len(notes)
            notes.append((Note(at, instrument, pitch, sound.twelfths, sound.strength), bar))
    return begun if sound.tied else {}


def _check_tie(sound: Sound, tied, faults):
    if not set(tied) <= set(sound.pitches):
        faults.add(
            sound.place,
            "a tie leads to another note",
            "tie a note to the same one, or take out the ~ before this",
        )


def _check_lengths(notes, faults):
    for note, bar in notes:
        if note.length > LONGEST:
            faults.add(
                bar.place,
                f"a note that begins in bar {bar.number} is tied over {note.length // QUARTER} "
                "quarters",
                f"{LONGEST // QUARTER} are the most: strike it again",
            )
