"""The bars of a part: each is checked to be full, and their repeats are played out.

It must never shorten or lengthen what stands in a bar to make it fit.
"""

import re
from dataclasses import dataclass, field
from fractions import Fraction

from .faults import Faults, Place
from .headings import Head
from .notation import DYNAMICS, LENGTHS, WHOLE, counted
from .sounds import Sound, Sounds
from .tokens import Token

TIMES = range(2, 17)  # that a repeat may be played
_TRIPLET = Fraction(2, 3)
_ENDING = re.compile(r"\[\d+(,\d+)*")


@dataclass
class Bar:
    """`opens` a repeat; `endings`: begins the ending for these rounds; `closes` a repeat that is
    played so many times, 0: none.
    """

    place: Place
    number: int
    sounds: list[Sound] = field(default_factory=list)
    opens: bool = False
    endings: tuple[int, ...] = ()
    closes: int = 0
    is_sound: bool = True  # every word of it was understood


class Bars:
    """`take` the words of one part, then `close`; `all` are its bars as written."""

    def __init__(self, name: str, head: Head, strength: int, faults: Faults) -> None:
        self.all: list[Bar] = []
        self._name, self._head, self._faults = name, head, faults
        self._sounds = Sounds(head.key, strength, faults)
        self._bar: Bar | None = None
        self._opens = False
        self._endings: tuple[int, ...] = ()
        self._triplet: Token | None = None  # where it began
        self._in_triplet = 0  # twelfths
        self._latest: Place | None = None  # of a word

    def take(self, token: Token) -> None:
        """The next word."""
        text, self._latest = token.text, token.place
        if text in ("(3", ")"):
            self._turn_triplet(token)
        elif text in DYNAMICS:
            self._sounds.strength = DYNAMICS[text]
        elif text.startswith("["):
            self._begin_ending(token)
        elif text[0] in "|:":
            self._end_bar(token)
        else:
            self._sound(token)

    def close(self) -> None:
        """The part has no more words."""
        if self._bar and self._bar.sounds:
            last = self._bar.sounds[-1].place
            self._faults.add(last, f"{self._name} ends without a bar line", "write | behind it")
            self._full(self._bar)
        elif self._latest and (self._opens or self._endings):
            self._faults.add(
                self._latest,
                f"{self._name} ends where a repeat begins",
                "write what is repeated, or take it out",
            )

    def _sound(self, token):
        bar = self._current(token.place)
        sound = self._sounds.read(token)
        if sound is None or not sound.twelfths:
            bar.is_sound = False
            return
        bar.sounds.append(sound)
        if self._triplet:
            self._in_triplet += sound.twelfths

    def _current(self, place):
        if not self._bar:
            number = len(self.all) + 1
            self._bar = Bar(place, number, opens=self._opens, endings=self._endings)
            self._opens, self._endings = False, ()
        return self._bar

    # -- triplets

    def _turn_triplet(self, token):
        if (token.text == "(3") == bool(self._triplet):
            seen = "a triplet in a triplet" if self._triplet else ") without (3"
            self._faults.add(token.place, seen, "write (3 before its notes, and ) behind them")
            return
        if self._triplet:
            self._end_triplet(self._triplet)
            return
        self._triplet, self._in_triplet = token, 0
        self._sounds.share = _TRIPLET

    def _end_triplet(self, began):
        self._triplet = None
        self._sounds.share = Fraction(1)
        if not self._in_triplet or self._in_triplet % (2 * LENGTHS["s"]):
            self._current(began.place).is_sound = False
            self._faults.add(
                began.place,
                f"this triplet takes {counted(self._in_triplet, 8)}",
                "three equal lengths take the time of two: fill it, with rests if need be",
            )

    # -- bar lines

    def _begin_ending(self, token):
        if not _ENDING.fullmatch(token.text) or (self._bar and self._bar.sounds):
            self._faults.add(
                token.place,
                f"{token.text} is no ending",
                "write [1 or [1,2 directly behind a bar line",
            )
            return
        self._endings = tuple(map(int, token.text[1:].split(",")))

    def _end_bar(self, token):
        if self._triplet:
            self._faults.add(
                self._triplet.place, "this triplet has no end in its bar", "write ) behind it"
            )
            self._end_triplet(self._triplet)
        bar, self._bar = self._bar, None
        if bar:
            self._full(bar)
            self.all.append(bar)
        self._sign(token, bar)

    def _sign(self, token, bar):
        """What a bar line says of repeats."""
        text = token.text
        if text.startswith(":"):
            if bar is None:
                self._faults.add(token.place, "nothing is repeated", "take out this sign")
            else:
                bar.closes = self._times(token)
        elif bar is None and self.all and not text.endswith("|:"):
            self._faults.add(token.place, "an empty bar", "write its rests, or take out a |")
        self._opens = self._opens or text.endswith("|:")

    def _times(self, token):
        if "x" not in token.text:
            return TIMES[0]
        count = int(token.text.partition("x")[2] or 0)
        if count in TIMES:
            return count
        self._faults.add(
            token.place,
            f"{token.text} repeats {count} times",
            f"write {TIMES[0]} to {TIMES[-1]}, like :|x3",
        )
        return TIMES[0]

    def _full(self, bar):
        length, whole, unit = sum(s.twelfths for s in bar.sounds), self._head.bar, self._head.unit
        if not whole or length == whole or not bar.is_sound:
            return
        change = counted(abs(whole - length), unit)
        more = f"add {change}" if length < whole else f"take out {change}"
        self._faults.add(
            bar.place,
            f"bar {bar.number} of {self._name} has {counted(length, unit)}, "
            f"and {self._head.metre} wants {whole * unit // WHOLE}",
            f"{more}, or look for a wrong length",
        )
