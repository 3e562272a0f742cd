"""The command line: `sleepsync`."""

import os
import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn

from sleepsync import hands, vm
from sleepsync.bench import run as figures
from sleepsync.boards import BOARDS, REFERENCE
from sleepsync.build import SIMULATED, BuildError
from sleepsync.build import build as lay_out
from sleepsync.clips.command import clip
from sleepsync.data import DataDamaged, DataMissing, DataUnreachable, data_target
from sleepsync.evaluate.command import evaluate
from sleepsync.export.command import export
from sleepsync.fetch import SETS, fetch
from sleepsync.flash import FlashError
from sleepsync.flash.command import build, flash
from sleepsync.link import commands as link
from sleepsync.link.errors import LinkError
from sleepsync.logs import follow
from sleepsync.parting.command import dismantle
from sleepsync.paths import ROOT
from sleepsync.ports import PortError, find_port
from sleepsync.preview.command import listen, scene
from sleepsync.pulse.command import pulse
from sleepsync.radio.command import puck
from sleepsync.reading import NightMissing, read_night
from sleepsync.replay.command import replay
from sleepsync.report import write_report
from sleepsync.report.staged import draw_staged
from sleepsync.scenes import SceneError
from sleepsync.scores.command import score
from sleepsync.serial_puck import LEAVE, open_port, serve, typing
from sleepsync.simulate import run_night
from sleepsync.stage_file import SCORES, FeaturesDamaged, lines, read_features, staged
from sleepsync.train.command import train
from sleepsync.trends.command import trends
from sleepsync.update import UpdateError
from sleepsync.update.command import update
from sleepsync.world import LIBRARY, open_sleeper, write_world

app = typer.Typer(
    help="SleepSync on the desktop: run a night on the simulated puck, and look at it.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    add_completion=False,
)
console = Console(highlight=False)

# Errors whose message tells a person what to do; anything else is a fault of ours.
_TOLD = (
    BuildError,
    DataDamaged,
    DataMissing,
    DataUnreachable,
    FeaturesDamaged,
    FlashError,
    LinkError,
    NightMissing,
    PortError,
    SceneError,
    UpdateError,
    ValueError,
    vm.VmError,
)

_MOST_RESTARTS = 100  # of a puck in a night that somebody watches: its report tells of them

Seed = Annotated[int, typer.Option(help="Repeats the same sleeper, sensors and accidents.")]
Board = Annotated[str, typer.Option(help=f"One of {', '.join(BOARDS)}.")]
Port = Annotated[
    str | None,
    typer.Option(help="The board's serial port.", show_default="the one board that is found"),
]
Folder = Annotated[Path | None, typer.Option(help="Where the night goes.", show_default=False)]

Fault = Annotated[
    list[str] | None,
    typer.Option(
        help="PART:FAULT[:FROM[:TO]] in seconds, e.g. pulse:absent:3600:5400 (docs/faults.md).",
        show_default=False,
    ),
]
Press = Annotated[
    list[str] | None,
    typer.Option(help="Press the button: AT:HELD in s and ms.", show_default=False),
]
Typed = Annotated[
    list[str] | None,
    typer.Option(
        "--type",
        help="Type at the console: AT:LINE, in seconds, e.g. 600:puck.status().",
        show_default=False,
    ),
]


@app.command()
def run(
    night: Annotated[
        str | None,
        typer.Option(
            help="A real person's night (an slpdb record like ../shared/data/slpdb/slp03, or a "
            "sleep_accel_features/ID.csv), or somebody of the library: " + ", ".join(LIBRARY) + ".",
            show_default="a generated sleeper",
        ),
    ] = None,
    seed: Seed = 1,
    folder: Folder = None,
    fault: Fault = None,
    press: Press = None,
    typed: Typed = None,
    board: Board = REFERENCE,
) -> None:
    """Run a whole night on the simulated puck, and write its report.

    The firmware runs in the real MicroPython VM, on simulated time: a night takes
    seconds. Parts can be made to fail, and the report shows how that was told. With nothing
    asked, somebody asks for a quiet evening, and for the lamp at night.
    """
    lay_out(SIMULATED, board=board)  # a board that is refused is so before a world is made
    sleeper = open_sleeper(night or None, seed)
    folder = folder or ROOT / "nights" / _slug(sleeper.name)
    is_usual = not (night or fault or press or typed)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task(sleeper.name, total=1.0)
        run_night(
            sleeper,
            folder,
            lambda share: bar.update(task, completed=share),
            lambda line: console.print(f"  [dim]{line}[/dim]"),
            fault=fault or [],
            press=press or (hands.PRESSES if is_usual else []),
            type=typed or (hands.LINES if is_usual else []),
            board=board,
            restarts=_MOST_RESTARTS,
        )
    report(folder)


@app.command()
def report(
    night: Annotated[
        Path,
        typer.Argument(help="A night's folder, as `run` made it, or one journal: a .night file."),
    ],
) -> None:
    """Write the report of a night: report.html, report.png and room.png in its folder.

    That of one journal goes into a folder beside it, 00001 beside 00001.night.
    """
    page, picture = write_report(
        read_night(night), night.with_suffix("") if night.is_file() else night
    )
    console.print(f"Report: [bold]{_near(page)}[/bold] (picture: {_near(picture)})", soft_wrap=True)


