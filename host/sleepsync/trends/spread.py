"""Middles and spreads of many nights: medians, quartiles, weeks, and whether anything changes.

It must never tell a spread of fewer than three nights, nor a change that chance brings as well.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from scipy.stats import kendalltau, theilslopes

FEWEST = 3  # nights that a spread is told of
_FEWEST_FOR_CHANGE = 14
_CHANCE = 0.01  # of each of some five figures, so that a page seldom tells of a change in error


@dataclass(frozen=True)
class Spread:
    """The median of `nights` known values, and two of them between which half or more lie."""

    nights: int
    low: float
    middle: float
    high: float


@dataclass(frozen=True)
class Week:
    """Days `begin` to before `end`, counted from the first evening; `monday` its own."""

    monday: date
    begin: int
    end: int


def spread(values: np.ndarray) -> Spread | None:
    """Of the values that are known (not NaN); None of fewer than three."""
    known = values[np.isfinite(values)]
    if len(known) < FEWEST:
        return None
    low = np.percentile(known, 25, method="lower")  # outwards: few nights would hold less
    high = np.percentile(known, 75, method="higher")
    return Spread(len(known), float(low), float(np.median(known)), float(high))


def weeks(first: date, days: int) -> list[Week]:
    """Monday to Sunday, cut at the first and the last evening."""
    monday = first - timedelta(days=first.weekday())
    found = []
    while (begin := (monday - first).days) < days:
        found.append(Week(monday, max(0, begin), min(days, begin + 7)))
        monday += timedelta(days=7)
    return found


def change_a_week(values: np.ndarray) -> float | None:
    """By how much a value goes up (or down) in a week, if that is hardly chance, else None.

    Kendall's rank correlation with the day says whether, Theil and Sen's median of slopes says
    how much. Nights that follow each other are alike, which neither of them knows.
    """
    days = np.flatnonzero(np.isfinite(values))
    if len(days) < _FEWEST_FOR_CHANGE:
        return None
    known = values[days]
    if kendalltau(days, known).pvalue > _CHANCE or np.ptp(known) == 0:
        return None
    return float(theilslopes(known, days).slope) * 7
