"""The area `link`: who is let in, how a night comes over the air, and what peers cannot do."""

import asyncio
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path

from sleepsync.bench import link_frames, link_pull, pairing
from sleepsync.bench.figure import Figure

_CUTS = 20
_SHARE = 0.6
_GROWN_BYTES = 8192  # of 64-bit objects: a quiet night of that length grows by five thousand


def figures() -> Iterator[Figure]:
    """Every figure of the link; about ten minutes."""
    came = asyncio.run(pairing.outcomes(pairing.CASES))
    kept = sum(came[case.name] == case.expected for case in pairing.CASES)
    yield Figure("link.pairing_cases_kept", kept, "cases", f"={len(pairing.CASES)}")
    yield from _pulls()
    yield from _frames()


def _pulls():
    with tempfile.TemporaryDirectory() as folder:
        night, _, share = asyncio.run(link_pull.pulled(Path(folder)))
    yield Figure("link.night_bytes_right", int(night == link_pull.night()), "night", "=1")
    yield Figure("link.throughput_share", share, "of the stack alone", f">={_SHARE}")
    cuts = sorted(random.Random(4).sample(range(1, len(night)), _CUTS))
    with tempfile.TemporaryDirectory() as folder:
        whole = asyncio.run(link_pull.resumed(Path(folder), cuts)) == link_pull.night()
    yield Figure("link.cuts_resumed", _CUTS * whole, "cuts", f"={_CUTS}")


def _frames():
    with tempfile.TemporaryDirectory() as folder:
        found = link_frames.attack(Path(folder))
    yield Figure("link.frames_tried", found.frames, "frames", f">={link_frames.FRAMES}")
    yield Figure("link.frames_escaped", len(found.escaped), "exceptions", "=0")
    yield Figure("link.frames_unanswered", len(found.unanswered), "honest requests", "=0")
    yield Figure("link.honest_slowest", found.slowest_ms, "ms", f"<={link_frames.AT_ONCE_MS}")
    yield Figure("link.frames_changed", len(found.changed), "settings", "=0")
    yield Figure("link.frames_heap_growth", found.grown_bytes, "B", f"<={_GROWN_BYTES}")
