"""`sleepsync dismantle`: what a person types, sees and is asked."""

import datetime
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from sleepsync import boards
from sleepsync.flash import FlashError, chip, flash_map
from sleepsync.paths import ROOT
from sleepsync.ports import find_port

from .at_port import erase
from .exporting import export as bring
from .plugged import plugged
from .proof import found, fragments, left

console = Console(highlight=False)

_WORD = "erase"
_WHAT = """Everything personal on this puck will be erased, for good: nights, clips, settings,
alarms, consents, paired phones, records of crashes. Then it is a plain lamp and music box."""
_FORGET = """Now let each phone and desktop forget it, too:
  iPhone, iPad: Settings, Bluetooth, the (i) beside SleepSync, Forget This Device.
  Android: Settings, Connected devices, the wheel beside SleepSync, Forget.
  desktop: `sleepsync forget --here`, or its Bluetooth settings, SleepSync, Remove.
What was exported, or sent to anybody before, is theirs and yours to delete."""

To = Annotated[
    Path | None,
    typer.Option(help="Nights and clips go there first.", show_default="nights/puck-DATE, asked"),
]
Look = Annotated[
    list[str] | None,
    typer.Option(
        help="A name or word that must not be left; with --prove or --simulated.",
        show_default=False,
    ),
]


def dismantle(
    port: Annotated[
        str | None, typer.Option(help="Serial port.", show_default="the only board there is")
    ] = None,
    simulated: Annotated[
        Path | None,
        typer.Option(help="Not a board, but the simulated puck of a night's folder."),
    ] = None,
    to: To = None,
    export: Annotated[
        bool, typer.Option(help="Copy nights and clips first; --no-export leaves them to be lost.")
    ] = True,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    prove: Annotated[
        bool,
        typer.Option(
            "--prove", help="Read the whole flash before and after, and compare; minutes."
        ),
    ] = False,
    look_for: Look = None,
    board: Annotated[
        str, typer.Option(help=f"One of {', '.join(boards.BOARDS)}.")
    ] = boards.REFERENCE,
) -> None:
    """Take a puck back to parts: nights copied, everything personal erased, a plain lamp left.

    A power cut only interrupts it. See docs/parting.md.
    """
    folder = _folder(to, yes) if export else None
    image = _reader(simulated, port, board) if prove or simulated else None
    before = image() if image else b""
    with plugged(simulated) if simulated else nullcontext(find_port(port)) as where:
        if folder:
            _say_exported(folder, bring(where, folder))
        _confirm(yes)
        for line in erase(where):
            _say(line)
    if image:
        _say_proof(before, image(), {word: word.encode() for word in look_for or []})
    _say(_FORGET)


def _folder(to, yes):
    """Where nights go: as told, or as somebody says who is asked."""
    if to:
        return to.expanduser()
    usual = ROOT / "nights" / f"puck-{datetime.date.today()}"
    return usual if yes else Path(typer.prompt("Nights go to", default=str(usual))).expanduser()


def _reader(simulated, port, board):
    """Reads a whole flash: of a simulated puck with what outlives its resets."""
    if simulated:
        kept = simulated / "puck"
        return lambda: b"".join(path.read_bytes() for path in sorted(kept.glob("*.bin")))
    which, soc = flash_map(), boards.load(board).soc.key

    def read():
        _say("reading the whole flash ...")
        with chip.connected(find_port(port), soc, which, lambda *_: None) as esp:
            return chip.read(esp, 0, which.flash_bytes)

    return read


def _confirm(yes):
    _say(_WHAT)
    if not yes and typer.prompt(f"Type {_WORD} to do it", default="no") != _WORD:
        raise FlashError("nothing was erased; switch the puck off and on, and it goes on as before")


def _say_exported(folder, paths):
    _say(f"{folder}: {len(paths)} files, each as the puck has it.")


def _say_proof(before, after, markers):
    """What was there, and is there no more. FlashError if anything is."""
    size = flash_map().flash_bytes
    pieces = fragments(before[:size])
    counts = {"pieces of nights and settings": (len(pieces), left(pieces, after))}
    was, now = found(markers, before), found(markers, after)
    counts |= {name: (was[name], now[name]) for name in markers}
    for name, (had, has) in counts.items():
        _say(f"{name}: before {had:,}, now {has:,}")
    if any(has for _, has in counts.values()):
        raise FlashError(
            "proof: something is left, see above; `sleepsync flash --erase` erases all"
        )


def _say(text):
    console.print(text, markup=False, soft_wrap=True)
