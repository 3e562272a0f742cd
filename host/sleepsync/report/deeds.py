"""What the puck did and what it was refused, as rows: for sentences, labels and the page's list.

It must never leave out a request, nor tell one that was refused as done.
"""

from dataclasses import dataclass

from sleepsync.night import Night
from sleepsync.paths import records
from sleepsync.report import clock, series

_APART_MS = 1_800_000  # acts of one use further apart are two evenings


@dataclass(frozen=True)
class Deed:
    """An act that was granted, from when it was asked for until its last lane ended.

    `ended`: why, "" where no record tells it.
    """

    begin_ms: int
    end_ms: int
    who: str
    what: str
    use: str
    ended: str


@dataclass(frozen=True)
class Row:
    """A request in the page's list, every field in words."""

    when: str
    what: str
    who: str
    why: str
    answer: str


def of_night(night: Night) -> list[Deed]:
    """The acts that were granted, in order."""
    last_ms = series.span_epochs(night) * records.EPOCH_S * 1000
    asked = sorted(night.requests, key=lambda request: request.t_ms)
    return [_deed(request, last_ms) for request in asked if request.ceilings]


def spells(night: Night, use: str) -> list[list[Deed]]:
    """The acts of a use, those together that follow each other within half an hour."""
    found: list[list[Deed]] = []
    for deed in of_night(night):
        if deed.use != use:
            continue
        if found and deed.begin_ms - found[-1][-1].end_ms < _APART_MS:
            found[-1].append(deed)
        else:
            found.append([deed])
    return found


def names(spell: list[Deed]) -> str:
    """What they were, each run of one family once: `breathe 14 to 9, story`."""
    families: list[tuple[str, list[str]]] = []
    for what in dict.fromkeys(deed.what for deed in spell):
        family, number = _split(what)
        if families and number and families[-1][0] == family:
            families[-1][1].append(number)
        else:
            families.append((family, [number] if number else []))
    return ", ".join(_told(*each) for each in families)


def rows(night: Night) -> list[Row]:
    """Every request, in order, with the measured reason where there is one."""
    return [_row(night, each) for each in sorted(night.requests, key=lambda each: each.t_ms)]


def _deed(request, last_ms: int) -> Deed:
    ends = sorted(request.ends, key=lambda end: end.t_ms)
    granted_ms = request.t_ms + request.length_s * 1000
    end_ms = ends[-1].t_ms if ends else min(last_ms, granted_ms)
    ended = ends[-1].why if ends else ""
    if request.cut_ms >= 0 and not ends:
        end_ms, ended = request.cut_ms, "cut off by a start"
    return Deed(request.t_ms, end_ms, request.who, request.what, request.use, ended)


def _split(what: str) -> tuple[str, str]:
    """`breathe 14` as (`breathe`, `14`); any other name whole."""
    family, _, number = what.rpartition(" ")
    return (family, number) if family and number.isdigit() else (what, "")


def _told(family: str, numbers: list[str]) -> str:
    if not numbers:
        return family
    return f"{family} {numbers[0]}" + (f" to {numbers[-1]}" if len(numbers) > 1 else "")


def _row(night: Night, request) -> Row:
    if request.refused:
        answer = f"refused: {request.refused}"
    elif not request.ceilings:
        answer = "no answer"
    else:
        deed = _deed(request, series.span_epochs(night) * records.EPOCH_S * 1000)
        until = f"until {clock.moment(night, deed.end_ms)}"
        answer = f"{until}: {deed.ended}" if deed.ended else until
    return Row(
        clock.moment(night, request.t_ms),
        request.what,
        request.who,
        request.because or request.why,
        answer,
    )
