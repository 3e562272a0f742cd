"""`sleepsync replay`: what acted in a night, who asked for it and why, and what nothing explains.

It must never change what it reads.
"""

import os
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from sleepsync.night import PUCK_EPOCH
from sleepsync.paths import records
from sleepsync.reading import Journal, journals_of, read_journal
from sleepsync.replay.explained import Explained, Finding, explain
from sleepsync.replay.lines import lines
from sleepsync.replay.picture import SUFFIXES, draw

console = Console(highlight=False)
_WIDTH = 132  # of what is led into a file

_MOST_FINDINGS = 40  # told one by one: what comes after them mostly follows from them

Night = Annotated[
    Path,
    typer.Argument(help="A night's folder, as `run` made it, or one journal: a .night file."),
]
Out = Annotated[
    Path | None,
    typer.Option(
        help="The picture of the night's acts, .png or .svg.",
        show_default="replay.png in the night's folder, or NAME-replay.png here",
    ),
]

Clips = Annotated[
    Path | None,
    typer.Option(
        help="The folder of the clips that may have sounded, as `clip` wrote them.",
        show_default=False,
    ),
]


def replay(night: Night, out: Out = None, clips: Clips = None) -> None:
    """Explain every act of a night: who asked, why, what was granted, what was really emitted.

    The night runs once more through the puck's own code, in the VM: its scores, the gate with its
    rules, consents and limits, and every light, tone and touch, bit for bit. What does not come out
    as the journal has it is named, with its record, time and place; then the exit code is 1.

    For example, the last night of `make run`, and a single journal with a picture to print:

        sleepsync replay nights/generated-sleeper-seed-1

        sleepsync replay 00001.night --out acts.svg

    What each finding means, and what no replay can find, is told in docs/replay.md.
    """
    if not console.is_terminal:
        console.width = _WIDTH
    path = journals_of(night)[-1]
    picture = out or (night / "replay.png" if night.is_dir() else Path(f"{path.stem}-replay.png"))
    if picture.suffix.lower() not in SUFFIXES:
        raise ValueError(f"--out {picture}: wanted a name in {' or '.join(SUFFIXES)}")
    if clips and not clips.is_dir():
        raise ValueError(f"--clips {clips}: is no folder; name the one that holds the clips")
    found, explained = read_journal(path), explain(path, clips=clips)
    console.print(_table(found, explained))
    _tell(found, explained)
    picture.write_bytes(draw(found, explained, picture.suffix.lower()))
    console.print(f"Picture: [bold]{escape(os.path.relpath(picture))}[/bold]", soft_wrap=True)
    if explained.findings:
        raise typer.Exit(1)


def _table(found: Journal, explained: Explained) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("time", "", "who, why", "what", "answer", "emitted (why it ended)"):
        table.add_column(heading, overflow="fold")
    for line in lines(found, explained):
        number = str(line.number) if line.number else ""
        words = line.who, line.what, line.answer, line.emitted
        table.add_row(_moment(found, line.t_ms), number, *map(escape, words))
    return table


def _moment(found: Journal, t_ms: int) -> str:
    """Wall time, or time since the night's start where the puck did not know it."""
    nights = found.of(records.NIGHT)
    since = timedelta(seconds=t_ms // 1000)
    if nights and nights[0].start_s:
        return f"{PUCK_EPOCH + timedelta(seconds=nights[0].start_s) + since:%H:%M:%S}"
    return str(since)


def _tell(found: Journal, explained: Explained) -> None:
    for note in explained.notes:
        console.print(f"[dim]Note: {escape(note)}[/dim]", soft_wrap=True)
    findings = explained.findings
    if not findings:
        asked = len(explained.requests)
        console.print(f"[bold]Every act is explained[/bold] ({asked} requests).", soft_wrap=True)
        return
    console.print(f"[bold red]{len(findings)} things are not explained:[/bold red]")
    for finding in findings[:_MOST_FINDINGS]:
        console.print(f"  {escape(_words(found, finding))}", soft_wrap=True)
    if len(findings) > _MOST_FINDINGS:
        console.print(f"  and {len(findings) - _MOST_FINDINGS} more", soft_wrap=True)


def _words(found: Journal, finding: Finding) -> str:
    when = f", {_moment(found, finding.t_ms)}" if finding.t_ms >= 0 else ""
    return f"{finding.kind}: record {finding.record}, byte {finding.at}{when}: {finding.words}"
