"""What stands at the top of a score: title, tempo, metre, key, and how often it is played."""

import re
from dataclasses import dataclass, field

from .faults import Faults, Place
from .notation import LENGTH_NAMES, QUARTER, WHOLE, modes, signature
from .tokens import Token

TEMPO_BPM = range(20, 241)  # quarters a minute, as the puck counts them
LOOPS = range(1, 256)
NAMES = ("title", "by", "tempo", "metre", "key", "loop")
_NEEDED = ("title", "tempo", "metre")
_TOP = Place(1, 1)
_METRE = re.compile(r"(\d+)/(2|4|8|16)")
_MOST_IN_BAR = 16
_TEMPO = re.compile(r"(\d+)(?: (dotted )?(half|quarter|eighth)s?)?")


@dataclass
class Head:
    """Of a score; `bar` in twelfths of a quarter, 0 unknown; a whole is made of `unit`."""

    title: str = ""
    by: str = ""
    tempo_bpm: int = TEMPO_BPM[0]
    bar: int = 0
    unit: int = 4
    key_name: str = ""
    key: dict[str, str] = field(default_factory=dict)
    loop: int = 0

    @property
    def metre(self) -> str:
        """As it is written, like 6/8."""
        return f"{self.bar * self.unit // WHOLE}/{self.unit}"


class Headings:
    """`take` a heading after the other, then `close`: `head` is what they say."""

    def __init__(self, faults: Faults) -> None:
        self.head = Head()
        self._faults = faults
        self._places: dict[str, Place] = {}

    def take(self, name: Token, value: Token, is_late: bool) -> None:
        """One line; `is_late`: a part stands above it."""
        if is_late:
            self._faults.add(
                name.place, f"{name.text} stands below a part", "write it above the first part"
            )
        elif name.text not in NAMES:
            wanted = ", ".join(NAMES)
            self._faults.add(name.place, f"{name.text} is no heading", f"there are {wanted}")
        elif name.text in self._places:
            line = self._places[name.text].line
            self._faults.add(
                name.place, f"{name.text} stands in line {line} already", "take one of them out"
            )
        else:
            self._places[name.text] = name.place
            getattr(self, f"_{name.text}")(value)

    def close(self) -> None:
        """There are no more."""
        for name in _NEEDED:
            if name not in self._places:
                self._faults.add(
                    _TOP, f"there is no {name}", f"write a line {name}: ... above the first part"
                )

    def _title(self, value):
        self.head.title = value.text
        if not value.text:
            self._faults.add(value.place, "the title is empty", "give the piece a name")

    def _by(self, value):
        self.head.by = value.text

    def _tempo(self, value):
        found = _TEMPO.fullmatch(value.text)
        if not found:
            self._faults.add(
                value.place,
                f"{value.text or 'nothing'} is no tempo",
                "write beats a minute, like 66, or 44 dotted quarters",
            )
            return
        beats, is_dotted, name = int(found[1]), bool(found[2]), found[3] or "quarter"
        unit = next(unit for unit, word in LENGTH_NAMES.items() if word == name)
        self._set_tempo(value, beats * (3 if is_dotted else 2) * WHOLE // unit)

    def _set_tempo(self, value, halves):
        """`halves` of twelfths are played in a minute."""
        bpm, rest = divmod(halves, 2 * QUARTER)
        if rest:
            self._faults.add(
                value.place,
                f"{value.text} a minute are no whole number of quarters",
                f"the puck counts quarters: take a tempo near {bpm} of them that gives whole ones",
            )
        elif bpm not in TEMPO_BPM:
            self._faults.add(
                value.place,
                f"{value.text} a minute are {bpm} quarters",
                f"take {TEMPO_BPM[0]} to {TEMPO_BPM[-1]}",
            )
        else:
            self.head.tempo_bpm = bpm

    def _metre(self, value):
        found = _METRE.fullmatch(value.text)
        if not found or not 1 <= int(found[1]) <= _MOST_IN_BAR:
            self._faults.add(
                value.place,
                f"{value.text or 'nothing'} is no metre",
                f"write one like 3/4 or 6/8: up to {_MOST_IN_BAR} halves, quarters, eighths or "
                "sixteenths",
            )
            return
        self.head.unit = int(found[2])
        self.head.bar = int(found[1]) * WHOLE // self.head.unit

    def _key(self, value):
        self.head.key_name = value.text
        key = signature(value.text)
        if key is None:
            self._faults.add(
                value.place,
                f"{value.text or 'nothing'} is no key with up to seven sharps or flats",
                f"write one like F major or C# dorian; there are {modes()}",
            )
        self.head.key = key or {}

    def _loop(self, value):
        if value.text == "no":
            return
        if not value.text.isdecimal() or int(value.text) not in LOOPS:
            self._faults.add(
                value.place,
                f"loop: {value.text or 'nothing'} says not how often",
                f"write no, or how often it is played before it pauses, {LOOPS[0]} to {LOOPS[-1]}",
            )
            return
        self.head.loop = int(value.text)
