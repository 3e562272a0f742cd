"""The area `faults`: what power cuts, updates, broken parts, load and years leave of a puck."""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

from sleepsync.bench import energy, exports, fault_pairs, load
from sleepsync.bench.figure import Figure

_PROCESSES = 2


def figures() -> Iterator[Figure]:
    """Every figure of reliability; about twenty minutes."""
    yield from _pairs()
    yield from load.figures()
    yield from exports.figures()
    yield from energy.figures()


def _pairs():
    pairs = [fault_pairs.pair(number) for number in range(fault_pairs.PAIRS)]
    with ProcessPoolExecutor(_PROCESSES) as pool:
        kept = sum(not found for found in pool.map(fault_pairs.problems, pairs))
    yield Figure("faults.pairs_kept", kept, "nights", f"={len(pairs)}")
