"""An application slot: the manifest that tells what is in it, and its files packed into one.

On the desktop the files of a slot lie loose; on the puck's flash each would take whole blocks. What
packs them must never change the tree that it is given.
"""

import ast
import hashlib
import json
from importlib.metadata import version
from pathlib import Path

from sleepsync.paths import ROOT

from .archive import ARCHIVE, archive
from .errors import BuildError
from .files import alone, sweep, write_changed

SLOT = "a"  # the slot that a flashed puck runs; the other comes with an update
MANIFEST = "manifest.json"
_BOOT = "hw/trial.py"  # says of which version is what starts the puck
# What outlives an update, by name, and the file whose constant is the version of its layout.
_KEPT = {
    "records": "firmware/records.py",
    "settings": "firmware/keep/settings.py",
    "standing": "firmware/keep/standing.py",
    "alarm": "firmware/alarms.py",
    "bonds": "firmware/keep/bonds.py",
}
_NATIVE = "lib/fixed_kernels.mpy"  # machine code, whose head names architecture and version


def manifest(slot: Path, board: str) -> bytes:
    """The manifest of the files in the folder `slot`, made for `board`: JSON, always the same.

    `boot`, `mpy`: the version of what starts the puck, and of `.mpy` files with their
    architecture, that it needs (as `sys.implementation._mpy`). `kept`: of what outlives an update
    [the oldest layout that it reads, the newest, the one that it writes]. `files` holds the
    SHA-256 of each file in hex by its path from `slot`.
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
    return {
        ARCHIVE: content,
        MANIFEST: _described(board, files, bytes=len(content), archive=_sum(content)),
    }


def _files(slot):
    """{path from `slot`: bytes} of all files in it, the manifest apart."""
    paths = sorted(path for path in slot.rglob("*") if path.is_file() and path.name != MANIFEST)
    return {path.relative_to(slot).as_posix(): path.read_bytes() for path in paths}


def _described(board, files, **more):
    sums = {path: _sum(content) for path, content in files.items()}
    told = {
        "version": version("sleepsync"),
        "board": board,
        "boot": _version_in(_BOOT),
        "mpy": _mpy(files.get(_NATIVE, b"")),
        "kept": {name: [_version_in(path)] * 3 for name, path in _KEPT.items()},
        **more,
        "files": sums,
    }
    return (json.dumps(told, indent=1) + "\n").encode()


def _version_in(path):
    """The integer that a source assigns to VERSION or _VERSION."""
    for node in ast.parse((ROOT / path).read_text()).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]).lstrip("_") == "VERSION":
            value = node.value.args[0] if isinstance(node.value, ast.Call) else node.value
            return ast.literal_eval(value)
    raise BuildError(f"{path}: it says no VERSION; give it the version of its layout")


def _mpy(native):
    """As `sys.implementation._mpy`: version, then sub-version and architecture; 0 for none."""
    return native[1] | native[2] << 8 if native else 0


def _sum(content):
    return hashlib.sha256(content).hexdigest()
