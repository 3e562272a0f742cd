"""The application on a board that runs MicroPython already, by mpremote: for daily work.

It must never touch anything but slot a, what starts it (archive.py, boot.py, main.py, trial.py),
and which slot NVS names.
"""

import hashlib
import re
import time
from pathlib import Path

from sleepsync.build.slot import MANIFEST, SLOT

from .errors import FlashError
from .flash_map import FlashMap
from .remote import AGAIN, mpremote

_PARTITIONS = """
from esp32 import Partition
for _, _, offset, size, name, _ in [found.info() for found in Partition.find(Partition.TYPE_DATA)]:
    print(name, hex(offset), hex(size))
"""
# The archive that is replaced must be imported from no more; where none is mounted, umount says so.
_REMOVE = """
import os, vfs
try:
    vfs.umount("/application")
except OSError:
    pass
def remove(folder):
    for name, kind, *_ in os.ilistdir(folder):
        path = folder + "/" + name
        remove(path) if kind == 0x4000 else os.remove(path)
    os.rmdir(folder)
if "{slot}" in os.listdir():
    remove("{slot}")
os.mkdir("{slot}")
"""
_NAME_SLOT = """
import os
from esp32 import NVS
if "b" in os.listdir() and "kept" in os.listdir("b"):
    os.remove("b/kept")
nvs = NVS("puck")
for key in ("trial", "slot"):
    nvs.set_i32(key, 0)
nvs.commit()
"""
_SELFTEST = "import puck; puck.selftest()"
_RESTART_S = 5.0  # until a chip's own USB is back and boot.py has run; from memory: check


def copy(port: str, tree: Path, which: FlashMap) -> int:
    """Replace the application of the board at `port` by `tree`, compare, reset; files copied.

    Raises FlashError if the board does not have our partition table, or a file differs.
    """
    _check_partitions(mpremote(port, "exec", _PARTITIONS), which)
    mpremote(port, "exec", _REMOVE.format(slot=SLOT))
    paths = [path for path in tree.rglob("*") if path.is_file()]
    manifest = tree / SLOT / MANIFEST
    first = sorted(path for path in tree.iterdir() if path.is_file())
    inside = sorted(path for path in (tree / SLOT).iterdir() if path != manifest)
    mpremote(port, "cp", *map(str, first), ":./")
    mpremote(port, "cp", "-r", *map(str, inside), f":./{SLOT}/")
    _compare(port, tree, [path for path in paths if path != manifest])
    mpremote(port, "cp", str(manifest), f":{SLOT}/{MANIFEST}")  # boot.py takes no slot without
    _compare(port, tree, [manifest])
    mpremote(port, "exec", _NAME_SLOT)
    mpremote(port, "reset")
    return len(paths)


def selftest(port: str) -> str:
    """What `puck.selftest()` says on the board at `port`, which has just been restarted.

    The firmware stops for it, so it is started again afterwards. Raises FlashError if the
    test cannot run.
    """
    time.sleep(_RESTART_S)
    said = mpremote(port, "exec", _SELFTEST)
    mpremote(port, "reset")
    return said


def _check_partitions(said, which):
    found = said.splitlines()
    wanted = {
        name: f"{name} {which.partitions[name].offset:#x} {which.partitions[name].bytes:#x}"
        for name in which.promised
    }
    missing = [name for name, line in wanted.items() if line not in found]
    if missing:
        raise FlashError(
            f"board: its partition table has no {' and no '.join(missing)} as the flash map has it "
            f"(it says {', '.join(found)}); flash it once without --copy"
        )


def _compare(port, tree, paths):
    """What the board holds of these files, by its own SHA-256, is what the tree holds."""
    names = [path.relative_to(tree).as_posix() for path in paths]
    said = mpremote(port, "sha256sum", *(f":{name}" for name in names))
    found = re.findall(r"^[0-9a-f]{64}$", said, re.MULTILINE)
    wanted = [hashlib.sha256(path.read_bytes()).hexdigest() for path in paths]
    if found != wanted:
        wrong = [
            name for name, *sums in zip(names, found, wanted, strict=False) if len(set(sums)) > 1
        ]
        raise FlashError(f"{port}: {', '.join(wrong) or 'a file'} is not what was sent; {AGAIN}")
