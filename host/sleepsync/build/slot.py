"""An application slot: the manifest that tells what is in it, and its files packed into one.

On the desktop the files of a slot lie loose; on the puck's flash each would take whole blocks. What
packs them must never change the tree that it is given.
"""

import hashlib
import json
from importlib.metadata import version
from pathlib import Path

from .archive import ARCHIVE, archive
from .files import alone, sweep, write_changed

SLOT = "a"  # the slot that a flashed puck runs; the other comes with an update
MANIFEST = "manifest.json"


def manifest(slot: Path, board: str) -> bytes:
    """The manifest of the files in the folder `slot`, made for `board`: JSON, always the same.

    `files` holds the SHA-256 of each file in hex by its path from `slot`.
    """
    return _described(board, _files(slot))


def packed(tree: Path) -> Path:
    """Bring `<tree>.vfs` up to date with the loose `tree` of a puck, and return it.

    It holds what lies on the puck's flash: the files at the top of `tree`, and of every slot the
    archive of its files and the manifest, which then names the archive's sum as well. Raises
    BuildError if a file cannot be in an archive.
    """
    files = {path.name: path.read_bytes() for path in tree.iterdir() if path.is_file()}
    for described in tree.glob(f"*/{MANIFEST}"):
        slot = described.parent
        files |= {f"{slot.name}/{name}": content for name, content in _packed_slot(slot).items()}
    to = tree.with_name(f"{tree.name}.vfs")
    with alone(to):
        for name, content in files.items():
            write_changed(to / name, content)
        sweep(to, files)
    return to


def _packed_slot(slot):
    """{name: bytes} of the two files that a slot consists of on flash."""
    files = _files(slot)
    board = json.loads((slot / MANIFEST).read_text())["board"]
    content = archive(files)
    return {ARCHIVE: content, MANIFEST: _described(board, files, archive=_sum(content))}


def _files(slot):
    """{path from `slot`: bytes} of all files in it, the manifest apart."""
    paths = sorted(path for path in slot.rglob("*") if path.is_file() and path.name != MANIFEST)
    return {path.relative_to(slot).as_posix(): path.read_bytes() for path in paths}


def _described(board, files, **more):
    sums = {path: _sum(content) for path, content in files.items()}
    told = {"version": version("sleepsync"), "board": board, **more, "files": sums}
    return (json.dumps(told, indent=1) + "\n").encode()


def _sum(content):
    return hashlib.sha256(content).hexdigest()
