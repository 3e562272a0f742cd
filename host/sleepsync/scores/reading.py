"""From the text of a score to a `Score`, or to all that is wrong with it. Nothing is guessed."""

import re
from dataclasses import dataclass
from pathlib import Path

from .bars import Bars
from .faults import Fault, Faults, Place, ScoreDamaged
from .headings import Headings
from .notation import DYNAMIC, DYNAMICS, INSTRUMENTS
from .packing import MOST_BYTES, MOST_LENGTH, packed
from .parts import Heard, heard
from .repeats import played
from .score import MOST_AT_ONCE, Score, sounding
from .tokens import Token, lines_of

_PART = re.compile(r"(\w+)(?:\s*:\s*(\w+))?")
_TOP = Place(1, 1)


@dataclass
class _Part:
    name: str
    place: Place
    instrument: int
    bars: Bars


def read_score(path: Path) -> Score:
    """The score in a file. Raises ScoreDamaged, OSError."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        fault = Fault(_TOP, f"byte {error.start} is no text", "save the file as UTF-8")
        raise ScoreDamaged(path.name, [fault]) from error
    return parsed(text, path.name)


def parsed(text: str, name: str = "score") -> Score:
    """The score that a text says. Raises ScoreDamaged, which calls it `name`."""
    reader = _Reader()
    reader.read(text)
    return reader.score(name)


class _Reader:
    """`read` a text, then `score`."""

    def __init__(self):
        self._faults = Faults()
        self._headings = Headings(self._faults)
        self._parts: dict[str, _Part] = {}
        self._part: _Part | None = None
        self._is_lost = False  # what stands here belongs to no part, and that has been told

    def read(self, text):
        for line in lines_of(text):
            if line.kind == "heading":
                self._headings.take(*line.tokens, is_late=bool(self._parts))
            elif line.kind == "part":
                self._begin_part(line.tokens[0])
            else:
                self._music(line.tokens)

    def score(self, name):
        self._headings.close()
        for part in self._parts.values():
            part.bars.close()
        if not self._parts and not self._is_lost:
            self._faults.add(_TOP, "there is no part", "write part melody: bell, and its notes")
        self._faults.raise_any(name)
        parts = self._heard()
        self._faults.raise_any(name)
        score = self._joined(parts)
        self._faults.raise_any(name)
        return score

    # -- parts

    def _begin_part(self, token):
        found = _PART.fullmatch(token.text)
        self._part, self._is_lost = None, True
        if not found:
            self._faults.add(
                token.place,
                f"part {token.text} is not understood",
                f"write part NAME: INSTRUMENT, of {', '.join(INSTRUMENTS)}",
            )
        elif found[1] in self._parts and not found[2]:
            self._part = self._parts[found[1]]
        elif found[1] in self._parts:
            self._faults.add(
                token.place,
                f"there is a part {found[1]} already",
                f"write part {found[1]} alone to go on with it, or choose another name",
            )
        else:
            self._new_part(token, found[1], found[2] or "")

    def _new_part(self, token, name, instrument):
        if instrument not in INSTRUMENTS:
            seen = f"{instrument} is no instrument" if instrument else f"{name} has no instrument"
            self._faults.add(
                token.place, seen, f"write part {name}: and one of {', '.join(INSTRUMENTS)}"
            )
            instrument = INSTRUMENTS[0]  # so that its notes are looked at, too
        bars = Bars(name, self._headings.head, DYNAMICS[DYNAMIC], self._faults)
        number = INSTRUMENTS.index(instrument)
        self._part = self._parts[name] = _Part(name, token.place, number, bars)

    def _music(self, tokens: list[Token]):
        if self._part:
            for token in tokens:
                self._part.bars.take(token)
        elif not self._is_lost:
            self._is_lost = True
            first = tokens[0]
            self._faults.add(
                first.place,
                f"{first.text} is neither a heading nor in a part",
                "write a heading as NAME: VALUE, or part melody: bell above the music",
            )

    # -- all together

    def _heard(self):
        whole = self._headings.head.bar
        parts = []
        for part in self._parts.values():
            bars = played(part.bars.all, self._faults)
            if bars:
                found = heard(part.name, part.place, part.instrument, bars, whole, self._faults)
                parts.append(found)
            else:
                self._faults.add(part.place, f"{part.name} has no bar", "write it, or take it out")
        return parts

    def _joined(self, parts: list[Heard]) -> Score:
        head, first = self._headings.head, parts[0]
        self._check_ends(parts)
        together = sorted((pair for part in parts for pair in part.notes), key=lambda pair: pair[0])
        notes = tuple(note for note, _ in together)
        self._check_crowd(notes, together)
        length = max(part.length for part in parts)
        names = head.title, head.by, head.metre, head.key_name
        score = Score(*names, head.tempo_bpm, head.bar, length, head.loop, notes)
        self._check_size(score, first.place)
        return score

    def _check_ends(self, parts):
        first = parts[0]
        for part in parts[1:]:
            if part.bars != first.bars:
                self._faults.add(
                    part.place,
                    f"{part.name} ends after {part.bars} bars, and {first.name} after {first.bars}",
                    "let them end together: fill with rests, or look at the repeats",
                )

    def _check_crowd(self, notes, together):
        told = set()
        for note, bar in together:
            crowd = sounding(notes, note.start)
            if crowd > MOST_AT_ONCE and bar.place not in told:
                told.add(bar.place)
                self._faults.add(
                    bar.place,
                    f"{crowd} notes sound at once in bar {bar.number}",
                    f"{MOST_AT_ONCE} are the most: take some out, or shorten them",
                )

    def _check_size(self, score, place):
        if not score.notes:
            self._faults.add(place, "there is no note in it", "write some")
        elif score.length > MOST_LENGTH:
            self._faults.add(place, f"{score.bars} bars are too long", "repeat less; let it loop")
        elif len(packed(score)) > MOST_BYTES:
            self._faults.add(
                place,
                f"it takes {len(packed(score))} bytes on the puck",
                f"{MOST_BYTES} are the most: write fewer notes, or let it loop",
            )
