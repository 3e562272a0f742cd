"""A puck in whose flash something is changed, for tests of what goes wrong there."""

import shutil

from sleepsync.build import SIMULATED, build
from sleepsync.build.compiler import compiled
from sleepsync.build.slot import packed
from sleepsync.flash import flash_map
from sleepsync.flash.images import file_system
from sleepsync.paths import ROOT
from sleepsync.simulate import put_new_puck


def loose(tree):
    """The files of a puck as a developer copies them, one by one."""
    return tree


def change(folder, changes, removed=(), form=packed):
    """Put a new puck into `folder`. `changes`: {source: (what stands there, what it becomes)};
    `removed`: files that are missing from its slot. `form`: how that lies on flash.
    """
    tree = folder / "tree"
    shutil.copytree(build(SIMULATED), tree)
    for source, (old, new) in changes.items():
        text = (ROOT / source).read_text()
        assert old in text, f"{source} has changed: {old!r} is not there"
        put(tree, source, text.replace(old, new))
    for path in removed:
        (tree / path).unlink()
    flash(folder, form(tree))


def flash(folder, tree):
    """Put a puck into `folder` that holds just the files of `tree` on `vfs`."""
    put_new_puck(folder)
    write_partition(folder, "vfs", file_system(tree, flash_map().partitions["vfs"].bytes))


def put(tree, source, text, slot="a"):
    """`text` in place of a source, compiled if it lies in a slot."""
    if source in ("archive.py", "boot.py", "main.py"):
        (tree / source).write_text(text)
    else:
        (tree / slot / source).with_suffix(".mpy").write_bytes(compiled(text, source, "x64"))


def write_partition(folder, label, data):
    """Overwrite a partition of the puck's flash, from its start on."""
    with (folder / "puck" / "flash.bin").open("r+b") as flash:
        flash.seek(flash_map().partitions[label].offset)
        flash.write(data)
