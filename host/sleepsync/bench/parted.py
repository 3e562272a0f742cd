"""A puck that is full of markers is taken back to parts: what is left of them.

Each marker stands where something personal does: in settings, bonds, a night, a clip, what was
deleted or replaced long ago. It must never count a marker as erased that was not there before.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from sleepsync.bench.figure import Figure
from sleepsync.parting import Markers, found
from sleepsync.simulate import put_new_puck, run_puck
from sleepsync.vm import Worker
from sleepsync.world import generate, write_world

_HOURS = 0.1
# Where each lies, and what is looked for: no two are alike, and no code says so.
MARKERS: Markers = {
    "zone": b"QZONEXQ",
    "zone before": b"QOLDZONEXQ",
    "bond's key": b"Qbond-key-of-a-phoneXQ",
    "key of addresses": b"Qirk-of-the-puckXQ",
    "consents": b"Qstanding-consentsXQ",
    "alarm": b"Qarmed-alarmXQ",
    "crash line": b"Qcrash-placeXQ",
    "night": b"Qrecord-of-a-nightXQ",
    "night that was deleted": b"Qrecord-long-deletedXQ",
    "clip": b"Qvoice-in-a-clipXQ",
    "clip's name": b"qname-of-a-clipxq",
    "memory over a reset": b"Qtail-of-a-nightXQ",
}
_PLANT = """
import os
import machine
from device import Puck as Simulated
simulated = Simulated(folder)
import boot
from hw import storage
from firmware.keep.settings import Settings
storage.mount()
def write(path, marker):
    with open(path, "wb") as file:
        for _ in range(200):
            file.write(marker + bytes(range(40)))
write("/data/00001.night", m["night that was deleted"])
os.remove("/data/00001.night")
write("/data/00002.night", m["night"])
os.mkdir("/data/clips")
write("/data/clips/%s.wav" % m["clip's name"].decode(), m["clip"])
for zone in (m["zone before"], m["zone"]):
    Settings(storage.Settings()).set("zone", "<%s>0" % zone.decode())
storage.bonds()[0].save(m["bond's key"])
storage.bonds()[-1].save(m["key of addresses"])
storage.Kept("standing").save(m["consents"])
storage.Kept("alarm").save(m["alarm"])
boot.start.record(m["crash line"].decode())
machine.RTC().memory(m["memory over a reset"])
simulated.keep()
result = 0
"""
_SPOIL = """
from device import Puck as Simulated
simulated = Simulated(folder)
from esp32 import NVS
nvs = NVS("puck")
nvs.set_i32("bad", 9)
nvs.commit()
simulated.keep()
result = 0
"""


def figures() -> Iterator[Figure]:
    """Markers that were planted, found before, and found after the erasing."""
    with tempfile.TemporaryDirectory(prefix="sleepsync-") as name:
        before, after = erased(Path(name))
    yield Figure("faults.markers_planted", len(MARKERS), "markers", f">={len(MARKERS)}")
    are_there = sum(count > 0 for count in before.values())
    yield Figure("faults.markers_found_before_erase", are_there, "markers", f"={len(MARKERS)}")
    are_left = sum(count > 0 for count in after.values())
    yield Figure("faults.markers_found_after_erase", are_left, "markers", "=0")


def erased(folder: Path) -> tuple[dict[str, int], dict[str, int]]:
    """How often each marker is found on a puck in `folder`, before and after its dismantling."""
    write_world(generate(3, hours=_HOURS), folder)
    plant(folder)
    before = found(MARKERS, everything(folder))
    words = ["5:import puck", "6:puck.dismantle('erase')"]
    run_puck(folder, restarts=2, type=words, until_us=60_000_000)
    return before, found(MARKERS, everything(folder))


def plant(folder: Path, instead: Markers | None = None) -> None:
    """Put a puck full of MARKERS, but for what is given `instead`, into a world's folder."""
    put_new_puck(folder)
    with Worker() as vm:
        given = {"folder": str(folder), "m": MARKERS | (instead or {})}
        vm.call("snippet:run", _PLANT, given)


def spoil(folder: Path) -> None:
    """Let its next start be safe mode, after bad ones."""
    with Worker() as vm:
        vm.call("snippet:run", _SPOIL, {"folder": str(folder)})


def everything(folder: Path) -> bytes:
    """All that the puck of a folder remembers: its flash, and what outlives a reset."""
    kept = folder / "puck"
    return b"".join(path.read_bytes() for path in sorted(kept.glob("*.bin")))
