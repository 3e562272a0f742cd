"""A whole puck in a short world: run for as long as a test says, in the VM of the test."""

from sleepsync.paths import records
from sleepsync.reading import read_journal
from sleepsync.simulate import journals, put_new_puck

HOURS = 0.15  # of the fixture `short_world`

# Given `folder`, `missing`, `lost_time`: the simulated parts, the board's wires, boot.py run.
TABLE = """
import asyncio
import time
from clock import clock
from hw import board, pins, storage
from device import Puck as Simulated
from table import table

simulated = Simulated(folder, 0, lost_time, missing)
parts = simulated.parts
import boot

def get_up(_):
    raise KeyboardInterrupt

def go_on(seconds):
    clock.at(clock.us + seconds * 1000000, lambda: clock.schedule_own(get_up, None))
    try:
        asyncio.run(puck.run())
    except KeyboardInterrupt:
        pass

def told(part):
    found = []
    for kind, record in puck.journal.replay():
        if kind is records.EVENT and kind.unpack(record).part == part:
            found.append(kind.unpack(record).kind)
    return found
"""
START = """
from firmware import records
from firmware.app import Puck
storage.mount()
puck = Puck(boot.start)
"""


def in_the_vm(run_in, folder, source, missing=(), lost_time=False):
    """`result` of lines with the puck of `folder`; START makes it, `puck.open()` begins."""
    given = {"folder": str(folder), "missing": list(missing), "lost_time": lost_time}
    return run_in(TABLE + source, **given)


def read(folder):
    """(epochs, events) of the last night in `folder`."""
    found = read_journal(journals(folder)[-1])
    assert found.damaged_bytes == found.broken_seals == 0
    return found.of(records.EPOCH), found.of(records.EVENT)


def lend(world, folder):
    """The files of a world, in another folder, where a puck may keep its own."""
    for path in world.iterdir():
        (folder / path.name).symlink_to(path)
    put_new_puck(folder)
    return folder
