"""The work of the commands: find the puck, connect, do one thing, say what came of it.

`how`: adapter, puck and waiting time, as `finding.connected` takes them. What goes wrong is a
LinkError, or a ValueError for what was typed. It must never change anything unasked.
"""

import asyncio
import os
import time as clock
from contextlib import suppress
from pathlib import Path

from rich.console import Console
from rich.live import Live
from rich.markup import escape
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from sleepsync.clips import room
from sleepsync.clips.container import unwrapped
from sleepsync.clips.errors import ClipError
from sleepsync.paths import records

from . import asking, gatt, pairing, shown, transfer, zone
from .errors import LinkError, Trouble
from .finding import adapter, connected, find, is_paired
from .frames import Code, Status
from .values import Setting, meant
from .values import shown as value_shown

console = Console(highlight=False)
_TRIES = 4  # of a transfer that is cut again and again
_SILENT = (("organic", 1), ("radio", 0))  # set so, it hangs up, perhaps before it has answered
_AGAIN_S = 1.0


async def pair(choice, which, wait_s) -> None:
    """The puck and this desktop become known to each other."""
    async with adapter(choice) as radio:
        say("Looking for a puck. Press its button three times, slowly, so that its ring waits.")
        device = await pairing.pair(radio, which, wait_s, _ask_passkey, say)
    say(f"[bold]Paired with {escape(device.name or gatt.NAME)}.[/bold] From now on it answers to")
    say("  sleepsync status, live, pull, set, time, scenes, clips; sleepsync forget undoes it.")


async def _ask_passkey():
    say("The ring shows six digits now, each as so many lamps; the whole ring is 0.")
    say("They begin after a long dark, and come again and again.")
    return await asking.passkey("Which are they? ")


async def status(*how) -> None:
    """Tell how the puck is."""
    async with connected(*how) as puck:
        said = await puck.ask_json(Code.STATUS)
    console.print(shown.table(("", ""), shown.status_rows(said)))


async def live(choice, which, wait_s, seconds) -> None:
    """Tell what it tells, until it is gone, or for so many seconds."""
    async with connected(choice, which, wait_s) as puck:
        with Live(console=console, transient=True) as line:
            await _follow(puck, line)
            with suppress(TimeoutError):
                await asyncio.wait_for(puck.gone.wait(), seconds)
    if puck.gone.is_set() and seconds is None:
        raise LinkError("puck: the connection was lost; sleepsync live goes on", Trouble.GONE)


async def _follow(puck, line):
    """Print each record as it comes, above a line with the heart and the stage of now."""
    scored = (await puck.ask_json(Code.STATUS)).get("stage", records.UNKNOWN)

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


async def pull(wanted, folder, *how) -> None:
    """Fetch the nights whose names have one of these words, or all, into a folder."""
    done: dict[str, int] = {}

    async def work(puck):
        for name, size in _chosen(await puck.ask_json(Code.LIST, {"kind": "nights"}), wanted):
            if name not in done:
                await _pull_one(puck, name, size, folder, bar)
                done[name] = size

    with progress() as bar:
        await _through_cuts(work, *how)
    last = folder / Path(list(done)[-1]).name
    nights = "1 night lies" if len(done) == 1 else f"{len(done)} nights lie"
    say(f"{nights} in [bold]{escape(os.path.relpath(folder))}[/bold], as the puck has it.")
    say(f"sleepsync replay {escape(os.path.relpath(last))} tells of the last.")


async def _pull_one(puck, name, size, folder, bar):
    task = bar.add_task(name, total=size)
    target = folder / Path(name).name
    await transfer.pull(
        puck, name, size, target, lambda have, whole: bar.update(task, completed=have, total=whole)
    )


def _chosen(listed, wanted):
    """[(name, bytes)] of the nights that are meant."""
    found = [(name, size) for name, size in listed if size]
    if not found:
        text = "puck: it has written no night yet; a new one is written within five minutes"
        raise LinkError(text, Status.NOT_FOUND)
    strays = [word for word in wanted if not any(word in name for name, _ in found)]
    if strays:
        names = ", ".join(name for name, _ in found)
        text = f"puck: it has no night {' or '.join(strays)}; there are: {names}"
        raise LinkError(text, Status.NOT_FOUND)
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


