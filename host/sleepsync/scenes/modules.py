"""Writes the modules of the puck that hold its scenes: all in a row, what each lane does, names.

What must ring stays in memory with the rows; lanes are read when an act begins, names when somebody
tells or is told one, and forgotten.
"""

import struct

from .checking import checked
from .files import SCENES, sources
from .packing import packed
from .scene import USES

ROWS, LANES, NAMES = [f"firmware/bedside/scene_{it}.py" for it in ("rows", "lanes", "names")]
_KEPT = USES["alarm"]
_ROWS_TEXT = '''"""The scenes in a row, written by the build from {folder}: see scenes.py."""

ROWS = {rows!r}  # use, lanes, length in s
KEPT = {kept!r}
'''
_LANES_TEXT = '''"""What each scene's lanes do, by number, written by the build from {folder}."""

LANES = {lanes!r}
'''
_NAMES_TEXT = '''"""The scenes' names, by number, written by the build from {folder}."""

NAMES = {names!r}
'''


def rows_module(text: str, path: str) -> str:
    """The source of ROWS, of what `files.gathered` gives. SceneError with all that is wrong."""
    scenes = checked(sources(text))
    rows = b"".join([bytes(4), *(_row(scene) for scene in scenes)])
    kept = tuple((scene.number, packed(scene.whole)) for scene in scenes if scene.use == _KEPT)
    return _ROWS_TEXT.format(folder=SCENES, rows=rows, kept=kept)


def lanes_module(text: str, path: str) -> str:
    """The source of LANES, likewise."""
    scenes = checked(sources(text))
    lanes = (b"", *(packed(scene.whole) if scene.use != _KEPT else b"" for scene in scenes))
    return _LANES_TEXT.format(folder=SCENES, lanes=lanes)


def names_module(text: str, path: str) -> str:
    """The source of NAMES, likewise."""
    names = ",".join(["none", *(scene.name for scene in checked(sources(text)))])
    return _NAMES_TEXT.format(folder=SCENES, names=names)


MAKERS = {ROWS: rows_module, LANES: lanes_module, NAMES: names_module}


def modules(text: str) -> dict[str, str]:
    """The source of each, by its path."""
    return {path: made(text, path) for path, made in MAKERS.items()}


def _row(scene):
    lanes = sum(bool(lane) << i for i, lane in enumerate(scene.whole))
    return struct.pack("<BBH", scene.use, lanes, scene.length_s)
