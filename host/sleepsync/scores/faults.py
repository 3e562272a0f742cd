"""What is wrong with a score: where it stands, what was seen, what to do.

All of a file's faults are gathered, and told at once. A fault must never be told without a remedy.
"""

from typing import NamedTuple


class Place(NamedTuple):
    """Where something stands in a file; both count from 1."""

    line: int
    column: int


class Fault(NamedTuple):
    """One thing that is wrong."""

    place: Place
    seen: str
    remedy: str

    def __str__(self) -> str:
        return f"line {self.place.line}, column {self.place.column}: {self.seen}; {self.remedy}"


class ScoreDamaged(ValueError):
    """A score cannot be read; `faults` in the order of the file, one in each line of the text."""

    def __init__(self, name: str, faults: list[Fault]) -> None:
        self.faults = sorted(faults)
        super().__init__("\n".join(f"{name}, {fault}" for fault in self.faults))


class Faults:
    """Gathers faults while a file is read."""

    def __init__(self) -> None:
        self.all: list[Fault] = []

    def add(self, place: Place, seen: str, remedy: str) -> None:
        """One more."""
        self.all.append(Fault(place, seen, remedy))

    def raise_any(self, name: str) -> None:
        """ScoreDamaged if there are any."""
        if self.all:
            raise ScoreDamaged(name, self.all)
