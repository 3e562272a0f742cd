"""`sleepsync export`: nights, in formats that others read.

It must never let one night that cannot be read cost the others.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from sleepsync.export import FORMATS, export_night
from sleepsync.export.taken import Taken, take, zone_of
from sleepsync.reading import NightMissing
from sleepsync.vm import VmError, Worker

console = Console(highlight=False)

_FOLDER, _ALL = Path("exported"), ",".join(FORMATS)
_REFUSED = (NightMissing, OSError, ValueError, VmError)

Nights = Annotated[
    list[Path],
    typer.Argument(
        help="Folders as `run` or `pull` made them, with all nights they hold, or single journals: "
        ".night files."
    ),
]
To = Annotated[Path, typer.Option(help="Into which folder; it is made if need be.")]
As = Annotated[
    str, typer.Option("--as", help="Which of edf, csv, json, fhir; several with commas between.")
]
Zone = Annotated[
    str | None,
    typer.Option(
        help="Where the puck was: Europe/Berlin, or an offset like +01:00. A journal keeps the "
        "time on its wall, and no zone.",
        show_default="this desktop's",
    ),
]
Start = Annotated[
    str | None,
    typer.Option(
        help='When the night began, "2026-01-15 22:30", if the puck did not know.',
        show_default=False,
    ),
]
Force = Annotated[bool, typer.Option("--force", help="Write over files that are there.")]


def export(
    nights: Nights,
    to: To = _FOLDER,
    formats: As = _ALL,
    zone: Zone = None,
    start: Start = None,
    force: Force = False,
) -> None:
    """Take nights along, in formats that others read.

    - edf: EDF+, a sample of each signal in each 30 s, with stages and events as annotations
    - csv: two tables, of the epochs and of what happened
    - json: IEEE 1752.1 sleep-stage-summary
    - fhir: a bundle of Observations (R4), with LOINC codes

    For example, the nights pulled from a puck, and one of them as a table:

        sleepsync export nights/pulled --to ~/nights

        sleepsync export nights/pulled/00012.night --as csv

    Nothing leaves this desktop, and no file says whose nights they are. What each file holds is
    told in docs/export.md.
    """
    wanted, paths = _wanted(formats), [path for night in nights for path in _listed(night)]
    if start and len(paths) > 1:
        raise ValueError(f"--start is of one night, and there are {len(paths)}")
    given = zone_of(zone) if zone else None
    begun = _start(start) if start else None
    refused = _export_all(paths, to, wanted, given, begun, force)
    if refused:
        raise typer.Exit(1)


def _export_all(
    paths: list[Path],
    to: Path,
    wanted: list[str],
    zone: tzinfo | None,
    start: datetime | None,
    force: bool,
) -> int:
    """How many nights were not told whole; each is named, with the reason."""
    refused = 0
    done: set[str] = set()
    with Worker() as worker, _progress(len(paths)) as step:
        for path in paths:
            try:
                taken = _named(take(path, worker, zone, start), done)
                files, left_out = export_night(taken, to.expanduser(), wanted, force)
            except _REFUSED as error:
                refused += 1
                words = escape(_said(path, error))
                console.print(f"[red]{escape(str(path))}:[/red] {words}", soft_wrap=True)
            else:
                refused += bool(left_out)
                _tell(path, taken, files, left_out)
            step()
    return refused


def _tell(path: Path, taken: Taken, files: list[Path], left_out: dict[str, str]) -> None:
    names = ", ".join(file.name for file in files)
    if files:
        console.print(
            f"{escape(str(path))} -> [bold]{escape(str(files[0].parent))}[/bold]: {names}"
        )
    for name, why in left_out.items():
        console.print(f"  [yellow]no {name}:[/yellow] {escape(why)}", soft_wrap=True)
    for note in taken.night.notes[1:]:  # the first is of every night
        console.print(f"  [dim]{escape(note)}[/dim]", soft_wrap=True)


def _named(taken: Taken, done: set[str]) -> Taken:
    """Nights of two pucks may have one name: the second gets a number."""
    stem, count = taken.stem, 1
    while stem in done:
        count += 1
        stem = f"{taken.stem}-{count}"
    done.add(stem)
    return Taken(taken.night, stem, taken.digest, taken.start, taken.zone)


def _listed(night: Path) -> list[Path]:
    """The journals of an argument, however deep they lie; what holds none is told in its turn, and
    costs no other.
    """
    return (sorted(night.rglob("*.night")) if night.is_dir() else []) or [night]


def _said(path: Path, error: Exception) -> str:
    return str(error).removeprefix(f"{path}: ").removeprefix(f"{path} ")


def _wanted(formats: str) -> list[str]:
    wanted = [name.strip() for name in formats.split(",") if name.strip()]
    unknown = [name for name in wanted if name not in FORMATS]
    if unknown or not wanted:
        raise ValueError(f"--as {formats}: there are {', '.join(FORMATS)}")
    return wanted


def _start(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError as error:
        raise ValueError(f'--start {text}: wanted date and time, "2026-01-15 22:30"') from error


@contextmanager
def _progress(count: int) -> Iterator:
    """A bar for those who take many; its step."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True, disable=count < 2) as bar:
        task = bar.add_task("nights", total=count)
        yield lambda: bar.advance(task)
