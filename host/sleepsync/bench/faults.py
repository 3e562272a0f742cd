"""The area `faults`: what power cuts, updates, broken parts, load and years leave of a puck."""

from collections.abc import Iterator

from sleepsync.bench import updates
from sleepsync.bench.figure import Figure


def figures() -> Iterator[Figure]:
    """Every figure of reliability."""
    yield from updates.figures()