@app.command()
def data(
    sets: Annotated[
        list[str] | None,
        typer.Argument(help="Which: " + ", ".join(SETS) + ".", show_default="all"),
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option(help="Into which folder.", show_default="$SLEEPSYNC_DATA or ../shared/data"),
    ] = None,
) -> None:
    """Fetch open data about real people from their origin, checked against its own sums.

    What is there and right is not fetched again. See docs/data.md for what the sets are.
    """
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("looking", total=None)
        fetch(
            sets or [],
            to.expanduser() if to else data_target(),
            lambda path, done, whole: bar.update(
                task, description=path, completed=done, total=whole
            ),
            lambda line: console.print(line, markup=False, soft_wrap=True),
        )


@app.command()
def sim_repl(
    seed: Seed = 1,
    speed: Annotated[int, typer.Option(help="Times as fast as our own time.")] = 1,
    link: Annotated[
        Path | None,
        typer.Option(help="Be a serial port under this name, for mpremote.", show_default=False),
    ] = None,
) -> None:
    """Sit before a simulated puck: its night runs in real time, and its console can be typed at.

    Ctrl-C ends the night and leads to MicroPython's REPL, Ctrl-D there starts the puck anew,
    Ctrl-] leaves. The words are in docs/repl.md.
    """
    folder = ROOT / "nights" / "repl"
    write_world(open_sleeper(None, seed), folder)
    if not link:
        with typing(sys.stdin.fileno()):
            serve(folder, speed, sys.stdin.fileno(), sys.stdout.fileno(), LEAVE)
        return
    with open_port(link) as port:
        console.print(f"A puck is at [bold]{link}[/bold]; Ctrl-C unplugs it.", soft_wrap=True)
        with suppress(KeyboardInterrupt):
            serve(folder, speed, port, port)


@app.command()
def repl(port: Port = None) -> None:
    """Type at a board's console: Ctrl-C ends its night, Ctrl-] leaves (docs/repl.md)."""
    raise typer.Exit(_mpremote(find_port(port), "repl"))


@app.command()
def logs(port: Port = None) -> None:
    """Follow what a board prints, each line with its time, without disturbing it."""
    for line in follow(find_port(port)):
        print(line, flush=True)


@app.command()
def selftest(port: Port = None) -> None:
    """Test every part of a board: identity, noise, verdict, remedy. It ends a night that runs."""
    words = "import puck; puck.selftest()"
    raise typer.Exit(_mpremote(find_port(port), "exec", words, "reset"))


@app.command()
def bench(
    area: Annotated[
        str | None, typer.Option(help="Only these figures, e.g. night.", show_default="all")
    ] = None,
) -> None:
    """Measure every figure that the README quotes: `area.name value unit goal ok|SHORT`."""
    for figure in figures(area):
        print(figure, flush=True)


@app.command()
def stage(
    file: Annotated[
        Path, typer.Argument(help="A CSV with columns time_h, hr_feature, count_feature.")
    ],
    score: Annotated[
        str,
        typer.Option(help="morning knows the whole night; live no more than the rows so far."),
    ] = SCORES[0],
    format: Annotated[
        str, typer.Option(help="picture (FILE.SCORE.png beside the file) or csv (to the terminal).")
    ] = "picture",
) -> None:
    """Stage a night of features, by the puck's own code and model: wake, light, deep, REM.

    Columns are as in sleep_accel_features (docs/data.md), one row for each 30 s, and rows may
    be missing. Probabilities add up to 1. As CSV: epoch,stage,p_wake,p_light,p_deep,p_rem.
    """
    found = staged(read_features(file), score)
    if format == "csv":
        print("\n".join(lines(found)))
        return
    if format != "picture":
        raise ValueError(f"--format {format}: there are picture and csv")
    picture = draw_staged(found, file.with_suffix(f".{score}.png"), f"{file.stem}, {score} score")
    console.print(f"Picture: [bold]{_near(picture)}[/bold]", soft_wrap=True)


app.command()(build)
app.command()(clip)
app.command()(dismantle)
app.command()(evaluate)
app.command()(export)
app.command()(flash)
app.command()(listen)
app.command()(puck)
app.command()(pulse)
app.command()(replay)
app.command()(scene)
app.command()(score)
app.command()(train)
app.command()(trends)
app.command()(update)
for command in (link.pair, link.status, link.live, link.pull, link.time, link.scenes, link.clips):
    app.command()(command)
app.command("set")(link.set_)
app.command()(link.forget)


def main() -> None:
    """Run a command; expected errors are told in a line, without a traceback."""
    try:
        app()
    except _TOLD as error:
        console.print(f"[red]sleepsync:[/red] {escape(str(error))}", soft_wrap=True)
        raise SystemExit(1) from error


def _mpremote(port, *words):
    """mpremote's exit code."""
    tool = Path(sys.executable).with_name("mpremote")
    return subprocess.run([tool, "connect", port, *words]).returncode


def _slug(name):
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def _near(path):
    """The path as seen from here, if that is shorter."""
    near = os.path.relpath(path)
    return near if not near.startswith("../..") else str(path)
