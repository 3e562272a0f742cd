"""What a person types to reach a puck by radio: `sleepsync pair`, `status`, `live` and so on.

Each finds the puck, connects, does one thing and says what came of it; what goes wrong is a
LinkError, whose text names part and remedy. It must never change anything unasked.
"""

import asyncio
import os
import time as clock
from collections.abc import Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.live import Live
from rich.markup import escape
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from sleepsync.clips import room
from sleepsync.clips.container import unwrapped
from sleepsync.clips.errors import ClipError
from sleepsync.paths import ROOT, records

from . import asking, gatt, pairing, shown, transfer, zone
from .errors import LinkError, Trouble
from .finding import adapter, connected, find, is_paired
from .frames import Code, Status
from .values import Setting, meant
from .values import shown as value_shown

console = Console(highlight=False)
_WIDTH = 132  # of what is led into a file
_TRIES = 4  # of a transfer that is cut again and again
_AGAIN_S = 1.0
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
    _run(_pair(adapter, puck, wait))


def status(adapter: Adapter = None, puck: Which = None, wait: Wait = 10.0) -> None:
    """How the puck is: its night, its parts, its time, its room."""
    _run(_status(adapter, puck, wait))


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
        _run(_live(adapter, puck, wait, seconds))


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
    _run(_pull(nights or [], to.expanduser(), adapter, puck, wait))


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
    _run(_set(name, value, adapter, puck, wait))


def time(
    give: Annotated[bool, typer.Option("--set", help="Give it this desktop's.")] = False,
    adapter: Adapter = None,
    puck: Which = None,
    wait: Wait = 10.0,
) -> None:
    """The puck's time and zone beside this desktop's; with --set they are made the same."""
    _run(_time(give, adapter, puck, wait))


def scenes(
    name: Annotated[
        str | None, typer.Argument(help="Which to ask for.", show_default=False)
    ] = None,
    adapter: Adapter = None,
    puck: Which = None,
    wait: Wait = 10.0,
) -> None:
    """List the puck's scenes, or ask for one. Whether it may be, the puck's governor says."""
    _run(_scenes(name, adapter, puck, wait))


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
    _run(_clips(action, what, adapter, puck, wait))


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
    _run(_forget(bond, here, adapter, puck, wait))


# -- what they do


async def _pair(choice, which, wait_s):
    async with adapter(choice) as radio:
        _say("Looking for a puck. Press its button three times, slowly, so that its ring waits.")
        device = await pairing.pair(radio, which, wait_s, _ask_passkey, _say)
    _say(f"[bold]Paired with {escape(device.name or gatt.NAME)}.[/bold] From now on it answers to")
    _say("  sleepsync status, live, pull, set, time, scenes, clips; sleepsync forget undoes it.")


async def _ask_passkey():
    _say("The ring shows six digits now, each as so many lamps; the whole ring is 0.")
    _say("They begin after a long dark, and come again and again.")
    return await asking.passkey("Which are they? ")


async def _status(*how):
    async with connected(*how) as puck:
        said = await puck.ask_json(Code.STATUS)
    console.print(shown.table(("", ""), shown.status_rows(said)))


async def _live(choice, which, wait_s, seconds):
    async with connected(choice, which, wait_s) as puck:
        with Live(console=console, transient=True) as line:
            await _follow(puck, line)
            with suppress(TimeoutError):
                await asyncio.wait_for(puck.gone.wait(), seconds)
    if puck.gone.is_set() and seconds is None:
        raise LinkError("puck: the connection was lost; sleepsync live goes on", Trouble.GONE)


async def _follow(puck, line):
    """Print each record as it comes, above a line with the heart and the stage of now."""
    scored = records.UNKNOWN

    def record(row):
        nonlocal scored
        scored = getattr(row, "stage", scored)
        told = shown.record_line(row)
        if told:
            line.console.print(f"{clock.strftime('%H:%M:%S')}  {escape(told)}", soft_wrap=True)

    def beat(value):
        line.update(shown.beat_line(gatt.Beat.of(value), scored))
        line.refresh()

    await puck.listen_to_records(record)
    await puck.listen(gatt.HEART_RATE, beat)


