"""Beats from a finger against the intervals of a chest strap worn meanwhile.

Nobody knows when the strap began, so both are laid over each other where their intervals agree
best. It must never bend one to the other: the lag is one number a record.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from sleepsync.pulse.told import Told, intervals_of, variation

_SEARCH_S, _STEP_S = 10.0, 0.02
_FIDUCIAL_S = 0.6  # by as much may finger and hearer be later than the strap
_WORST_S = 0.2  # an interval that differs by more is no better than none
_ALIKE_S = 0.05  # intervals so near to each other are the same
_NEAR_S = 0.15  # a beat of the finger is the strap's within this


@dataclass(frozen=True)
class Matched:
    """Of one record. `found`: share of the strap's beats, within the signal, that were heard;
    `false`: share of the heard beats, within the strap's time, that are none of its own.
    `interval_errors_ms` (n,): of the intervals between matched neighbours, without sign;
    `intervals`: how many the strap has within the signal. `rmssd_error_ms`, `sdnn_error_ms`:
    mean over the seconds that have both; NaN if none has. `variation_known`: share of the
    seconds with a reference that have an RMSSD.
    """

    found: float
    false: float
    interval_errors_ms: np.ndarray
    intervals: int
    rmssd_error_ms: float
    sdnn_error_ms: float
    variation_known: float


def start_s(trains: Iterable[np.ndarray], rr_s: np.ndarray) -> float:
    """When the strap's first interval begins, by whichever of the trains of beats agrees best."""
    around = np.arange(-_SEARCH_S, _SEARCH_S + _STEP_S, _STEP_S)
    found = [(*_best(beats_s, rr_s, around), beats_s) for beats_s in trains]
    _, begin_s, beats_s = min(found, key=lambda best: best[0])
    return begin_s + _offset_s(beats_s, _ends_s(begin_s, rr_s), rr_s)


def matched(told: Told, rr_s: np.ndarray, strap_start_s: float, seconds: int) -> Matched:
    """What somebody heard, against a strap that began at `strap_start_s` or shortly after.

    The finger's delay is its own for each hearer, since everyone marks another place of a beat.
    """
    around = strap_start_s + np.arange(-_FIDUCIAL_S, _FIDUCIAL_S + _STEP_S, _STEP_S)
    begin_s = _best(told.beats_s, rr_s, around)[1]
    begin_s += _offset_s(told.beats_s, _ends_s(begin_s, rr_s), rr_s)
    strap_s = np.concatenate(([begin_s], _ends_s(begin_s, rr_s)))
    return Matched(*_beats(told, strap_s, seconds), *_variation(told, strap_s, seconds))


def _best(beats_s, rr_s, starts_s):
    """(mean difference of the intervals in s, start) where it is least, the first of equals."""
    middles_s = np.cumsum(rr_s) - rr_s / 2
    costs = [_difference(beats_s, rr_s, start + middles_s) for start in starts_s]
    at = int(np.argmin(costs))
    return costs[at], float(starts_s[at])


def _difference(beats_s, rr_s, middles_s):
    """Mean of `_differences`, none of them worse than `_WORST_S`."""
    return float(np.minimum(_differences(beats_s, rr_s, middles_s)[1], _WORST_S).mean())


def _differences(beats_s, rr_s, middles_s):
    """Of each strap's interval: (the beat that ends the heard one at its middle, how far their
    lengths are apart). Where none is heard: (0, infinitely)."""
    after = np.searchsorted(beats_s, middles_s)
    after = np.where(after < len(beats_s), after, 0)
    if len(beats_s) < 2:
        return after, np.full(len(rr_s), np.inf)
    return after, np.where(after > 0, np.abs(intervals_of(beats_s)[after] - rr_s), np.inf)


def _offset_s(beats_s, ends_s, rr_s):
    """What is left of the delay: the median from the end of each strap's interval to that of the
    heard one at its middle, where their lengths agree."""
    after, off = _differences(beats_s, rr_s, ends_s - rr_s / 2)
    alike = off <= _ALIKE_S
    return float(np.median(beats_s[after[alike]] - ends_s[alike])) if alike.any() else 0.0


def _ends_s(begin_s, rr_s):
    return begin_s + np.cumsum(rr_s)


def _nearest(times_s, others_s):
    """For each of `times_s` the index of the nearest of `others_s`, which are sorted."""
    after = np.clip(np.searchsorted(others_s, times_s), 1, max(len(others_s) - 1, 1))
    before = after - 1
    after = np.minimum(after, len(others_s) - 1)
    nearer = np.abs(others_s[before] - times_s) <= np.abs(others_s[after] - times_s)
    return np.where(nearer, before, after)


def _partners(strap_s, beats_s):
    """For each strap's beat the index of the heard one that is its own, or -1."""
    if not len(beats_s):
        return np.full(len(strap_s), -1)
    there = _nearest(strap_s, beats_s)
    mutual = _nearest(beats_s, strap_s)[there] == np.arange(len(strap_s))
    near = np.abs(beats_s[there] - strap_s) <= _NEAR_S
    return np.where(mutual & near, there, -1)


def _beats(told, strap_s, seconds):
    partner = _partners(strap_s, told.beats_s)
    inside = (partner >= 0) | ((strap_s >= 0) & (strap_s <= seconds))
    meanwhile = (told.beats_s >= strap_s[0]) & (told.beats_s <= strap_s[-1])
    own = np.isin(np.arange(len(told.beats_s)), partner)
    found = float((partner[inside] >= 0).mean()) if inside.any() else np.nan
    false = float((~own[meanwhile]).mean()) if meanwhile.any() else np.nan
    return found, false, _interval_errors_ms(told, strap_s, partner), _count(inside)


def _count(inside):
    return int((inside[1:] & inside[:-1]).sum())


def _interval_errors_ms(told, strap_s, partner):
    """Where neighbours of the strap are neighbours among the heard, too, and an interval is
    believed between them."""
    both = (partner[:-1] >= 0) & (partner[1:] == partner[:-1] + 1)
    heard_s = told.intervals_s[partner[1:]] if len(told.intervals_s) else np.full(len(both), np.nan)
    errors = 1000 * np.abs(heard_s - np.diff(strap_s))[both]
    return errors[np.isfinite(errors)]


def _variation(told, strap_s, seconds):
    true = variation(strap_s, intervals_of(strap_s), seconds)
    off = np.abs(np.stack((told.rmssd_ms, told.sdnn_ms)) - true)
    referred = np.isfinite(true[0])
    known = np.isfinite(off)
    rmssd, sdnn = (
        float(row[ok].mean()) if ok.any() else np.nan for row, ok in zip(off, known, strict=True)
    )
    return rmssd, sdnn, float(known[0][referred].mean()) if referred.any() else np.nan
