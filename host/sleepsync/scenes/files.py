"""The files that scenes are made of, gathered as one text, so that a build sees what changed."""

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from sleepsync.paths import ROOT

SCENES = "firmware/scenes"
SCORES = "firmware/scores"
FOLDERS = (SCENES, SCORES)  # a scene may name a score


def gathered(root: Path = ROOT, instead: Mapping[str, str] = MappingProxyType({})) -> str:
    """JSON of all of them: {path from `root`: text}, always in the same order; texts `instead` of
    those that lie there.
    """
    found = {
        path.relative_to(root).as_posix(): path.read_text(encoding="utf-8")
        for folder in FOLDERS
        for path in sorted((root / folder).glob("*.*"))
    }
    return json.dumps({**found, **instead})


def sources(text: str) -> dict[str, str]:
    """What `gathered` put together: the text of each file by its path."""
    return json.loads(text)
