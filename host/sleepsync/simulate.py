"""A night on the simulated puck: from a sleeper's world to the puck's journal.

A night's folder holds the world (what reached the sensors), `puck/` (what the puck
kept), `emitted/` (what was seen, heard and felt), `run.json` (what the run cost), and
in the end the report.
"""

import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from sleepsync import vm
from sleepsync.boards import REFERENCE
from sleepsync.flash import started_flash_image
from sleepsync.world import Sleeper, write_world

Progress = Callable[[float], None]
Say = Callable[[str], None]

_WORLD_SHARE = 0.15  # of a run's time goes into making the world
_MOST_ARGUMENT_BYTES = 255  # of the VM's
BOOT_US = 1_500_000  # from a reset to the first line of boot.py


def _nothing(_):
    pass


def run_night(
    sleeper: Sleeper,
    folder: Path,
    progress: Progress = _nothing,
    say: Say = _nothing,
    board: str = REFERENCE,
    restarts: int = 0,
    **options: object,
) -> dict:
    """Write `sleeper`'s world into `folder`, run a new puck in it; its figures, and `wall_s`.

    `progress` hears the share done (0-1), `say` what the puck prints; the rest is as
    in `run_puck`.
    """
    started = time.perf_counter()
    for kept in ("puck", "emitted"):
        shutil.rmtree(folder / kept, ignore_errors=True)
    write_world(sleeper, folder, lambda share: progress(share * _WORLD_SHARE))
    rest = 1 - _WORLD_SHARE
    figures = run_puck(
        folder, lambda share: progress(_WORLD_SHARE + share * rest), say, board, restarts, **options
    )
    figures["wall_s"] = round(time.perf_counter() - started, 2)
    (folder / "run.json").write_text(json.dumps(figures, indent=1, sort_keys=True) + "\n")
    return figures


def run_puck(
    folder: Path,
    progress: Progress = _nothing,
    say: Say = _nothing,
    board: str = REFERENCE,
    restarts: int = 0,
    **options: object,
) -> dict:
    """Run the puck in the world of `folder`, on a board's pins, until its night or it ends.

    A puck that is not there yet comes flashed and started once. One that resets itself starts
    again, as it would on a bedside, at most `restarts` times. `options` as in hw/sim/night.py:
    start_us, lost_time, missing, cause, until_us, reset_us, cut_at, taps, fault, press, type; what
    comes several times is a list. Returns how it ended and what it cost, with the number of
    `restarts`. VmError if the firmware fails or restarts more often, ValueError for a fault that
    is not simulated, or a line that cannot be typed.
    """
    put_new_puck(folder, board)
    figures = last = _run_once(folder, board, progress, say, options)
    start_us, count = int(str(options.get("start_us", 0))), 0
    while last["ended"] == "restart":
        count += 1
        if count > restarts:
            raise vm.VmError(f"the puck in {folder} started anew by itself, {count} times")
        start_us += last["lasted_us"] + BOOT_US
        options |= {"start_us": start_us, "cause": last["cause"]}
        last = _run_once(folder, board, progress, say, options)
        figures = _together(figures, last)
    return figures | {"restarts": count}


def put_new_puck(folder: Path, board: str = REFERENCE) -> None:
    """A puck that was flashed and has been tried once, if there is none."""
    flash = folder / "puck" / "flash.bin"
    if not flash.exists():
        flash.parent.mkdir(exist_ok=True)
        flash.write_bytes(started_flash_image(board=board))


def _run_once(folder, board, progress, say, options):
    """The figures of a puck from one start to its end."""
    figures: dict = {}
    pairs = [f"{key}={one}" for key, value in options.items() for one in _listed(value)]
    for pair in pairs:
        if len(pair.encode()) > _MOST_ARGUMENT_BYTES:
            raise ValueError(f"{pair[:40]}... is longer than {_MOST_ARGUMENT_BYTES} bytes")
    for line in vm.lines("night", str(folder), *pairs, board=board):
        kind, _, rest = line.partition(" ")
        if kind == "@progress":
            progress(float(rest))
        elif kind == "@refused":
            raise ValueError(f"{' '.join(pairs)}: {rest}")
        elif kind == "@end":
            figures = json.loads(rest)
        else:
            say(line)
    if not figures:
        raise vm.VmError(f"the night in {folder} did not end; look at what the puck printed")
    return figures


def _together(before: dict, after: dict) -> dict:
    """Figures of two starts in a row: sums, and how the second ended."""
    sums = {key: before[key] + after[key] for key in before if isinstance(before[key], int)}
    charged = {kind: us + after["charged_us"][kind] for kind, us in before["charged_us"].items()}
    return after | sums | {"charged_us": charged, "cause": after["cause"]}


def _listed(value: object) -> list:
    """An option that is given several times is several arguments: the VM's must be short."""
    return value if isinstance(value, list) else [value]


def journals(folder: Path) -> list[Path]:
    """The journals that the puck of `folder` has kept, oldest first."""
    return sorted((folder / "puck").glob("*.night"))
