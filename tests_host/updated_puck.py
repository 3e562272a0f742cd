"""Two versions of a puck for tests of updates: what a flash holds, and slots to be sent."""

import hashlib
import json
import shutil

from changed_puck import flash, put
from sleepsync.build import SIMULATED, build
from sleepsync.build.slot import MANIFEST, manifest, packed
from sleepsync.boards import REFERENCE
from sleepsync.paths import ROOT

NEW = "0.2.0"


def tree_of(folder, slots=("a",)):
    """A loose tree of a simulated puck, to be changed, in `folder`."""
    tree = folder / "tree"
    shutil.rmtree(tree, ignore_errors=True)
    shutil.copytree(build(SIMULATED), tree)
    for slot in slots:
        if slot != "a":
            shutil.copytree(tree / "a", tree / slot)
    return tree


def changed(tree, slot, changes=(), removed=(), **told):
    """Change sources {path: (old, new)} of a slot, and what its manifest tells."""
    for source, (old, new) in dict(changes).items():
        text = (ROOT / source).read_text()
        assert old in text, f"{source} has changed: {old!r} is not there"
        put(tree, source, text.replace(old, new, 1), slot)
    for path in removed:
        (tree / slot / path).unlink()
    described = json.loads(manifest(tree / slot, REFERENCE))
    (tree / slot / MANIFEST).write_text(json.dumps(described | told))


def slot_to_send(folder, changes=(), removed=(), **told):
    """A folder with the two files of a slot of version NEW, changed; `told` replaces lines of its
    manifest.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tree = tree_of(folder)
    changed(tree, "a", changes, removed)
    there = packed(tree) / "a"
    said = json.loads((there / MANIFEST).read_text()) | {"version": NEW} | told
    (there / MANIFEST).write_text(json.dumps(said, indent=1))
    return there


def on_trial(folder, slot, run_in):
    """A new puck in `folder` whose slot b is what lies in `slot`, to be tried at its next start."""
    tree = tree_of(folder)
    to = packed(tree)
    shutil.copytree(slot, to / "b", dirs_exist_ok=True)
    flash(folder, to)
