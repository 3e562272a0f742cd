"""The whole evaluation: both scores on every labelled set in the data folder, and the peers.

It must never choose what to show: every set, score, kind and peer that ran comes out.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sleepsync.evaluate import peers
from sleepsync.evaluate.night_figures import Limits, night_limits, nights_of
from sleepsync.evaluate.outcome import Outcome
from sleepsync.evaluate.people_out import people_out
from sleepsync.people import Person, people, sets
from sleepsync.train.shape import SHAPES
from sleepsync.vm import Worker


@dataclass(frozen=True)
class Judged:
    """An outcome, and what its nights' figures are against PSG's (fixed point only)."""

    outcome: Outcome
    limits: dict[str, Limits]


def evaluate(
    say: Callable[[str], None] = lambda line: None, only: list[str] | None = None
) -> Iterator[Judged]:
    """Every outcome, set by set; `say` hears each person that is done. `only`: some sets."""
    for name in only or sets():
        everybody = people(name)
        for shape in SHAPES.values():
            for outcome in people_out(name, everybody, shape, say):
                yield Judged(outcome, _limits(outcome, everybody))
        if _has_published_features(everybody):
            say(f"{name}: peers")
            for outcome in peers.outcomes(name, everybody):
                yield Judged(outcome, {})


def _limits(outcome: Outcome, everybody: list[Person]) -> dict[str, Limits]:
    if outcome.kind != "fixed":
        return {}
    with Worker() as vm:
        return night_limits(nights_of(outcome, everybody), vm)


def _has_published_features(everybody: list[Person]) -> bool:
    """Whether the peers have what they look at."""
    nights = [night for person in everybody for night in person.nights]
    return all(night.activity is not None and night.deviation is not None for night in nights)
