"""Writes the slot that does not run, verifies it, and has it tried: over USB and over the air.

Loaded for an update and forgotten. It must never touch the slot that runs, and never have a slot
tried that it has not read back from the flash, file by file, as its manifest says. Whatever breaks
off goes on where it was: the manifest comes first, under another name, and the archive grows.
docs/update.md tells the order of things, and why power may be lost at each of them.
"""

import json
import os
import sys
from binascii import hexlify
from hashlib import sha256

from micropython import const

from firmware.update import checks, moment, proof
from hw import storage

MANIFEST, ARCHIVE = "manifest.json", "application.archive"
_PART = "manifest.part"  # it comes
_NEXT = "manifest.next"  # it will do, and its archive comes
_NAMES = {MANIFEST: _PART, ARCHIVE: ARCHIVE}  # under which what comes lies
_STAGES = {_PART: "offered", _NEXT: "accepted", MANIFEST: "whole"}
_MOST_BYTES = {MANIFEST: 32 << 10, ARCHIVE: 320 << 10}  # hw/flash_map.toml
_CHUNK_BYTES = const(1024)
_SLICE = const(8)  # chunks that are read at once
_SPARE_BYTES = const(32 << 10)  # of the file system


class WrongOffset(Exception):
    """What comes is to go on at byte `args[0]`."""


class Slots:
    """`start`: boot.py's. `puck`: what runs, or ran last, as `moment` has it."""

    def __init__(self, start, puck):
        if start.slot not in ("a", "b"):
            raise ValueError("the firmware is frozen into MicroPython: flash the puck anew")
        self._start, self._puck = start, puck
        self.name = "b" if start.slot == "a" else "a"
        self._folder = "/%s/" % self.name
        self._is_sound = False  # it was read back

    def state(self) -> dict:
        """What runs and what lies in the other slot: {"slot", "version", "board", "mpy", "boot",
        "to", "manifest" (SHA-256 of the one that has come, or ""), "stage" (of that: "" none,
        "offered", "accepted", "whole"), "bytes" (of its archive), "not_now" (why, or ""), "told"
        (the latest outcome), "trial" (whether one is on)}.
        """
        runs, trial = self._running(), _trial()
        manifest = self._manifest()
        return {
            "slot": self._start.slot,
            "version": runs["version"],
            "board": runs["board"],
            "mpy": checks.mpy(),
            "boot": trial.VERSION,
            "to": self.name,
            "manifest": _sum(self._folder + manifest),
            "stage": _STAGES.get(manifest, ""),
            "bytes": _size(self._folder + ARCHIVE),
            "not_now": moment.begins(self._puck, storage.Kept("alarm").load()),
            "told": trial.outcome(),
            "trial": bool(self._start.trial),
        }

    def write(self, name: str, offset: int, data) -> int:
        """Write a piece of MANIFEST or ARCHIVE behind what is there; the next offset. ValueError
        for what will not do, WrongOffset if there is more or less.
        """
        self._check_moment(moment.begins)
        self._is_sound = False
        path = self._folder + _NAMES[name]
        has = _size(path)
        if name == ARCHIVE and not self._is_accepted():
            raise ValueError("its manifest comes first")
        if offset != has and (offset or name == ARCHIVE):
            raise WrongOffset(has)
        if offset + len(data) > _MOST_BYTES[name]:
            raise ValueError("%s may have %d bytes at most" % (name, _MOST_BYTES[name]))
        _make(self.name)
        with open(path, "ab" if offset else "wb") as file:
            file.write(data)
        return offset + len(data)

    def accept(self, digest: str) -> None:
        """The manifest has come, with that SHA-256: make room for what it describes. ValueError
        with the remedy if it will not do; then the slot is as it was.
        """
        self._check_moment(moment.begins)
        path = self._folder + _PART
        if _sum(path) != digest:
            _remove(path)
            raise ValueError("the manifest came damaged; update again")
        told = _read(path)
        try:
            checks.check(told, self._running())
        except ValueError:
            _remove(path)
            raise
        self._check_room(told["bytes"])
        # In this order: beside a manifest lies its own archive, or none.
        _remove(self._folder + ARCHIVE)
        for name in os.listdir(self._folder):
            if name not in (_PART, MANIFEST):
                _remove_all(self._folder + name)
        _remove(self._folder + MANIFEST)
        os.rename(path, self._folder + _NEXT)

    def verify(self):  # noqa: ANN201 (a generator)
        """Read everything back, in slices. ValueError with the remedy if it is not what its
        manifest says: then the archive is to come anew.
        """
        told = _read(self._folder + self._manifest())
        checks.check(told, self._running())
        try:
            yield from self._verify_archive(told)
        except (OSError, ValueError) as error:
            _remove(self._folder + ARCHIVE)
            raise ValueError("what came is damaged (%s); update again" % error) from None
        self._is_sound = True

    def attempt(self) -> None:
        """Start anew, with the slot that was verified on trial. ValueError if not now."""
        self._check_moment(moment.restarts)
        if not self._is_sound:
            raise ValueError("it was not read back; update again")
        if self._is_accepted():
            os.rename(self._folder + _NEXT, self._folder + MANIFEST)
        if self._puck:
            proof.keep(self._puck)
        journal = getattr(self._puck, "journal", None)
        if journal:
            journal.flush()
        _trial().begin(self.name)

    def _verify_archive(self, told):
        digest = sha256()
        with open(self._folder + ARCHIVE, "rb") as file:
            for i, chunk in enumerate(_chunks(file)):
                digest.update(chunk)
                if i % _SLICE == 0:
                    yield
        if _hex(digest) != told["archive"]:
            raise ValueError("its archive has another sum")
        yield
        from archive import Archive

        archive = Archive(self._folder + ARCHIVE)
        files = dict(told["files"])
        for name in archive.names():
            with archive.open(name, "rb") as file:
                if _hex(sha256(file.read())) != files.pop(name, ""):
                    raise ValueError("%s is another file" % name)
            yield
        if files:
            raise ValueError("%s is missing" % ", ".join(files))

    def _check_moment(self, asked):
        why = "an update is on trial" if self._start.trial else ""
        why = why or asked(self._puck, storage.Kept("alarm").load())
        if why:
            raise ValueError(why)

    def _check_room(self, size):
        stat = os.statvfs("/")
        free = stat[0] * stat[3] + _size(self._folder + ARCHIVE)
        if free < size + _SPARE_BYTES:
            raise ValueError("its archive of %d bytes has no room; delete what is yours" % size)

    def _manifest(self):
        """The name of the newest manifest that has come."""
        for name in (_PART, _NEXT, MANIFEST):
            if _is_there(self._folder + name):
                return name
        return ""

    def _is_accepted(self):
        return self._manifest() == _NEXT

    def _running(self):
        return _read("/%s/%s" % (self._start.slot, MANIFEST))


