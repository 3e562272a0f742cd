"""Writes the two modules of the puck that hold its scenes: all in a row, and what each lane does.

What must ring stays in memory with the rows; the rest is read when an act begins, and forgotten.
"""

import struct

from .checking import checked
from .files import SCENES, sources
from .packing import packed
from .scene import USES

ROWS, LANES = "firmware/bedside/scene_rows.py", "firmware/bedside/scene_lanes.py"
_KEPT = USES["alarm"]
_ROWS_TEXT = '''"""The scenes in a row, written by the build from {folder}: see scenes.py."""

NAMES = {names!r}
ROWS = {rows!r}  # use, lanes, length in s
KEPT = {kept!r}
'''
_LANES_TEXT = '''"""What each scene's lanes do, by number, written by the build from {folder}."""

LANES = {lanes!r}
'''


def rows_module(text: str, path: str) -> str:
    """The source of ROWS, of what `files.gathered` gives. SceneError with all that is wrong."""
    scenes = checked(sources(text))
    rows = b"".join([bytes(4), *(_row(scene) for scene in scenes)])
    kept = tuple((scene.number, packed(scene.whole)) for scene in scenes if scene.use == _KEPT)
    names = ",".join(["none", *(scene.name for scene in scenes)])
    return _ROWS_TEXT.format(folder=SCENES, names=names, rows=rows, kept=kept)


def lanes_module(text: str, path: str) -> str:
    """The source of LANES, likewise."""
    scenes = checked(sources(text))
    lanes = (b"", *(packed(scene.whole) if scene.use != _KEPT else b"" for scene in scenes))
    return _LANES_TEXT.format(folder=SCENES, lanes=lanes)


def modules(text: str) -> dict[str, str]:
    """The source of both, by their paths."""
    return {ROWS: rows_module(text, ROWS), LANES: lanes_module(text, LANES)}


def _row(scene):
    lanes = sum(bool(lane) << i for i, lane in enumerate(scene.whole))
    return struct.pack("<BBH", scene.use, lanes, scene.length_s)
