"""Figures of beats and their variation against a chest strap: `pulse.beats_...`,
`pulse.ibi_...`, `pulse.rmssd_...` and `pulse.sdnn_...`.

Intervals are those between neighbours that everybody heard one after the other; the puck's
"believed" are only those that it believes itself. RMSSD and SDNN are of the last 30 s, each
second: the puck's as it tells them, the peers' from their intervals by the rule of the reference
(`told.variation`). A record's error is the mean of its seconds'; a record without one counts as
worse than any other.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from sleepsync.bench.figure import Figure
from sleepsync.pulse import strap
from sleepsync.pulse.listening import PUCK, RATES, Listened
from sleepsync.pulse.strap import Matched
from sleepsync.pulse.told import intervals_of

RMSSD_GOAL_MS = 10
WORST = 3


def starts_s(heard: Sequence[Listened]) -> list[float]:
    """When each record's strap begins, by the beats of whoever agrees with it best; 0 if none."""
    return [_start_s(one) if len(one.record.rr_s) else 0.0 for one in heard]


def figures(set_: str, heard: Sequence[Listened], starts: Sequence[float]) -> Iterator[Figure]:
    """Every figure of a set with straps."""
    for hearer, rates in RATES.items():
        for rate in rates:
            tail = f"{set_}.{rate}" if hearer == PUCK else f"{set_}.{rate}.{hearer}"
            parts = [_matched(*of, hearer, rate) for of in zip(heard, starts, strict=True)]
            yield from _beats(tail, parts)
            yield from _variation(tail, parts)
            if hearer == PUCK:
                believed = [
                    _matched(*of, hearer, rate, believed=True)
                    for of in zip(heard, starts, strict=True)
                ]
                yield from _intervals(f"{tail}.believed", believed)
            if rate == "own":
                yield from _worst(tail, [one.record.name for one in heard], parts)


def _start_s(one):
    trains = (told.beats_s for (_, rate), told in one.told.items() if rate == "own")
    return strap.start_s(trains, one.record.rr_s)


def _matched(one, start_s, hearer, rate, believed=False):
    told = one.told[hearer, rate]
    if hearer == PUCK and not believed:
        told = replace(told, intervals_s=intervals_of(told.beats_s))
    return strap.matched(told, one.record.rr_s, start_s, one.record.seconds)


def _beats(tail, parts: Sequence[Matched]):
    yield Figure(f"pulse.beats_found.{tail}", 100 * _mean([part.found for part in parts]), "%")
    yield Figure(f"pulse.beats_false.{tail}", 100 * _mean([part.false for part in parts]), "%")
    yield from _intervals(tail, parts)


def _intervals(tail, parts):
    errors = np.concatenate([part.interval_errors_ms for part in parts])
    share = len(errors) / sum(part.intervals for part in parts)
    yield Figure(f"pulse.ibi_known.{tail}", 100 * share, "%")
    yield Figure(f"pulse.ibi_error.{tail}", _median(errors), "ms")


def _variation(tail, parts):
    goal = f"<={RMSSD_GOAL_MS}" if tail.endswith(".own") else "-"
    known = _mean([part.variation_known for part in parts])
    yield Figure(f"pulse.rmssd_known.{tail}", 100 * known, "%")
    yield Figure(f"pulse.rmssd_error.{tail}", _median(_unknown_last(parts, "rmssd")), "ms", goal)
    yield Figure(f"pulse.sdnn_error.{tail}", _median(_unknown_last(parts, "sdnn")), "ms")


def _worst(tail, names, parts):
    errors = zip(names, _unknown_last(parts, "rmssd"), strict=True)
    for name, error_ms in sorted(errors, key=lambda of: of[1], reverse=True)[:WORST]:
        yield Figure(f"pulse.rmssd_error_worst.{tail}.{name}", float(error_ms), "ms")


def _unknown_last(parts, what):
    errors_ms = np.array([getattr(part, f"{what}_error_ms") for part in parts])
    return np.nan_to_num(errors_ms, nan=np.inf)


def _mean(values):
    """Of the records that have it: one that heard no beat has no false one."""
    known = [value for value in values if np.isfinite(value)]
    return float(np.mean(known)) if known else np.nan


def _median(values):
    return float(np.median(values)) if len(values) else np.nan
