"""Breaches in the puck's own code: what is given away by the journal of a puck that breaks rules.

Each (changes.toml) is a line of the firmware that says something else, in a copy of what the
desktop's VM runs, by which the night of `hw/sim/ledger_night.py` is run. It must never touch the
tree that explains.
"""

import shutil
import subprocess
import tomllib
from dataclasses import dataclass
from pathlib import Path

from sleepsync import scenes, vm
from sleepsync.build import build
from sleepsync.paths import ROOT

_PROGRAM = """
import sys, scheduler
scheduler.install()
import ledger_night
ledger_night.make(sys.argv[1])
"""


@dataclass(frozen=True)
class Change:
    """In `source` stands `old` once, and becomes `new`."""

    name: str
    source: str
    old: str
    new: str


def _changes() -> tuple[Change, ...]:
    text = Path(__file__).with_name("changes.toml").read_text()
    return tuple(Change(**each) for each in tomllib.loads(text)["change"])


CHANGES = _changes()


def run(change: Change | None, folder: Path) -> list[Path]:
    """The journals of the nights that a puck with that change keeps in `folder`, which is new.

    ValueError if the line is not there once; VmError if that puck does not run.
    """
    tree, nights = folder / "tree", folder / "nights"
    shutil.copytree(build("unix"), tree)
    nights.mkdir(parents=True)
    if change:
        _put(tree, change)
    argv, env = vm.command("-c", _PROGRAM, str(nights))
    env["MICROPYPATH"] = ":".join([*map(str, (tree / "hw" / "sim", tree, tree / "lib")), ".frozen"])
    # Not from here, for -c would take the repository's own sources before that tree's.
    ended = subprocess.run(argv, env=env, cwd=nights, capture_output=True, text=True)
    if ended.returncode:
        raise vm.VmError(f"{change}: {ended.stderr[-500:]}{ended.stdout[-500:]}")
    return sorted(nights.glob("*.night"))


def _put(tree: Path, change: Change) -> None:
    is_scene = change.source.startswith(scenes.SCENES)
    text = ((ROOT if is_scene else tree) / change.source).read_text()
    if text.count(change.old) != 1:
        raise ValueError(f"{change.source} has changed: {change.old!r} stands there not once")
    put(tree, {change.source: text.replace(change.old, change.new)})


def put(tree: Path, texts: dict[str, str]) -> None:
    """Write `texts` over what a VM's `tree` holds, by source; scenes as what they become."""
    told = {source: text for source, text in texts.items() if source.startswith(scenes.SCENES)}
    made = scenes.modules(scenes.gathered(instead=told)) if told else {}
    for source, text in {**texts, **made}.items():
        path = tree / source
        if source not in told:
            path.unlink()
            path.write_text(text)
