"""The manifest of an application slot: what is in it, for whoever checks or updates it."""

import hashlib
import json
from importlib.metadata import version
from pathlib import Path

SLOT = "a"  # the slot that a flashed puck runs; the other comes with an update
MANIFEST = "manifest.json"


def manifest(slot: Path, board: str) -> bytes:
    """The manifest of the files in the folder `slot`, made for `board`: JSON, always the same.

    `files` holds the SHA-256 of each file in hex by its path from `slot`.
    """
    paths = sorted(path for path in slot.rglob("*") if path.is_file() and path.name != MANIFEST)
    files = {
        path.relative_to(slot).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in paths
    }
    described = {"version": version("sleepsync"), "board": board, "files": files}
    return (json.dumps(described, indent=1) + "\n").encode()
