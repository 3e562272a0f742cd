"""The area `board`: what the application takes of a real board, and how the puck gets up again."""

import ast
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from sleepsync.bench.figure import Figure
from sleepsync.boards import REFERENCE
from sleepsync.build import build
from sleepsync.build.slot import SLOT
from sleepsync.flash import fill, flash_map
from sleepsync.paths import ROOT, records
from sleepsync.reading import read_journal
from sleepsync.simulate import journals, run_puck
from sleepsync.world import generate, write_world

SAFE_MODE_BYTES = 64 * 1024  # all that it loads, since it must run when the rest cannot
_SAFE_MODE = "firmware.safe"
_HELD_FROM_S = 60
_HOURS = 0.1


def figures() -> Iterator[Figure]:
    """Every figure of the board; some seconds. Those of code are in the area `night`."""
    for one in fill.fills(build(REFERENCE), flash_map()):
        if not one.name.startswith("code"):
            name = re.sub("[ ,]+", "_", one.name)
            yield Figure(f"board.bytes.{name}", one.used, "B", f"<={one.budget}")
    yield Figure("board.safe_mode_bytes", safe_mode_bytes(), "B", f"<={SAFE_MODE_BYTES}")
    yield Figure("board.held_to_restart_s", _held_to_restart_s(), "s", "<=45")


def safe_mode_bytes() -> int:
    """Bytes of code that safe mode loads, those apart that start the puck."""
    slot = build(REFERENCE) / SLOT
    return sum((slot / _path(slot, name)).stat().st_size for name in safe_mode_modules())


def safe_mode_modules() -> set[str]:
    """The modules of ours that safe mode imports, itself included."""
    slot = build(REFERENCE) / SLOT
    found: set[str] = set()
    waiting = [_SAFE_MODE]
    while waiting:
        name = waiting.pop()
        if name not in found and _path(slot, name):
            found.add(name)
            waiting += _imports(_path(slot, name).with_suffix(".py"))
    return found


def _path(slot, name):
    """Where a module lies in a slot, or None if it is MicroPython's own."""
    path = Path(*name.split(".")).with_suffix(".mpy")
    return next((p for p in (path, Path("lib") / path) if (slot / p).exists()), None)


def _imports(source):
    if not (ROOT / source).exists():  # what the build writes imports nothing of ours
        return
    for node in ast.parse((ROOT / source).read_text()).body:  # those of functions wait to be called
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield str(node.module)
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _held_to_restart_s():
    """From the moment that the button goes down until the puck is up again."""
    with tempfile.TemporaryDirectory(prefix="sleepsync-") as name:
        write_world(generate(1, _HOURS), Path(name))
        run_puck(Path(name), restarts=1, press=f"{_HELD_FROM_S}:{_HELD_FROM_S * 1000}")
        told = read_journal(journals(Path(name))[-1]).of(records.EVENT)
    (up_ms,) = [event.t_ms for event in told if event.kind == records.START and event.value]
    return up_ms / 1000 - _HELD_FROM_S
