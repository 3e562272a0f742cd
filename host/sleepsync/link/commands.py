"""What a person types to reach a puck by radio: `sleepsync pair`, `status`, `live` and so on.

Their help is what teaches them; `doing` has their work. What goes wrong is a LinkError, whose text
names part and remedy. They must never do more than they are asked.
"""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

import typer

from sleepsync.paths import ROOT

from . import doing

_WIDTH = 132  # of what is led into a file
NIGHTS = ROOT / "nights" / "pulled"

Adapter = Annotated[
    str | None,
    typer.Option(
        help="An adapter like hci1, `system`, or the file of a simulated puck's air.",
        show_default="the air of `sleepsync puck` if it runs, else the system's",
    ),
]
Which = Annotated[
    str | None,
    typer.Option(
        "--puck", help="A part of its name or address, if there are several.", show_default=False
    ),
]
Wait = Annotated[float, typer.Option(help="How long to listen for it, in s.")]
Nights = Annotated[
    list[str] | None,
    typer.Argument(help="Names as the puck lists them, or parts of them.", show_default="all"),
]
To = Annotated[Path, typer.Option(help="Into which folder.", show_default="nights/pulled")]


def pair(adapter: Adapter = None, puck: Which = None, wait: Wait = 30.0) -> None:
    """Make the puck and this desktop known to each other; once, before all else.

    Press the puck's button three times, slowly: for two minutes it lets itself be paired, and its
    ring shows that it waits. When this desktop has found it, the ring shows six digits: for each as
    many lamps, the whole ring for 0, and again from the first after a long dark. Type them. Whoever
    cannot see the ring cannot pair.
    """
    _run(doing.pair(adapter, puck, wait))


def status(adapter: Adapter = None, puck: Which = None, wait: Wait = 10.0) -> None:
    """How the puck is: its night, its parts, its time, its room."""
    _run(doing.status(adapter, puck, wait))


def live(
    adapter: Adapter = None,
    puck: Which = None,
    wait: Wait = 10.0,
    seconds: Annotated[
        float | None, typer.Option("--for", help="End after so many s.", show_default="at Ctrl-C")
    ] = None,
) -> None:
    """Follow the night as it goes: heart rate, stage, each epoch and event. Ctrl-C ends it.

    What is shown is on its way into the puck's journal anyway; watching changes nothing.
    """
    with suppress(KeyboardInterrupt):
        _run(doing.live(adapter, puck, wait, seconds))


def pull(
    nights: Nights = None,
    to: To = NIGHTS,
    adapter: Adapter = None,
    puck: Which = None,
    wait: Wait = 10.0,
) -> None:
    """Fetch nights from the puck, each checked by its sum.

    A transfer that is cut goes on where it was, now or at the next `pull`; of a night that has
    grown only what is new is sent. For example:

        sleepsync pull

        sleepsync pull 0012 --to ~/nights

    `sleepsync replay FILE.night` reads what was fetched.
    """
    _run(doing.pull(nights or [], to.expanduser(), adapter, puck, wait))


def set_(
    name: Annotated[str | None, typer.Argument(help="Which setting.", show_default=False)] = None,
    value: Annotated[str | None, typer.Argument(help="Its value.", show_default=False)] = None,
    adapter: Adapter = None,
    puck: Which = None,
    wait: Wait = 10.0,
) -> None:
    """Show all settings, or set one.

    An alarm is a time and its days, a bedtime is a time. For example:

        sleepsync set alarm1 "07:00 weekdays"

        sleepsync set alarm1 off

        sleepsync set bedtime 22:30

        sleepsync set early 20

    The packed numbers of docs/settings.md will do, too.
    """
    _run(doing.put(name, value, adapter, puck, wait))


def time(
    give: Annotated[bool, typer.Option("--set", help="Give it this desktop's.")] = False,
    adapter: Adapter = None,
    puck: Which = None,
    wait: Wait = 10.0,
) -> None:
    """The puck's time and zone beside this desktop's; with --set they are made the same."""
    _run(doing.time(give, adapter, puck, wait))


def scenes(
    name: Annotated[
        str | None, typer.Argument(help="Which to ask for.", show_default=False)
    ] = None,
    adapter: Adapter = None,
    puck: Which = None,
    wait: Wait = 10.0,
) -> None:
    """List the puck's scenes, or ask for one. Whether it may be, the puck's governor says."""
    _run(doing.scenes(name, adapter, puck, wait))


def clips(
    action: Annotated[str, typer.Argument(help="list, put or delete.")] = "list",
    what: Annotated[
        str | None, typer.Argument(help="A file for put, a name for delete.", show_default=False)
    ] = None,
    adapter: Adapter = None,
    puck: Which = None,
    wait: Wait = 10.0,
) -> None:
    """The clips on the puck: list them, put one there, delete one.

    `sleepsync clip` makes one of a recording; then, for example:

        sleepsync clips put story-clip.wav

        sleepsync clips delete story

    A transfer that is cut goes on where it was, when it is put again.
    """
    _run(doing.clips(action, what, adapter, puck, wait))


def forget(
    bond: Annotated[
        int | None, typer.Argument(help="Its number in the list.", show_default=False)
    ] = None,
    here: Annotated[
        bool, typer.Option("--here", help="Forget the puck on this desktop only.")
    ] = False,
    adapter: Adapter = None,
    puck: Which = None,
    wait: Wait = 10.0,
) -> None:
    """List who is paired with the puck, or make it forget one of them.

    Without a number it lists. The one marked is this desktop: forgetting it forgets the puck
    here, too. `--here` is for a puck that is gone or has forgotten already. A phone that the puck
    has forgotten must forget it as well, in its own Bluetooth settings.
    """
    _run(doing.forget(bond, here, adapter, puck, wait))


def _run(work: Coroutine[Any, Any, None]) -> None:
    if not doing.console.is_terminal:
        doing.console.width = _WIDTH
    asyncio.run(work)
