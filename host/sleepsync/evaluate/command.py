"""`sleepsync evaluate`: how well sleep is staged, leaving one person out."""

from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

console = Console(highlight=False)


def evaluate(
    sets: Annotated[
        list[str] | None,
        typer.Argument(help="Labelled sets (docs/data.md).", show_default="all in the data folder"),
    ] = None,
    write_card: Annotated[
        bool, typer.Option(help="Write tables and pictures into docs/staging.md, the model card.")
    ] = False,
    ceiling: Annotated[
        bool,
        typer.Option(help="Ask instead what holds the scores back: fewer people, fewer inputs."),
    ] = False,
) -> None:
    """Judge both scores, and their peers, on people whom the models never saw.

    For each person a model is trained on all others, in floats and as the puck runs it. Takes
    about ten minutes; the same figures are in `make bench AREA=staging`.
    """
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("features")
        work = _held_back if ceiling else _judged
        work(sets, write_card, lambda what: bar.update(task, description=what))
    if write_card:
        from sleepsync.evaluate.page import PAGE

        console.print(f"Model card: [bold]{PAGE}[/bold]", soft_wrap=True)


def _judged(sets, write_card, say):
    from sleepsync.evaluate import page, run, tables  # JAX takes seconds to load
    from sleepsync.evaluate.agreement import agreement

    judged = []
    for one in run.evaluate(say, sets):
        judged.append(one)
        rows = [(one.outcome, agreement(one.outcome, k)) for k in one.outcome.people[0].said]
        console.print(tables.agreements(rows), markup=False)
    if write_card:
        page.write(judged)


def _held_back(sets, write_card, say):
    """Of one set: the first that is named, or that of the puck's own model."""
    from sleepsync.evaluate import page, tables
    from sleepsync.evaluate.ceiling import ceiling
    from sleepsync.people import people
    from sleepsync.train.command import DEFAULT_SET
    from sleepsync.train.shape import SHAPES

    set_ = sets[0] if sets else DEFAULT_SET
    found: dict = {}
    for score, shape in SHAPES.items():
        found[score] = []
        for change, kappas in ceiling(set_, people(set_), shape, say):
            found[score].append((change, kappas))
            row = {f"{score}, {classes}": {change.what: kappa} for classes, kappa in kappas.items()}
            console.print(tables.kappas("changed", row), markup=False)
    if write_card:
        page.write_ceiling(set_, found)
