"""Weeks of nights in sentences.

It must never call a change good or bad, nor give a score.
"""

import numpy as np

from sleepsync.report.words import NBSP
from sleepsync.trends import measures
from sleepsync.trends.gathered import Gathered
from sleepsync.trends.measures import Measure, by_day
from sleepsync.trends.spread import FEWEST, change_a_week, spread

_STEADY = "Nothing else on this page changes over these weeks by more than chance would bring."
_SHORT = "Whether anything changes is told from fourteen nights on."
_CHANGES_FROM = 14


def title(found: Gathered) -> str:
    """`23 February to 3 April 2026, 36 nights`."""
    first, last = found.first, found.rows[-1].day
    year = "" if first.year == last.year else f" {first.year}"
    count = len(found.rows)
    nights = "1 night" if count == 1 else f"{count} nights"
    return f"{first.day} {first:%B}{year} to {last.day} {last:%B} {last.year}, {nights}"


def lead(found: Gathered) -> str:
    """The one sentence."""
    told = spread(by_day(found, measures.ASLEEP))
    if told is None:
        return f"Sleep is known of fewer than {_count(FEWEST)} of these nights."
    half = measures.between(measures.ASLEEP, told.low, told.high)
    middle = measures.ASLEEP.written(told.middle)
    return f"Half of the nights bring {half} of sleep, the middle one {middle}."


def changes(found: Gathered) -> str:
    """What goes up or down, if it is hardly chance, a sentence each."""
    if len(found.rows) < _CHANGES_FROM:
        return _SHORT
    told = [sentence for each in measures.CHANGING if (sentence := _change(found, each))]
    return " ".join([*told, _STEADY if told else _STEADY.replace("else ", "")])


def _change(found: Gathered, measure: Measure) -> str:
    by = change_a_week(by_day(found, measure))
    if by is None:
        return ""
    if measure is measures.BED:
        way = "later" if by > 0 else "earlier"
        return f"Bedtime comes {_minutes(abs(by))} {way} each week."
    way = "rises" if by > 0 else "falls"
    amount = _minutes(abs(by)) if measure.unit == "hours" else measure.written(abs(by))
    return f"{measure.title} {way} by {amount} a week."


def notes(found: Gathered) -> list[str]:
    """How far all of this can be believed."""
    missing = found.days - len(found.rows)
    scored = sum(row.is_scored for row in found.rows)
    told = [
        "Dots are nights; the line is a week's median, the band holds the middle half of its "
        "nights. A week with fewer than three has neither. A night belongs to its evening.",
        _off(),
        "The pulse's figures are medians of the epochs asleep; how far off they can be is told in "
        "docs/pulse.md. RMSSD of a finger's pulse is higher than a heart's own.",
        "A change is told when ranks say that chance would bring it in one of a hundred such "
        "figures; nights in a row are alike, so that is a little too bold.",
    ]
    if missing:
        told.append(f"{_nights(missing)} between the first and the last {_were(missing)} not kept.")
    if scored < len(found.rows):
        unknown = len(found.rows) - scored
        told.append(f"{_nights(unknown)} could not be scored, and {_are(unknown)} in no figure.")
    return told


def spoken(found: Gathered) -> str:
    """What the picture shows, for those who hear it instead."""
    told = []
    for measure in measures.TOLD:
        middle = spread(by_day(found, measure))
        if middle:
            half = measures.between(measure, middle.low, middle.high)
            told.append(f"{measure.title}: median {measure.written(middle.middle)}, half {half}.")
    return f"Chart of {title(found)}. {' '.join(told)}"


def _off() -> str:
    """How far one night's figures may be from the truth."""
    parts = [
        f"{each.title.lower() if each is not measures.REM else 'REM'} "
        f"{each.off_min[0]:+.0f} to {each.off_min[1]:+.0f}{NBSP}min"
        for each in (measures.ASLEEP, measures.WASO, measures.REM, measures.DEEP)
        if each.off_min
    ]
    return (
        "One night's figures can be off: beside polysomnography of 21 healthy adults the score "
        f"said, in 95 of 100 nights, {', '.join(parts)} (docs/staging.md). The grey lines are that "
        "wide. A median of many nights lies closer, but not where all nights err the same way."
    )


def _minutes(hours: float) -> str:
    return f"{hours * 60:.0f}{NBSP}min"


def _nights(count: int) -> str:
    return "One night" if count == 1 else f"{count} nights"


def _were(count: int) -> str:
    return "was" if count == 1 else "were"


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _count(number: int) -> str:
    return ("no", "one", "two", "three")[number]


def has(found: Gathered, measure: Measure) -> bool:
    """Whether any night tells a measure."""
    return bool(np.isfinite(by_day(found, measure)).any())
