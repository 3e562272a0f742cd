"""Melodies and loops that a musician writes in an editor (docs/scores.md), for the puck to play.

It must never make of a text what it does not say.
"""

from pathlib import Path

from sleepsync.paths import ROOT

from .faults import ScoreDamaged
from .packing import packed, unpacked
from .reading import parsed, read_score
from .score import Note, Score

SCORES = ROOT / "firmware" / "scores"

__all__ = ["SCORES", "Note", "Score", "ScoreDamaged", "compiled", "packed", "parsed", "read_score"]
__all__ += ["unpacked"]


def compiled(path: Path) -> bytes:
    """The bytes that the puck plays of the score in a file. Raises ScoreDamaged, OSError."""
    return packed(read_score(path))
