"""The area `faults`: what power cuts, updates, broken parts, load and years leave of a puck."""

from collections.abc import Iterator

from sleepsync.bench import energy, exports
from sleepsync.bench.figure import Figure


def figures() -> Iterator[Figure]:
    """Every figure of reliability."""
    yield from exports.figures()
    yield from energy.figures()
