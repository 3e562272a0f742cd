"""Repeats: are they whole, and what is played after what. It must never play for ever."""

from .bars import TIMES, Bar
from .faults import Faults

_ENDING_REMEDY = "endings follow each other: |: ... [1 ... :| [2 ... |"


def played(bars: list[Bar], faults: Faults) -> list[Bar]:
    """The bars in the order in which they sound; those as written if a repeat is not whole."""
    known = len(faults.all)
    _check(bars, faults)
    return list(bars) if len(faults.all) > known else _rounds(bars)


def _check(bars, faults):
    """Repeats open before they close; endings are 1, 2, 3 in turn, and all but the last close."""
    opened, due = None, 1
    for at, bar in enumerate(bars):
        if bar.opens:
            if opened and due == 1:
                _unclosed(opened, faults)
            opened, due = bar, 1
        if bar.endings:
            if list(bar.endings) != list(range(due, due + len(bar.endings))):
                seen = f"bar {bar.number} is ending {', '.join(map(str, bar.endings))}"
                faults.add(bar.place, f"{seen}, and {due} should come", _ENDING_REMEDY)
            due = bar.endings[-1] + 1
        if bar.closes:
            if due > 1 and not (at + 1 < len(bars) and bars[at + 1].endings):
                faults.add(bar.place, f"ending {due} is missing behind this bar", _ENDING_REMEDY)
            if due > 1 and bar.closes != TIMES[0]:
                faults.add(
                    bar.place, "endings and a count exclude each other", "write the rounds: [1,2"
                )
            opened, due = (opened, due) if due > 1 else (None, 1)
    if opened and due == 1:
        _unclosed(opened, faults)


def _unclosed(bar, faults):
    faults.add(bar.place, f"the repeat that begins with bar {bar.number} has no end", "write :|")


def _rounds(bars):
    out: list[Bar] = []
    at = start = 0
    number = 1  # of the round
    while at < len(bars):
        bar = bars[at]
        if bar.opens and at != start:
            start, number = at, 1
        if bar.endings and number not in bar.endings:
            at = _behind_ending(bars, at)
            continue
        out.append(bar)
        again = bar.closes and (number < bar.closes or _has_endings(bars, start, at))
        if bar.closes and not again:
            start, number = at + 1, 1
        at, number = (start, number + 1) if again else (at + 1, number)
    return out


def _behind_ending(bars, at):
    """The bar after the ending that begins at `at`."""
    while not bars[at].closes:
        at += 1
    return at + 1


def _has_endings(bars, start, end):
    return any(bar.endings for bar in bars[start : end + 1])
