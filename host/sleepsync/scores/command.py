"""`sleepsync score`: what a person is told of a score. It writes nothing."""

from pathlib import Path
from typing import Annotated

import typer

from .faults import ScoreDamaged
from .notation import name_of
from .packing import packed
from .reading import read_score
from .score import MOST_AT_ONCE, Score

File = Annotated[Path, typer.Argument(help="A .score, as docs/scores.md tells how to write one.")]


def score(file: File) -> None:
    """Check a score: how long it is, what it takes on the puck, or all that is wrong with it."""
    try:
        found = read_score(file)
    except OSError as error:
        typer.echo(f"sleepsync: {file}: {error.strerror}; look at the name", err=True)
        raise typer.Exit(1) from error
    except ScoreDamaged as damaged:
        typer.echo(damaged, err=True)
        raise typer.Exit(1) from damaged
    typer.echo("\n".join(lines(found)))


def lines(score: Score) -> list[str]:
    """What is told of a score."""
    pitches = [note.pitch for note in score.notes]
    return [
        f"{score.title}{f', by {score.by}' if score.by else ''}",
        f"{score.metre}{f' in {score.key}' if score.key else ''}, "
        f"{score.tempo_bpm} quarters a minute, {_often(score.loop)}",
        f"{score.bars} bars, {score.seconds:.0f} s, {name_of(min(pitches))} to "
        f"{name_of(max(pitches))}",
        f"{len(score.notes)} notes, at most {score.most_at_once} of {MOST_AT_ONCE} at once; "
        f"{len(packed(score))} bytes on the puck",
    ]


def _often(loop):
    if not loop:
        return "played once"
    return f"again and again, with a pause after {loop} time{'' if loop == 1 else 's'}"
