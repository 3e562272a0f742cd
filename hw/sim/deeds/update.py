"""An update under power cuts: a slot is written, verified, tried, and kept or taken back.

The new version is small, so that all of it can be cut; boot.py and trial.py are the puck's own.
"""

import json
import os
import sys
from binascii import crc32, hexlify
from hashlib import sha256

import machine
from clock import clock
from deeds.deed import Deed, demand
from table import table

_RESET, _POWER_ON = 2, 1  # of machine.reset_cause
_NEW = "0.2.0"
_PIECE_BYTES = 4096
_FILES = {"firmware/mark.mpy": bytes(range(256)) * 40, "lib/other.mpy": b"other" * 300}
_WHY = "a part is missing"


class Kept(Deed):
    """The new version proves itself, and is kept."""

    why = ""

    def prepare(self):
        """Slot b holds another version already, which has been kept once and is whole."""
        old = _manifest("0.0.9", _archive({"lib/old.mpy": b"old" * 700}))
        bring(*old)
        with _slots() as its:
            for _ in its.verify():
                pass
            os.rename("/b/manifest.next", "/b/manifest.json")
        self._a = _digest("/a/application.archive"), _digest("/a/manifest.json")

    def act(self):
        """All of it."""
        self.is_over = False
        update()
        start = boot(_RESET)
        demand(start.trial == "b", "it is not on trial, but", start.slot, start.told)
        _until_reset(lambda: _trial().settle(start, self.why))
        self.is_over = True

    def check(self):
        """A whole version runs; which one, the verdict tells; the update goes on from here."""
        demand(
            (_digest("/a/application.archive"), _digest("/a/manifest.json")) == self._a, "slot a"
        )
        start = boot(_POWER_ON)
        verdict = _trial().outcome()
        if self.is_over:
            self._check_verdict(verdict)
        demand(start.trial in ("", "b"), "on trial is", start.trial)
        runs = start.trial or ("b" if _trial().is_kept(verdict) and not self.why else "a")
        demand(start.slot == runs, start.slot, "runs and not", runs, "after", verdict)
        if start.slot == "b":
            demand(_is_new(), "what runs is not what was sent")
        else:
            update()
            demand(boot(_RESET).trial == "b", "it cannot be updated any more")
        again = boot(_POWER_ON)
        demand(again.slot in "ab", "it starts once only")

    def _check_verdict(self, verdict):
        demand(_trial().is_kept(verdict) != bool(self.why), "the verdict is", verdict)
        demand(("kept" in os.listdir("/b")) != bool(self.why), "what is kept without NVS")


class TakenBack(Kept):
    """It does not, and is taken back."""

    why = _WHY

    def _check_verdict(self, verdict):
        super()._check_verdict(verdict)
        demand("manifest.json" not in os.listdir("/b"), "what was taken back could start again")


def update() -> None:
    """Bring the new version, as far as it is not there, and start it on trial."""
    new = _manifest(_NEW, _archive(_FILES))
    with _slots() as its:
        state = its.state()
        if state["manifest"] != _hex(new[0]) or state["stage"] not in ("accepted", "whole"):
            bring(*new)
        elif state["stage"] == "accepted":
            _bring_archive(its, new[1], state["bytes"])
        for _ in its.verify():
            pass
        demand(_is_new(), "what was verified is not what was sent")
        _until_reset(its.attempt)


def bring(manifest: bytes, archive: bytes) -> None:
    """A manifest and its archive, from the first byte on."""
    with _slots() as its:
        at = 0
        while at < len(manifest):
            at = its.write("manifest.json", at, manifest[at : at + _PIECE_BYTES])
        its.accept(_hex(manifest))
        _bring_archive(its, archive, 0)


def boot(cause: int):
    """What boot.py finds when it starts for that cause; it starts anew where it resets itself."""
    for _ in range(3):
        table.reset_cause = cause
        start = _boot_once()
        if start:
            return start
        cause = _RESET
    demand(False, "boot.py resets again and again")
    return None


def _boot_once():
    """Its `start`, or None if it has reset the puck."""
    path, names = list(sys.path), {"__name__": "boot", "print": _nothing}
    with open("/boot.py") as file:
        source = file.read()
    was_reset = _until_reset(lambda: exec(source, names))
    _forget_application(path)
    return None if was_reset else names["start"]


class _slots:
    """The puck's own Slots, as at its prompt."""

    def __enter__(self):
        from firmware.update.slots import Slots

        return Slots(_Start(), None)

    def __exit__(self, *_):
        pass


class _Start:
    slot, trial = "a", ""


def _bring_archive(its, archive, at):
    while at < len(archive):
        at = its.write("application.archive", at, archive[at : at + _PIECE_BYTES])


def _nothing(*_):
    """It is said thousands of times."""


def _until_reset(action):
    """Whether `action` has reset the puck; then nothing of it goes on."""
    try:
        action()
    except SystemExit:
        return True
    finally:
        _stop_watchdog()
    return False


def _stop_watchdog():
    if machine.WDT._bite:
        clock.cancel(machine.WDT._bite)
        machine.WDT._bite = None


def _forget_application(path):
    import vfs

    sys.path[:] = path
    for name in ("archive", "trial"):
        sys.modules.pop(name, None)
    for _, where in vfs.mount():
        if where == "/application":
            vfs.umount(where)


def _trial():
    return __import__("trial")


def _manifest(version, archive):
    """(manifest, archive) of a version: that of slot a, but for its files."""
    with open("/a/manifest.json") as file:
        told = json.load(file)
    files = dict(_parts(archive))
    told.update(version=version, bytes=len(archive), archive=_hex(archive))
    told["files"] = {name: _hex(content) for name, content in files.items()}
    return json.dumps(told).encode(), archive


def _archive(files):
    lines, at = [""], 0
    for name in sorted(files):
        lines.append("%s %d %d" % (name, at, len(files[name])))
        at += len(files[name])
    lines.append("")
    index = "\n".join(lines).encode()
    body = b"".join([files[name] for name in sorted(files)])
    rest = len(index).to_bytes(4, "little") + index + body
    return b"SSA1" + crc32(rest).to_bytes(4, "little") + rest


def _parts(archive):
    size = int.from_bytes(archive[8:12], "little")
    for line in archive[12 : 12 + size].decode().split("\n"):
        if line:
            name, at, length = line.split(" ")
            at = 12 + size + int(at)
            yield name, archive[at : at + int(length)]


def _is_new():
    return _digest("/b/application.archive") == _hex(_archive(_FILES))


def _digest(path):
    with open(path, "rb") as file:
        return _hex(file.read())


def _hex(content):
    return hexlify(sha256(content).digest()).decode()
