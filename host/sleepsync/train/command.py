"""`sleepsync train`: one command from labelled people to the model that the puck runs."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from sleepsync.people import Person, people
from sleepsync.train.shape import SEED, SHAPES

console = Console(highlight=False)
DEFAULT_SET = "sleep_accel_features"


def train(
    sets: Annotated[
        list[str] | None,
        typer.Argument(
            help="Labelled sets to learn from (docs/data.md).", show_default=DEFAULT_SET
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed gives the same model.")] = SEED,
    to: Annotated[
        Path | None,
        typer.Option(help="Where the model goes.", show_default="firmware/stages/model.py"),
    ] = None,
) -> None:
    """Train the sleep network on labelled people, for the live score and the morning's.

    Features come from the firmware's own code, in the VM. Takes about a minute. The model's
    figures are another matter: `make bench AREA=staging` trains one for each person left out.
    """
    os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false")
    from sleepsync.train import source  # JAX takes seconds to load, which only this command needs
    from sleepsync.train.everybody import train_all

    chosen = sets or [DEFAULT_SET]
    everybody = [person for name in chosen for person in people(name)]
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("features", total=len(SHAPES) * (len(everybody) + 1))
        models = train_all(
            everybody, seed, lambda what: bar.update(task, advance=1, description=what)
        )
    path = to or source.PATH
    path.write_text(source.source(models, _command(chosen, seed), _people(everybody, chosen)))
    console.print(_report(models))
    console.print(f"Model: [bold]{path}[/bold]", soft_wrap=True)


def _command(sets: Iterable[str], seed: int) -> str:
    words = ["sleepsync train", *(sets if [*sets] != [DEFAULT_SET] else [])]
    return " ".join(words + ([f"--seed {seed}"] if seed != SEED else []))


def _people(everybody: list[Person], sets: list[str]) -> str:
    nights = sum(len(person.nights) for person in everybody)
    return f"{len(everybody)} people, {nights} nights, of {', '.join(sets)}"


def _report(models) -> Table:
    table = Table(
        "score", "wake", "light", "deep", "REM", "leaning", "kappa on the fitted", "bytes"
    )
    for model in models:
        shares = [f"{share:.1%}" for share in model.shares]
        table.add_row(
            model.shape.score,
            *shares,
            f"{model.power:.1f}",
            f"{model.fitted_kappa:.3f}",
            f"{model.constant_bytes:,}",
        )
    return table
