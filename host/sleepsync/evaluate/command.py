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
) -> None:
    """Judge both scores, and their peers, on people whom the models never saw.

    For each person a model is trained on all others, in floats and as the puck runs it. Takes
    about ten minutes; the same figures are in `make bench AREA=staging`.
    """
    from sleepsync.evaluate import page, run, tables  # JAX takes seconds to load
    from sleepsync.evaluate.agreement import agreement

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("features")
        judged = []
        for one in run.evaluate(lambda what: bar.update(task, description=what), sets):
            judged.append(one)
            rows = [(one.outcome, agreement(one.outcome, k)) for k in one.outcome.people[0].said]
            bar.console.print(tables.agreements(rows), markup=False)
    if write_card:
        page.write(judged)
        console.print(f"Model card: [bold]{page.PAGE}[/bold]", soft_wrap=True)