async def put(name, words, *how) -> None:
    """Show all settings, or one, or set it."""
    async with connected(*how) as puck:
        rows = [Setting(*row) for row in await puck.ask_json(Code.SETTINGS)]
        if name is None:
            console.print(shown.settings_table(rows))
            return
        its = _named(rows, name)
        if words is not None:
            value = meant(its, words)
            await _set(puck, name, value)
            its = its._replace(value=value)
    say(f"{its.name}: [bold]{escape(value_shown(its))}[/bold] ({escape(its.meaning)})")


async def _set(puck, name, value):
    try:
        await puck.ask_json(Code.SET, {"name": name, "value": value})
    except LinkError as error:
        if error.status != Trouble.GONE or (name, value) not in _SILENT:
            raise


def _named(rows, name):
    for its in rows:
        if its.name == name:
            return its
    raise ValueError(f"no setting {name}; there are: {', '.join(its.name for its in rows)}")


async def time(is_set, *how) -> None:
    """Show its time and this desktop's; first make them the same, if that `is_set`."""
    async with connected(*how) as puck:
        if is_set:
            await puck.ask_json(Code.SET, {"name": "zone", "value": zone.posix_zone()})
            await puck.ask_json(Code.SET_TIME, {"local_s": zone.local_s()})
        said = await puck.ask_json(Code.TIME)
    wall_s, off = said["wall_s"] if said["known"] else 0, ""
    if wall_s:
        off = f" ({shown.off_by(wall_s, zone.local_s())})"
    say(f"puck:    {escape(shown.moment(wall_s))} {escape(said['zone'])}{off}")
    say(f"desktop: {escape(shown.moment(zone.local_s()))} {escape(zone.posix_zone())}")


async def scenes(name, *how) -> None:
    """List scenes, or ask for one."""
    async with connected(*how) as puck:
        rows = await puck.ask_json(Code.SCENES)
        if name is None:
            console.print(shown.table(("number", "scene"), rows))
            return
        numbers = {scene: number for number, scene in rows}
        if name not in numbers:
            raise ValueError(f"no scene {name}; there are: {', '.join(numbers)}")
        act = await puck.ask_json(Code.ASK, {"scene": numbers[name]})
    say(f"{escape(name)}: granted for {act['length_s']} s at most (act {act['act']}).")


async def clips(action, what, *how) -> None:
    """List clips, put one there, or delete one."""
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
    say(f"{taken:,} of {room.all_bytes():,} bytes of flash are taken.")


async def _put_clip(path, *how):
    data, name = _clip(path), path.stem.removesuffix("-clip")
    with progress() as bar:
        task = bar.add_task(name, total=len(data))
        await _through_cuts(
            lambda puck: transfer.put(
                puck, f"clips/{name}.wav", data, lambda done, _: bar.update(task, completed=done)
            ),
            *how,
        )
    say(f"{escape(name)}: is on the puck, and its sum is right.")


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
    say(f"{escape(name)}: is no more.")


async def forget(bond, is_here, choice, which, wait_s) -> None:
    """List who is paired, or make the puck, or only this desktop, forget."""
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
        say("The puck has forgotten it. On a phone: Bluetooth settings, SleepSync, Forget.")


async def _forget_there(puck, index, is_own):
    try:
        await puck.ask_json(Code.FORGET, {"bond": index})
    except LinkError as error:
        if not is_own or error.status != Trouble.GONE:  # it hangs up on whom it forgets
            raise
    if is_own:
        await puck.unpair()
        say("The puck and this desktop have forgotten each other.")


async def _forget_here(choice, which, wait_s):
    async with adapter(choice) as radio:
        device = await find(radio, which, wait_s)
        if not is_paired(device):
            raise LinkError("this desktop: it is not paired with that puck", Trouble.NOT_PAIRED)
        await pairing.forget_here(radio, device)
    say("This desktop has forgotten the puck; the puck may still know this desktop.")


def say(text: str) -> None:
    """A line for the person, in rich's markup."""
    console.print(text, soft_wrap=True)


def progress() -> Progress:
    """Bars of transfers."""
    columns = TextColumn("{task.description}"), BarColumn(), DownloadColumn()
    return Progress(*columns, TransferSpeedColumn(), console=console)
