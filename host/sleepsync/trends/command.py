"""`sleepsync trends`: weeks of nights on a page."""

import os
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from sleepsync.trends import write_trends

console = Console(highlight=False)

Folder = Annotated[
    Path, typer.Argument(help="All .night files under it, as `pull` or `run` left them.")
]
Out = Annotated[
    Path | None,
    typer.Option(help="The page.", show_default="trends.html in that folder"),
]


def trends(folder: Folder, out: Out = None) -> None:
    """Show weeks of nights: when, how long, which stages, heart, breath, and how much they vary.

    One page with pictures, for nobody but you: it needs no network and no script. A night that
    cannot be read is named on it. There is no score; what changes by no more than chance is not
    called a change. For example:

        sleepsync trends nights/pulled --out ~/nights.html

    How to read it is told in docs/trends.md.
    """
    target = (out or folder / "trends.html").expanduser()
    columns = (TextColumn("reading"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("nights", total=None)
        found = write_trends(
            folder.expanduser(),
            target,
            lambda done, whole: bar.update(task, completed=done, total=whole),
        )
    count = len(found.rows)
    console.print(
        f"{count} nights in [bold]{escape(os.path.relpath(target))}[/bold]", soft_wrap=True
    )
    for name, why in found.left_out:
        console.print(f"  [yellow]left out:[/yellow] {escape(name)}: {escape(why)}", soft_wrap=True)
