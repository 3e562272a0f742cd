"""The area `faults`: what power cuts, updates, broken parts, load and years leave of a puck."""

from collections.abc import Iterator

from sleepsync.bench import (
    energy,
    exports,
    fault_pairs,
    load,
    parted,
    power_loss,
    rot,
    updates,
    year,
)
from sleepsync.bench.figure import Figure

_PARTS = (power_loss, rot, updates, fault_pairs, load, year, parted, exports, energy)


def figures() -> Iterator[Figure]:
    """Every figure of reliability; about half an hour."""
    for part in _PARTS:
        yield from part.figures()