async def _pull(wanted, folder, *how):
    done: dict[str, int] = {}

    async def work(puck):
        for name, size in _chosen(await puck.ask_json(Code.LIST, {"kind": "nights"}), wanted):
            if name not in done:
                await _pull_one(puck, name, size, folder, bar)
                done[name] = size

    with _progress() as bar:
        await _through_cuts(work, *how)
    last = folder / Path(list(done)[-1]).name
    nights = "1 night lies" if len(done) == 1 else f"{len(done)} nights lie"
    _say(f"{nights} in [bold]{escape(os.path.relpath(folder))}[/bold], as the puck has it.")
    _say(f"sleepsync replay {escape(os.path.relpath(last))} tells of the last.")


async def _pull_one(puck, name, size, folder, bar):
    task = bar.add_task(name, total=size)
    target = folder / Path(name).name
    await transfer.pull(
        puck, name, size, target, lambda have, whole: bar.update(task, completed=have, total=whole)
    )


def _chosen(listed, wanted):
    """[(name, bytes)] of the nights that are meant."""
    found = [(name, size) for name, size in listed if size]
    strays = [word for word in wanted if not any(word in name for name, _ in found)]
    if strays or not found:
        names = ", ".join(name for name, _ in found) or "none"
        text = f"puck: it has no night {' or '.join(strays)}".rstrip()
        raise LinkError(f"{text}; there are: {names}", Status.NOT_FOUND)
    return [row for row in found if not wanted or any(word in row[0] for word in wanted)]


async def _through_cuts(work, *how):
    """`work(puck)`, and once more when the connection is lost in between, some times."""
    for left in reversed(range(_TRIES)):
        try:
            async with connected(*how) as puck:
                return await work(puck)
        except LinkError as error:
            if error.status not in (Trouble.GONE, Trouble.SILENT) or not left:
                raise
        await asyncio.sleep(_AGAIN_S)


async def _set(name, words, *how):
    async with connected(*how) as puck:
        rows = [Setting(*row) for row in await puck.ask_json(Code.SETTINGS)]
        if name is None:
            console.print(shown.settings_table(rows))
            return
        its = _named(rows, name)
        if words is not None:
            value = meant(its, words)
            await puck.ask_json(Code.SET, {"name": name, "value": value})
            its = its._replace(value=value)
    _say(f"{its.name}: [bold]{escape(value_shown(its))}[/bold] ({escape(its.meaning)})")


def _named(rows, name):
    for its in rows:
        if its.name == name:
            return its
    raise ValueError(f"no setting {name}; there are: {', '.join(its.name for its in rows)}")


async def _time(is_set, *how):
    async with connected(*how) as puck:
        if is_set:
            await puck.ask_json(Code.SET, {"name": "zone", "value": zone.posix_zone()})
            await puck.ask_json(Code.SET_TIME, {"local_s": zone.local_s()})
        said = await puck.ask_json(Code.TIME)
    wall_s, off = said["wall_s"] if said["known"] else 0, ""
    if wall_s:
        off = f" ({shown.off_by(wall_s, zone.local_s())})"
    _say(f"puck:    {escape(shown.moment(wall_s))} {escape(said['zone'])}{off}")
    _say(f"desktop: {escape(shown.moment(zone.local_s()))} {escape(zone.posix_zone())}")


async def _scenes(name, *how):
    async with connected(*how) as puck:
        rows = await puck.ask_json(Code.SCENES)
        if name is None:
            console.print(shown.table(("number", "scene"), rows))
            return
        numbers = {scene: number for number, scene in rows}
        if name not in numbers:
            raise ValueError(f"no scene {name}; there are: {', '.join(numbers)}")
        act = await puck.ask_json(Code.ASK, {"scene": numbers[name]})
    _say(f"{escape(name)}: granted for {act['length_s']} s at most (act {act['act']}).")


