"""What holds a score back: the same learned from fewer people, told less, or of one lane.

Several people are left out at once, so that it takes minutes; rows are to be compared with
each other, and with nothing else.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from sleepsync.evaluate.agreement import agreement
from sleepsync.evaluate.outcome import CLASSES
from sleepsync.evaluate.people_out import people_out
from sleepsync.people import Person
from sleepsync.train.shape import Shape

AT_ONCE = 3  # people
FROM = (3, 6, 12)  # people
KIND = "fixed"

_OF = {
    "heart": ("log_ratio", "ratio"),
    "motion": ("log_activity", "log_little"),
    "time": ("time", "early"),
}


@dataclass(frozen=True)
class Change:
    """What was changed, in words; the shape that is fitted, to so many people."""

    what: str
    shape: Shape
    people: int


Kappas = dict[int, float]  # by number of classes


def ceiling(
    set_: str,
    people: list[Person],
    shape: Shape,
    say: Callable[[str], None] = lambda line: None,
    jobs: int = 2,
) -> Iterator[tuple[Change, Kappas]]:
    """Each change, and what comes of it; the unchanged score first. `say` hears who is done.

    ValueError if there are too few people to leave `AT_ONCE` out.
    """
    for change in changes(shape, len(people) - AT_ONCE):
        told = partial(_say, say, change.what)
        outcomes = people_out(set_, people, change.shape, told, jobs, AT_ONCE, change.people)
        (outcome,) = (one for one in outcomes if one.kind == KIND)
        yield change, {classes: agreement(outcome, classes).kappa for classes in sorted(CLASSES)}


def changes(shape: Shape, most: int) -> list[Change]:
    """Nothing, then fewer people than the `most` that there are, inputs, and lanes."""
    fewer = [Change(f"learned from {n} people", shape, n) for n in FROM if n < most]
    less = [
        Change(f"not told of {what}", replace(shape, used=_without(names, shape.used)), most)
        for what, names in _OF.items()
    ]
    alone = Change("one lane", replace(shape, lanes=1), most)
    return [Change("nothing", shape, most), *fewer, *less, alone]


def _without(names, used):
    return tuple(name for name in used if name not in names)


def _say(say: Callable[[str], None], what: str, who: str) -> None:
    say(f"{what}, {who}")
