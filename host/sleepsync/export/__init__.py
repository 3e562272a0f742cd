"""A night to take along: EDF+, CSV, JSON (IEEE 1752.1) and FHIR, for whoever reads those.

What is not known is said to be so, in each format's own way. It must never write over a file
unasked, leave half a file under its name, or say who the sleeper is.
"""

from collections.abc import Callable, Iterable
from pathlib import Path

from sleepsync.export import edf, fhir, ieee1752, tables
from sleepsync.export.taken import NotToTell, Taken, take

Files = dict[str, bytes]  # by what follows the night's name

FORMATS: dict[str, Callable[[Taken], Files]] = {
    "edf": edf.made,
    "csv": tables.made,
    "json": ieee1752.made,
    "fhir": fhir.made,
}

__all__ = ["FORMATS", "NotToTell", "Taken", "export_night", "take"]


def export_night(
    taken: Taken, folder: Path, formats: Iterable[str], force: bool = False
) -> tuple[list[Path], dict[str, str]]:
    """Write a night into `folder`, made if need be: (files, {format: why it was left out}).

    A format is left out where it demands what the night does not tell. FileExistsError names a
    file that is there already, and nothing is written, unless `force`.
    """
    files, left_out = _made(taken, formats)
    paths = {folder / f"{taken.stem}{suffix}": data for suffix, data in files.items()}
    there = [path for path in paths if path.exists()]
    if there and not force:
        raise FileExistsError(f"{there[0]} is there already; --force writes over it")
    folder.mkdir(parents=True, exist_ok=True)
    for path, data in paths.items():
        _write(path, data)
    return list(paths), left_out


def _made(taken: Taken, formats: Iterable[str]) -> tuple[Files, dict[str, str]]:
    files: Files = {}
    left_out = {}
    for name in formats:
        try:
            files |= FORMATS[name](taken)
        except NotToTell as error:
            left_out[name] = str(error)
    return files, left_out


def _write(path: Path, data: bytes) -> None:
    """Whole, or not at all: a desktop may lose its power, too."""
    part = path.with_name(path.name + ".part")
    part.write_bytes(data)
    part.replace(path)
