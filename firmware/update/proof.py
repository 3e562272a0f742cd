"""What an updated slot has to prove before it is kept: it runs this itself, half a minute on trial.

Everything imports; every part that answered before answers now; what was readable is readable; no
task died. It must never keep a slot that it could not judge, and never start the puck anew while
an alarm rings. What was before is kept in NVS by the slot that wrote this one.
"""

import asyncio
import json
import os
import sys
from struct import unpack_from

from micropython import const

from firmware import records
from firmware.keep import settings as keeping
from firmware.update import moment
from hw import storage

_BEFORE = "before"  # in NVS
_APPLICATION = "/application"
_NVS = ("standing", "alarm", "bond0", "bond1", "bond2", "bond3")
_SUM_BYTES = const(2)
_SLICE = const(50)  # records of the night that are read at once
_RADIO = const(255)  # beside the numbers of parts
_LOOKS = const(2)  # at parts that are missing: what was slow to start is asked again meanwhile
_LOOK_MS = const(35000)
_WAIT_MS = const(5000)


def keep(puck) -> None:
    """Keep how things are, for the slot that is tried next. OSError if it cannot be kept."""
    broken = [name for name in broken_entries(puck) if name]
    storage.Kept(_BEFORE).save(json.dumps([parts(puck), broken]).encode())


def begin(start) -> None:
    """Prove it, in slices, beside the tasks that run."""
    asyncio.create_task(_prove(start))  # noqa: RUF006 (asyncio holds it)


def parts(puck) -> list:
    """The numbers of the parts that answer (records.PARTS), and _RADIO; safe mode knows of none."""
    if not _is_whole(puck):
        return []
    found = [sensor.part for sensor in puck.sensors() if sensor.present]
    link = puck.link
    is_on = link is not None and link.serving.radio is not None and bool(link.bonds.rows())
    return found + [_RADIO] * is_on


def broken_entries(puck):  # noqa: ANN201 (a generator)
    """Yield the names of what is kept and cannot be read, and "" between slices."""
    store = storage.Settings()
    for row in keeping.ROWS:
        try:
            saved = store.load(row.name)
            if saved:
                keeping.value(row, saved)
        except (OSError, ValueError):
            yield row.name
    for name in _NVS:
        saved = storage.Kept(name).load()
        end = len(saved) - _SUM_BYTES
        if end > 0 and unpack_from("<H", saved, end)[0] != records.checksum(saved[:end]):
            yield name
    if _is_whole(puck):
        yield from _broken_night(puck)


def _broken_night(puck):
    for i, row in enumerate(puck.journal.replay()):
        if not row[0]:
            yield "the journal"
            return
        if i % _SLICE == 0:
            yield ""


def _is_whole(puck):
    return hasattr(puck, "sensors") and puck.journal is not None


async def _prove(start):
    why = "its self-test ended half way"
    try:
        why = await _wrong(sys.modules["firmware.app"].running)
    except Exception as error:  # whatever it is, the slot is no good
        sys.print_exception(error)
        why = "its self-test failed (%r)" % error
    if why:
        while moment.is_ringing(sys.modules["firmware.app"].running):
            await asyncio.sleep_ms(_WAIT_MS)
    _trial().settle(start, why)
    for name in ("trial", "firmware.update.proof", "firmware.update.moment"):
        sys.modules.pop(name, None)


def _trial():
    return __import__("trial")


async def _wrong(puck):
    """What is worse than before the update, in words; "" nothing is."""
    had, was_broken = _before()
    for path in _modules():
        why = _import(path)
        if why:
            return why
        await asyncio.sleep_ms(0)
    for name in broken_entries(puck):
        if name and name not in was_broken:
            return "%s cannot be read any more" % name
        await asyncio.sleep_ms(0)
    if puck.tasks.faults:
        return "a task died; the console said why"
    return await _missing(puck, had)


async def _missing(puck, had):
    for _ in range(_LOOKS):
        has = parts(puck)
        missing = [_name(part) for part in had if part not in has]
        if not missing:
            return ""
        await asyncio.sleep_ms(_LOOK_MS)
    words = "missing since the update: %s; if puck.errors() names it now too, the part has failed"
    return words % ", ".join(missing)


def _name(part):
    return "radio" if part == _RADIO else records.PARTS[part]


def _before():
    try:
        return json.loads(storage.Kept(_BEFORE).load())
    except ValueError:  # nothing was kept: whatever is now is no worse
        return [], []


def _modules():
    """The names of all modules of this slot's archive; none where its files lie loose."""
    folders = [""]
    while folders:
        folder = folders.pop()
        try:
            rows = list(os.ilistdir(_APPLICATION + folder))
        except OSError:
            return
        for name, kind, *_ in rows:
            path = folder + "/" + name
            if kind == 0x4000:
                folders.append(path)
            elif name.endswith(".mpy"):
                inside = path[5:] if path.startswith("/lib/") else path[1:]
                yield inside[:-4].replace("/", ".")


def _import(name):
    """Why that module cannot be imported; "" it can, and is forgotten again with all it brought."""
    had = list(sys.modules)
    try:
        __import__(name)
    except Exception as error:
        return "%s cannot be imported (%r)" % (name, error)
    finally:
        for other in list(sys.modules):
            if other not in had:
                module = sys.modules.pop(other)
                parent, _, last = other.rpartition(".")
                if getattr(sys.modules.get(parent), last, None) is module:
                    delattr(sys.modules[parent], last)
    return ""
