"""Files of what is built: written in one step, and removed when nothing stands behind them.

Several processes may build at once: nobody may write or remove in a tree without `alone`.
"""

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def alone(tree: Path) -> Iterator[None]:
    """One builder at a time for one tree; the system drops the lock if its holder dies."""
    with tree.with_name(f".{tree.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def write(path: Path, content: bytes) -> None:
    """Put `content` at `path` in one step: nobody ever reads half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.write_bytes(content)
    fresh.replace(path)


def write_changed(path: Path, content: bytes) -> None:
    """The same, unless that is what `path` holds already."""
    if not path.exists() or path.read_bytes() != content:
        write(path, content)


def sweep(tree: Path, wanted: Iterable[str]) -> None:
    """Remove from `tree` whatever is not at one of the paths `wanted`, and folders left empty."""
    kept = set(wanted)
    for folder, _, names in os.walk(tree, topdown=False):
        for name in names:
            path = Path(folder, name)
            if path.relative_to(tree).as_posix() not in kept:
                path.unlink()
        if Path(folder) != tree and not any(Path(folder).iterdir()):
            Path(folder).rmdir()
