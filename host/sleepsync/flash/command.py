"""`sleepsync build` and `sleepsync flash`: what a person types, sees and is asked."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from sleepsync import boards
from sleepsync.build import build as lay_out
from sleepsync.build.slot import packed
from sleepsync.ports import find_port

from . import application, chip, fill
from .errors import FlashError
from .flash_map import flash_map, partition_table
from .images import vfs_image
from .micropython_image import micropython_parts
from .rescue import rescue as bring_nights
from .source import read_image

console = Console(highlight=False)
_say = partial(console.print, soft_wrap=True)

Port = Annotated[
    str | None, typer.Option(help="Serial port.", show_default="the only board there is")
]
Board = Annotated[str, typer.Option(help=f"One of {', '.join(boards.BOARDS)}.")]


def build(board: Board = boards.REFERENCE) -> None:
    """Lay out in build/ what a board runs, with its images; fail past any budget."""
    tree = lay_out(board)
    fills = fill.fills(tree, flash_map())
    _say(fill.table(fills))
    fill.check(fills)
    for name, image in (("vfs", vfs_image(board)), ("table", partition_table(flash_map()))):
        path = tree.with_name(f"{board}.{name}.bin")
        path.write_bytes(image)
        _say(f"{path}: {len(image):,} bytes")
    _say(f"{packed(tree)}: as it lies on vfs")


def flash(
    board: Board = boards.REFERENCE,
    port: Port = None,
    image: Annotated[
        str | None,
        typer.Option(help="MicroPython for this board: a .bin, or its https address."),
    ] = None,
    sha256: Annotated[str, typer.Option(help="SHA-256 of that image, in hex.")] = "",
    rescue: Annotated[
        Path | None, typer.Option(help="First read the nights into this file; alone, only that.")
    ] = None,
    copy: Annotated[
        bool, typer.Option("--copy", help="Only the application, onto a running MicroPython.")
    ] = False,
    erase: Annotated[
        bool, typer.Option("--erase", help="Erase the whole flash first, nights and all.")
    ] = False,
    selftest: Annotated[bool, typer.Option(help="Let the board test its parts in the end.")] = True,
) -> None:
    """Flash a board: MicroPython, our partition table, the application.

    The nights and settings that are on it stay, unless --erase. See docs/flashing.md.
    """
    if bool(image or rescue) == copy or (erase and not image):
        raise FlashError(
            "flash: give IMAGE=... with SHA256=... (and --rescue or --erase, if you want), "
            "or --rescue alone, or --copy alone; docs/flashing.md tells more"
        )
    if erase:
        typer.confirm("Erase all nights and settings on this board, for good?", abort=True)
    parts = _parts(board, image, sha256) if image else {}
    port = find_port(port)
    if copy:
        _copy(port, board)
    else:
        _write(port, board, parts, rescue, erase)
    if selftest and (copy or parts):
        _say(application.selftest(port), markup=False)


def _parts(board, image, sha256):
    """All that is written: checked, and the budgets kept, before the board is touched."""
    which = flash_map()
    with _bar() as progress:
        data = read_image(image, sha256, progress)
    fill.check(fill.fills(lay_out(board), which))
    micropython = micropython_parts(data, boards.load(board).soc.key, which)
    return {**micropython, which.partitions["vfs"].offset: vfs_image(board)}


def _write(port, board, parts, rescue, erase):
    with (
        _bar() as progress,
        chip.connected(port, boards.load(board).soc.key, flash_map(), progress) as esp,
    ):
        _say(f"{port}: {chip.description(esp)}")
        if rescue:
            _say(f"{rescue}: {bring_nights(esp, rescue):,} bytes of nights")
        if parts:
            chip.write(esp, parts, is_blank=erase)
            _say(f"{sum(map(len, parts.values())):,} bytes written and compared.")


def _copy(port, board):
    count = application.copy(port, packed(lay_out(board)), flash_map())
    _say(f"{port}: {count} files copied and compared.")


@contextmanager
def _bar() -> Iterator[Callable[[str, int, int | None], None]]:
    """A bar that shows one step after the other: (what, done, whole or None)."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda what, done, whole: bar.update(
            task, description=what, completed=done, total=whole
        )
