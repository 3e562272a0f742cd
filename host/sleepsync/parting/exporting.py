"""Nights and clips of the puck at a serial port, copied to a folder before anything is erased.

Each is compared with the puck's own SHA-256. It must never write over a file, and never leave one
that is not what the puck has. A night that runs is ended, and written, first.
"""

import hashlib
import re
from pathlib import Path

from sleepsync.flash import FlashError
from sleepsync.flash.remote import AGAIN, mpremote

_LIST = """
import os
from hw import storage
storage.mount()
for folder in (storage.DATA, storage.DATA + "/clips"):
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        names = []
    for name in names:
        if name.endswith((".night", ".wav")):
            print("@" + folder + "/" + name)
"""
_SUM = re.compile(r"^[0-9a-f]{64}$", re.MULTILINE)


def export(port: str, folder: Path) -> list[Path]:
    """Bring all nights and clips into `folder`, which is new or empty; the files.

    FlashError if it is neither, if the nights cannot be read, or a file does not arrive whole.
    """
    if folder.exists() and any(folder.iterdir()):
        raise FlashError(f"export: there is something in {folder}; name a new folder with --to")
    return [path for paths in _copies(port, folder) for path in paths]


def _copies(port, folder):
    there = _listed(port)
    for suffix, inside in ((".night", folder), (".wav", folder / "clips")):
        names = [name for name in there if name.endswith(suffix)]
        if names:
            yield _copied(port, names, inside)


def _listed(port):
    try:
        said = mpremote(port, "soft-reset", "exec", _LIST)  # boot.py finds hw
    except FlashError as error:
        raise FlashError(
            f"{error}; if its nights cannot be read, save what is left with `sleepsync flash "
            "--rescue FILE`, then dismantle with --no-export"
        ) from error
    return [line[1:] for line in said.splitlines() if line.startswith("@")]


def _copied(port, names, folder):
    folder.mkdir(parents=True, exist_ok=True)
    mpremote(port, "cp", *[f":{name}" for name in names], f"{folder}/")
    paths = [folder / Path(name).name for name in names]
    for name, path in zip(names, paths, strict=True):
        told = _SUM.findall(mpremote(port, "sha256sum", f":{name}"))
        if told != [hashlib.sha256(path.read_bytes()).hexdigest()]:
            raise FlashError(
                f"{port}: {name} is not what the puck has; nothing was erased; {AGAIN}"
            )
    return paths
