"""Remembers which files of a data folder were made here, and from which checked sources.

One small JSON file a set, `.origin.json`. It must never claim a file that was not made
here: what it does not know is somebody's own, and is left alone.
"""

import json
import os
from pathlib import Path

from sleepsync.fetch.origin import digest

NAME = ".origin.json"


class Ledger:
    """The ledger of one set's folder, which need not exist yet."""

    def __init__(self, folder: Path) -> None:
        """An unreadable ledger knows nothing; then every file counts as somebody's own."""
        self._folder = folder
        try:
            known = json.loads((folder / NAME).read_text("utf-8"))
            self._made: dict[str, dict] = dict(known["made"])
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            self._made = {}

    def is_current(self, item: str, sources: dict[str, str], version: int) -> bool:
        """Whether the item's files are there, whole, and made so from these sources."""
        entry = self._made.get(item)
        if not entry or (entry["sources"], entry["version"]) != (sources, version):
            return False
        paths = {self._folder / name: sha256 for name, sha256 in entry["files"].items()}
        return all(path.is_file() and digest(path) == sha256 for path, sha256 in paths.items())

    def is_foreign(self, item: str, files: list[str]) -> bool:
        """Whether one of these files is there, and was never made here."""
        known = self._made.get(item, {"files": {}})["files"]
        return any((self._folder / name).exists() and name not in known for name in files)

    def keep(
        self, item: str, files: dict[str, bytes], sources: dict[str, str], version: int
    ) -> None:
        """Write an item's files, each whole or not at all.

        The ledger goes first: after a crash between the two, the files are made again.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        new = {name: self._write_beside(name, data) for name, data in files.items()}
        sums = {name: digest(path) for name, path in new.items()}
        self._made[item] = {"files": sums, "sources": sources, "version": version}
        text = json.dumps({"made": self._made}, indent=1, sort_keys=True)
        self._write_beside(NAME, text.encode()).replace(self._folder / NAME)
        for name, path in new.items():
            path.replace(self._folder / name)

    def _write_beside(self, name: str, data: bytes) -> Path:
        path = self._folder / f".{name.lstrip('.')}.new"
        with path.open("wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        return path