def of_prompt() -> Slots:
    """For whoever sits at MicroPython's prompt, after what ran was interrupted."""
    found = [sys.modules.get(name) for name in ("firmware.app", "firmware.safe")]
    found = [module.latest for module in found if module and module.latest]
    return Slots(__import__("__main__").start, found[0] if found else None)


def _trial():
    return __import__("trial")


def _read(path):
    """A manifest. ValueError if there is none."""
    try:
        with open(path) as file:
            return json.load(file)
    except (OSError, ValueError):
        raise ValueError("%s cannot be read; update again" % path) from None


def _chunks(file):
    chunk = memoryview(bytearray(_CHUNK_BYTES))
    size = file.readinto(chunk)
    while size:
        yield chunk[:size]
        size = file.readinto(chunk)


def _sum(path):
    """The SHA-256 of a file, in hex; "" if there is none."""
    digest = sha256()
    try:
        with open(path, "rb") as file:
            for chunk in _chunks(file):
                digest.update(chunk)
    except OSError:
        return ""
    return _hex(digest)


def _hex(digest):
    return hexlify(digest.digest()).decode()


def _is_there(path):
    try:
        os.stat(path)
    except OSError:
        return False
    return True


def _size(path):
    try:
        return os.stat(path)[6]
    except OSError:
        return 0


def _make(folder):
    if folder not in os.listdir("/"):
        os.mkdir("/" + folder)


def _remove(path):
    if _is_there(path):
        os.remove(path)


def _remove_all(path):
    """A file, or a folder of loose ones."""
    if os.stat(path)[0] != 0x4000:
        os.remove(path)
        return
    for name in os.listdir(path):
        _remove_all(path + "/" + name)
    os.rmdir(path)
