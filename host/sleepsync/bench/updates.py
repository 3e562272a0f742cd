"""Updates, good and bad: for each case a puck that runs one version and is given another.

Both are real: they are built, lie in a flash, and the VM boots from there. A case says what is
done to the new version, or to the puck meanwhile, and what must come of it.
"""

import json
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from sleepsync.bench.figure import Figure
from sleepsync.bench.update_cases import CASES, KEPT, NEW, Case
from sleepsync.build import SIMULATED, build
from sleepsync.build.archive import ARCHIVE
from sleepsync.build.compiler import compiled
from sleepsync.build.slot import MANIFEST, packed
from sleepsync.flash import flash_map
from sleepsync.flash.images import file_system
from sleepsync.paths import ROOT
from sleepsync.simulate import put_new_puck, run_puck
from sleepsync.world import generate, write_world

_HOURS = 0.1
_VERDICT = "(kept|taken back|ValueError): .*"
_SHORT = rf"(?<=kept): .*|(?<=taken back: ){NEW}; .* runs from slot a: "


def outcome(case: Case, folder: Path) -> str:
    """What the puck says of the update in the end."""
    _flash(case, folder)
    said: list[str] = []
    lines = ["3:import puck", *case.types, f"{case.begin_s}:{case.tries}"]
    for number, options in enumerate(case.starts):
        typed = lines if number == 0 else []
        run_puck(folder, say=said.append, restarts=8, type=typed, **options)
    return _verdict(said)


def is_kept(case: Case, said: str) -> bool:
    """Whether that is what must come of it, and the version runs that must."""
    verdict, _, last = said.partition("\n")
    slot = "b" if case.comes == KEPT else "a"
    pattern = re.escape(case.comes).replace(re.escape("..."), ".*")
    return bool(re.match(pattern, verdict)) and f"slot {slot}" in last and "safe" not in last


def world(folder: Path) -> Path:
    """A short world for `outcome`."""
    write_world(generate(3, _HOURS), folder)
    return folder


def figures() -> Iterator[Figure]:
    """How many updates come out as they must."""
    with tempfile.TemporaryDirectory(prefix="sleepsync-") as name:
        there = world(Path(name))
        kept = [is_kept(case, outcome(case, there)) for case in CASES]
    yield Figure("faults.update_outcomes_kept", sum(kept), "cases", f"={len(kept)}")


def _verdict(said: list[str]) -> str:
    told = [found[0] for line in said if (found := re.search(_VERDICT, line))]
    told = [re.sub("^ValueError", "refused", re.sub(_SHORT, "", line)) for line in told]
    starts = [line for line in said if line.startswith("boot ")]
    return "\n".join([*told[-1:], *starts[-1:]])


def new_slot(case: Case, folder: Path) -> Path:
    """A folder with the two files of the new version's slot."""
    slot = _packed(folder, case.changes) / "a"
    told = json.loads((slot / MANIFEST).read_text()) | {"version": NEW} | case.told
    (slot / MANIFEST).write_text(json.dumps(told, indent=1))
    return slot


def _packed(folder, changes):
    """A puck's files as they lie on flash, with these changes in slot a."""
    tree = folder / "tree"
    shutil.rmtree(tree, ignore_errors=True)
    shutil.copytree(build(SIMULATED), tree)
    for source, (old, new) in changes.items():
        text = (ROOT / source).read_text()
        assert old in text, f"{source} has changed: {old!r} is not there"
        path = (tree / "a" / source).with_suffix(".mpy")
        path.write_bytes(compiled(text.replace(old, new, 1), source, "x64"))
    return packed(tree)


def _flash(case, folder):
    """A puck that runs slot a and has the new version in slot b."""
    shutil.rmtree(folder / "puck", ignore_errors=True)
    to = folder / "vfs"
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(_packed(folder, case.old), to)
    shutil.copytree(new_slot(case, folder), to / "b")
    archive = bytearray((to / "b" / ARCHIVE).read_bytes())
    archive[case.harm] ^= bool(case.harm)
    (to / "b" / ARCHIVE).write_bytes(archive)
    put_new_puck(folder)
    vfs = flash_map().partitions["vfs"]
    with (folder / "puck" / "flash.bin").open("r+b") as flash:
        flash.seek(vfs.offset)
        flash.write(file_system(to, vfs.bytes))
