"""The application on a board that runs MicroPython already, by mpremote: for daily work.

It must never touch anything but boot.py, main.py and slot a.
"""

import hashlib
import re
import subprocess
import sys
from pathlib import Path

from sleepsync.build.slot import SLOT

from .errors import FlashError
from .flash_map import FlashMap

# `info()` is (type, subtype, offset, size, label, encrypted).
_PARTITIONS = (
    "from esp32 import Partition as P\n"
    "print([i[4] + ' ' + hex(i[2]) + ' ' + hex(i[3])"
    " for i in [p.info() for p in P.find(P.TYPE_DATA)]])"
)
_REMOVE = (
    "import os\n"
    "def f(p):\n"
    " for n, k, *_ in os.ilistdir(p):\n"
    "  q = p + '/' + n\n"
    "  f(q) if k == 0x4000 else os.remove(q)\n"
    " os.rmdir(p)\n"
    "if '{slot}' in os.listdir(): f('{slot}')"
)
_SELFTEST = "import puck; puck.selftest()"
_AGAIN = "look at the cable, and whether the board runs MicroPython and nothing else holds the port"


def copy(port: str, tree: Path, which: FlashMap) -> int:
    """Replace the application of the board at `port` by `tree`, compare, reset; files copied.

    Raises FlashError if the board does not have our partition table, or a file differs.
    """
    _check_partitions(_mpremote(port, "exec", _PARTITIONS), which)
    _mpremote(port, "exec", _REMOVE.format(slot=SLOT))
    _mpremote(port, "cp", "-r", *map(str, sorted(tree.iterdir())), ":./")
    _compare(port, tree)
    _mpremote(port, "reset")
    return sum(path.is_file() for path in tree.rglob("*"))


def selftest(port: str) -> str:
    """What `puck.selftest()` says on the board at `port`. Raises FlashError if it cannot run."""
    return _mpremote(port, "exec", _SELFTEST)


def _mpremote(port, *words):
    """What mpremote prints; it takes the REPL as it is, without another start of the firmware."""
    argv = [sys.executable, "-m", "mpremote", "connect", port, "resume", *words]
    done = subprocess.run(argv, capture_output=True, text=True)
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines() or ["nothing"]
        raise FlashError(f"{port}: mpremote {words[0]} says: {lines[-1]}; {_AGAIN}")
    return done.stdout


def _check_partitions(said, which):
    missing = [
        name
        for name in which.promised
        if f"'{name} {which.partitions[name].offset:#x} {which.partitions[name].bytes:#x}'"
        not in said
    ]
    if missing:
        raise FlashError(
            f"board: its partition table has no {' and no '.join(missing)} as the flash map has it "
            f"(it says {said.strip()}); flash it once without --copy"
        )


def _compare(port, tree):
    """What the board holds, by its own SHA-256, is what the tree holds."""
    paths = sorted(path for path in tree.rglob("*") if path.is_file())
    names = [path.relative_to(tree).as_posix() for path in paths]
    said = _mpremote(port, "sha256sum", *(f":{name}" for name in names))
    found = re.findall(r"^[0-9a-f]{64}$", said, re.MULTILINE)
    wanted = [hashlib.sha256(path.read_bytes()).hexdigest() for path in paths]
    if found != wanted:
        wrong = [
            name for name, *sums in zip(names, found, wanted, strict=False) if len(set(sums)) > 1
        ]
        raise FlashError(f"{port}: {', '.join(wrong) or 'a file'} is not what was sent; {_AGAIN}")
