"""Figures of breathing in windows of 32 s against two people's marks, as `pulse.breaths_...`.

The puck's answer is what it tells at a window's end. Neither peer derives breathing from a
pulse's shape: HeartPy takes it from the intervals, NeuroKit2 offers the same for an ECG's.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from sleepsync.bench.figure import Figure
from sleepsync.pulse import truth
from sleepsync.pulse.judged import Judged, together
from sleepsync.pulse.listening import PUCK, RATES, Listened

WORST = 3
GOALS = {"pulse.breaths_mae.bidmc.own": "<=2", "pulse.breaths_known.bidmc.own": ">=70"}


def figures(set_: str, heard: Sequence[Listened]) -> Iterator[Figure]:
    """Every figure of a set with marks."""
    marks = [truth.breaths(one.record) for one in heard]
    yield from _annotators(set_, marks)
    true = [of.mean(axis=0) for of in marks]
    for hearer, rates in RATES.items():
        for rate in rates:
            tail = f"{set_}.{rate}" if hearer == PUCK else f"{set_}.{rate}.{hearer}"
            yield from _lines(tail, together(judged(heard, hearer, rate, true)))
    parts = judged(heard, PUCK, "own", true)
    yield from _worst(set_, [one.record.name for one in heard], parts)


def judged(heard: Sequence[Listened], hearer: str, rate: str, true: Sequence) -> list[Judged]:
    """Each record's windows, all of them of one quality."""
    said = [one.told[hearer, rate].breaths_per_min for one in heard]
    return [Judged(a, np.zeros(len(a)), b) for a, b in zip(said, true, strict=True)]


def _annotators(set_, marks):
    """How far the two are from each other, window by window."""
    one, other = np.concatenate(marks, axis=1)
    apart = Judged(one, np.zeros(len(one)), other)
    yield Figure(
        f"pulse.breaths_windows.{set_}", int(np.isfinite(one + other).sum()), f"of_{len(one)}"
    )
    yield Figure(f"pulse.breaths_mae.{set_}.annotators", apart.mae, "/min")


def _lines(tail, found: Judged):
    for what, value, unit in (
        ("known", 100 * found.known, "%"),
        ("mae", found.mae, "/min"),
        ("p95", found.p95, "/min"),
    ):
        name = f"pulse.breaths_{what}.{tail}"
        yield Figure(f"pulse.breaths_{what}.{tail}", value, unit, GOALS.get(name, "-"))


def _worst(set_, names, parts):
    named = list(zip(names, parts, strict=True))
    by_error = sorted(named, key=lambda of: np.nan_to_num(of[1].mae, nan=-1.0), reverse=True)
    for name, part in by_error[:WORST]:
        yield Figure(f"pulse.breaths_mae_worst.{set_}.{name}", part.mae, "/min")
    for name, part in sorted(named, key=lambda of: of[1].known)[:WORST]:
        yield Figure(f"pulse.breaths_known_worst.{set_}.{name}", 100 * part.known, "%")
