"""`sleepsync puck`: a puck on the desktop, which one can see, press and hear, and which clients of
other terminals find without any Bluetooth adapter.

It must never run two pucks on one flash.
"""

import asyncio
import json
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.live import Live

from sleepsync.paths import ROOT
from sleepsync.radio.air import HERE, Air
from sleepsync.radio.desk_puck import DeskPuck
from sleepsync.radio.drawn import KEYS, Seen, drawn
from sleepsync.radio.keys import pressed
from sleepsync.world import open_sleeper, write_world

FOLDER = ROOT / "nights" / "puck"
AIR = "air"  # the file in that folder which says where clients find the puck's air
_LOOKS_A_S = 10
_QUIT = "q"

Night = Annotated[
    str | None,
    typer.Option(
        help="Whom it lies beside, as in `sleepsync run`.", show_default="a generated one"
    ),
]
Seed = Annotated[int, typer.Option(help="Repeats the same sleeper.")]
Speed = Annotated[int, typer.Option(help="Times as fast as our own time.", min=1)]
Folder = Annotated[Path, typer.Option(help="Its world, and all that it keeps.")]


def puck(night: Night = None, seed: Seed = 1, speed: Speed = 1, folder: Folder = FOLDER) -> None:
    """A puck to sit before: see its ring, press its button, hear it, and reach it by Bluetooth.

    It is the firmware itself, in the real MicroPython VM, and boots from its own flash, which it
    keeps from one time to the next. Keys stand for the button, since a terminal does not tell
    when one is let go: `1` short, `2` double, `3` long, `4` hold, `5` three slow presses, for
    pairing; `:` and a line is typed at its console; `q` or Ctrl-C ends the night, and what
    sounded last lies in sound.wav in its folder.

    While it runs, `sleepsync pair`, `sleepsync status` and all the others, from another
    terminal, find it by themselves: no Bluetooth adapter is needed (docs/puck.md).

    Without a terminal it prints what it does, a line each, and takes the same keys from a pipe.
    """
    _make_world(folder, night, seed)
    asyncio.run(_sit_before(folder, speed))


def air_of(folder: Path = FOLDER) -> str | None:
    """Where the air of the puck that runs in `folder` is (for Bumble), or None if none does."""
    place = folder / AIR
    if not place.exists():
        return None
    where = place.read_text().strip()
    with socket.socket() as probe:
        reached = probe.connect_ex((HERE, int(where.rpartition(":")[2])))
    return None if reached else where


async def _sit_before(folder: Path, speed: int) -> None:
    async with Air() as air, DeskPuck(folder, air, speed) as simulated:
        with _told(folder, air.transport):
            seen = Seen(air.transport)
            show = _Drawing(seen) if sys.stdout.isatty() else _Lines()
            await _Sitting(simulated, seen).until_the_end(show)


class _Sitting:
    """Somebody before a puck: what is pressed goes there, what it does is shown."""

    def __init__(self, simulated: DeskPuck, seen: Seen) -> None:
        self._puck, self._seen = simulated, seen
        self._over = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    async def until_the_end(self, show: "_Lines | _Drawing") -> None:
        """Until `q`, or somebody interrupts."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._over.set)
        self._puck.said = show.said
        with pressed(self._take), show:
            while not self._over.is_set():
                self._look()
                show.show(self._seen)
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._over.wait(), 1 / _LOOKS_A_S)
        await self._keep_sound()

    def _look(self) -> None:
        hand, seen = self._puck.hand, self._seen
        seen.ring, seen.touch, seen.sounds = hand.ring, hand.touch, hand.sounds
        seen.lines = self._puck.lines

    def _take(self, text: str) -> None:
        for key in text:
            self._take_one(key)

    def _take_one(self, key: str) -> None:
        seen = self._seen
        if seen.typed is not None:
            self._take_into_line(key)
        elif key == ":":
            seen.typed = ""
        elif key == _QUIT:
            self._over.set()
        elif key in KEYS:
            self._do(self._puck.hand.make(KEYS[key][0]))

    def _take_into_line(self, key: str) -> None:
        typed = self._seen.typed or ""
        if key in "\r\n":
            self._seen.typed = None
            self._do(self._puck.type(typed))
        elif key in "\b\x7f":
            self._seen.typed = typed[:-1]
        elif key == "\x1b":
            self._seen.typed = None
        else:
            self._seen.typed = typed + key

    def _do(self, coroutine) -> None:  # type: ignore[no-untyped-def]
        task = asyncio.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _keep_sound(self) -> None:
        path = self._puck.folder / "sound.wav"
        with suppress(TimeoutError):
            if await asyncio.wait_for(self._puck.hand.save_sound(path), 10):
                print(f"sound: {path}", flush=True)


class _Lines:
    """What a puck does, a line each, for who has no terminal."""

    def __init__(self) -> None:
        self._told: dict[str, str] = {}

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        pass

    def said(self, line: str) -> None:
        """A line of its console."""
        print(f"console: {line}", flush=True)

    def show(self, seen: Seen) -> None:
        """What has changed."""
        self._tell("air", seen.where)
        self._tell("ring", seen.ring.hex(" ", 3))
        self._tell("touch", str(seen.touch))
        self._tell("sound", "on" if seen.sounds else "off")

    def _tell(self, what: str, value: str) -> None:
        if self._told.get(what) != value:
            self._told[what] = value
            print(f"{what}: {value}", flush=True)


class _Drawing:
    """The same, drawn in a terminal."""

    def __init__(self, seen: Seen) -> None:
        self._live = Live(drawn(seen), console=Console(), auto_refresh=False, screen=True)

    def __enter__(self) -> None:
        self._live.__enter__()

    def __exit__(self, *_: object) -> None:
        self._live.__exit__(None, None, None)

    def said(self, line: str) -> None:
        """A line of its console: shown with the rest."""

    def show(self, seen: Seen) -> None:
        """Everything, as it is now."""
        self._live.update(drawn(seen), refresh=True)


def _make_world(folder: Path, night: str | None, seed: int) -> None:
    """The world that was asked for, unless the folder has it. ValueError if a puck runs there."""
    if air_of(folder):
        raise ValueError(f"a puck runs in {folder}; end that one first (q), or take --folder")
    asked = {"night": night, "seed": seed}
    mark = folder / "asked.json"
    if not mark.exists() or json.loads(mark.read_text()) != asked:
        write_world(open_sleeper(night, seed), folder)
        mark.write_text(json.dumps(asked) + "\n")


@contextmanager
def _told(folder: Path, where: str) -> Iterator[None]:
    """Clients find the air while the block lasts."""
    place = folder / AIR
    place.write_text(where + "\n")
    try:
        yield
    finally:
        place.unlink(missing_ok=True)
