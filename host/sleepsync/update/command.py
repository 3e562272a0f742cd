"""`sleepsync update`: what a person types, sees and is told."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn

from sleepsync.link.commands import Adapter, Wait, Which
from sleepsync.ports import find_port

from . import bundle, over_air, usb
from .errors import UpdateError

console = Console(highlight=False)
_say = partial(console.print, soft_wrap=True, markup=False)
_TOLD = ("boot ", "update: ")  # how the lines begin of a puck on trial that are shown


def update(
    port: Annotated[
        str | None, typer.Option(help="Serial port.", show_default="the only board there is")
    ] = None,
    slot: Annotated[
        Path | None,
        typer.Option(
            help="A slot that was built before: a folder with manifest.json and "
            "application.archive.",
            show_default="these sources, built now",
        ),
    ] = None,
    back: Annotated[
        bool, typer.Option("--back", help="Only try what lies in the other slot: what ran before.")
    ] = False,
    over: Annotated[
        str, typer.Option(help="usb; or ble, from a desktop that `sleepsync pair` has paired.")
    ] = "usb",
    adapter: Adapter = None,
    puck: Which = None,
    wait: Wait = 10.0,
) -> None:
    """Bring a new version onto a puck; if it does not prove itself, the old one comes back.

    It is written beside the version that runs, read back, and tried for about a minute: every
    module must load, every part answer that did before, every setting and the journal be readable,
    and no task die or hang. If so it is kept; if not, or if it crashes, hangs or loses power for
    good, the puck goes back by itself and says why. Nights, settings and bonds stay.

    Not within two hours of an alarm, nor while somebody sleeps: then the puck refuses, and says
    when it will be possible. What is cut off goes on where it was when it is started again. For
    example:

        sleepsync update

        sleepsync update --over ble

        sleepsync update --back

        sleepsync update --slot ~/sleepsync-0.2.0/a
    """
    if back and slot:
        raise ValueError("--back takes what lies on the puck: leave --slot out")
    choose = partial(_chosen, slot, back)
    if over == "usb":
        _over_usb(find_port(port), choose)
    elif over == "ble":
        _over_air(choose, adapter, puck, wait)
    else:
        raise ValueError(f"--over {over}: there are usb and ble")


def _chosen(slot, back, state):
    """What is to be sent to a puck that tells this `state`; None for what lies there."""
    if back:
        bundle.check_back(state)
        return None
    return bundle.for_puck(state, slot)


def _over_usb(port, choose):
    why = usb.ask(port)
    if why:
        raise UpdateError(f"puck: {why}")
    with usb.Cable(port) as cable:
        state = cable.state()
        new = choose(state)
        _say(f"{port}: {state['board']} runs {state['version']} from slot {state['slot']}.")
        with bar() as progress:
            if new:
                _say(f"{new.told['version']} goes into slot {state['to']}.")
                cable.write(new, progress)
            cable.verify(progress)
        _say("Read back and sound; it starts on trial, which takes about a minute.")
        tell(cable.attempt())


def _over_air(choose, *how):
    with bar() as progress:
        told = asyncio.run(over_air.update(choose, progress, _say, *how))
    if told.startswith("taken back: "):
        raise UpdateError(f"puck: {told}")
    _say(f"  update: {told}")


def tell(lines: Iterator[str]) -> None:
    """Show what a puck on trial says. UpdateError if the update is taken back."""
    last = ""
    for last in lines:
        if last.startswith(_TOLD):
            _say(f"  {last}")
    outcome = last[last.find("taken back: ") :] if "taken back: " in last else ""
    if outcome:
        raise UpdateError(f"puck: {outcome}")


@contextmanager
def bar() -> Iterator[Callable[[str, int, int], None]]:
    """A bar that shows one file after the other."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as shown:
        task = shown.add_task("", total=None)
        yield lambda what, done, whole: shown.update(
            task, description=what, completed=done, total=whole or None
        )