async def _clips(action, what, *how):
    if action == "list" and not what:
        await _list_clips(*how)
    elif action == "put" and what:
        await _put_clip(Path(what).expanduser(), *how)
    elif action == "delete" and what:
        await _delete_clip(what, *how)
    else:
        raise ValueError("clips: say list, put FILE or delete NAME")


async def _list_clips(*how):
    async with connected(*how) as puck:
        rows = await puck.ask_json(Code.LIST, {"kind": "clips"})
    taken = sum(room.flash_bytes(size) for _, size in rows)
    names = ((Path(name).stem, f"{size:,}") for name, size in rows)
    console.print(shown.table(("clip", "bytes"), names))
    _say(f"{taken:,} of {room.all_bytes():,} bytes of flash are taken.")


async def _put_clip(path, *how):
    data, name = _clip(path), path.stem.removesuffix("-clip")
    with _progress() as bar:
        task = bar.add_task(name, total=len(data))
        await _through_cuts(
            lambda puck: transfer.put(
                puck, f"clips/{name}.wav", data, lambda done, _: bar.update(task, completed=done)
            ),
            *how,
        )
    _say(f"{escape(name)}: is on the puck, and its sum is right.")


def _clip(path):
    """The bytes of a clip. LinkError if it is none, with how to make one."""
    try:
        data = path.read_bytes()
        unwrapped(data, path.name)
    except (OSError, ClipError) as error:
        text = f"{path}: is no clip ({error}); sleepsync clip makes one of a recording"
        raise LinkError(text, Status.BAD_VALUE) from error
    return data


async def _delete_clip(name, *how):
    async with connected(*how) as puck:
        await puck.ask_json(Code.DELETE, {"name": f"clips/{name.removesuffix('.wav')}.wav"})
    _say(f"{escape(name)}: is no more.")


async def _forget(bond, is_here, choice, which, wait_s):
    if is_here:
        await _forget_here(choice, which, wait_s)
        return
    async with connected(choice, which, wait_s) as puck:
        rows = await puck.ask_json(Code.BONDS)
        if bond is None:
            console.print(shown.table(("number", "paired", ""), map(shown.bond_row, rows)))
            return
        are_own = {index: is_own for index, _, is_own in rows}
        if bond - 1 not in are_own:
            raise ValueError(f"forget {bond}: no such bond; `sleepsync forget` lists them")
        is_own = are_own[bond - 1]
        await _forget_there(puck, bond - 1, is_own)
    if not is_own:
        _say("The puck has forgotten it. On a phone: Bluetooth settings, SleepSync, Forget.")


async def _forget_there(puck, index, is_own):
    try:
        await puck.ask_json(Code.FORGET, {"bond": index})
    except LinkError as error:
        if not is_own or error.status != Trouble.GONE:  # it hangs up on whom it forgets
            raise
    if is_own:
        await puck.unpair()
        _say("The puck and this desktop have forgotten each other.")


async def _forget_here(choice, which, wait_s):
    async with adapter(choice) as radio:
        device = await find(radio, which, wait_s)
        if not is_paired(device):
            raise LinkError("this desktop: it is not paired with that puck", Trouble.NOT_PAIRED)
        await pairing.forget_here(radio, device)
    _say("This desktop has forgotten the puck; the puck may still know this desktop.")


# -- how they speak


def _run(work: Coroutine[Any, Any, None]) -> None:
    if not console.is_terminal:
        console.width = _WIDTH
    asyncio.run(work)


def _say(text: str) -> None:
    console.print(text, soft_wrap=True)


def _progress() -> Progress:
    columns = TextColumn("{task.description}"), BarColumn(), DownloadColumn()
    return Progress(*columns, TransferSpeedColumn(), console=console)
