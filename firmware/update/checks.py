"""Whether a slot will do for this puck, by its manifest: before anything is written.

It must never let one in that could not start here, could not read what lies here, or could not be
taken back.
"""

import os
import sys

from micropython import const

from hw import storage

_MPY_BITS = const(0x3FFF)  # version, sub-version, architecture
_NIGHT_END = ".night"
_VERSION_AT = const(2)  # of a journal's first record
_OF_BOOT = "the update needs what starts the puck in version %d, and here is %d; %s"


def mpy() -> int:
    """The `.mpy` files that run here: version, sub-version, architecture."""
    return sys.implementation._mpy & _MPY_BITS  # type: ignore[attr-defined]


def check(told: dict, runs: dict) -> None:
    """ValueError with the remedy if the slot of manifest `told` will not do; `runs`: the manifest
    of what runs.
    """
    try:
        _check_maker(told, runs)
        for name, span in sorted(told["kept"].items()):
            _check_kept(name, span, runs["kept"].get(name, span), lying(name))
    except (AttributeError, KeyError, TypeError):
        raise ValueError("the update's manifest is none; build it anew") from None


def lying(name: str) -> int:
    """The layout in which what lies on the puck under that name was written; 0 nothing does."""
    if name == "records":
        return _of_nights()
    if name == "settings":
        from firmware.keep import settings

        return max([_layout(storage.Settings(), row.name) for row in settings.ROWS])
    names = ["bond%d" % place for place in range(4)] if name == "bonds" else [name]
    return max([(storage.Kept(each).load() or b"\0")[0] for each in names])


def _check_maker(told, runs):
    from trial import VERSION

    if told["board"] != runs["board"]:
        raise ValueError(
            "the update is made for %s, and this is %s; build it for that board"
            % (told["board"], runs["board"])
        )
    if told["mpy"] & _MPY_BITS != mpy():
        raise ValueError("the update needs another MicroPython; flash the puck anew (make flash)")
    if told["boot"] > VERSION:
        raise ValueError(_OF_BOOT % (told["boot"], VERSION, "flash the puck anew (make flash)"))
    if told["boot"] < VERSION:
        raise ValueError(_OF_BOOT % (told["boot"], VERSION, "take a newer update"))


def _check_kept(name, span, before, lies):
    least, most, writes = span
    if lies and not least <= lies <= most:
        raise ValueError(
            "%s on the puck are of layout %d, and the update reads %d to %d; take a newer one"
            % (name, lies, least, most)
        )
    # A night of other records is left as it is, and another one begun (keep/journal.py).
    if name != "records" and writes > before[1]:
        raise ValueError(
            "the update writes %s in layout %d, which what runs now could not read if it is taken "
            "back; install a version between them first" % (name, writes)
        )


def _layout(store, key):
    try:
        return (store.load(key) or b"\0")[0]
    except OSError:  # it cannot be read anyway
        return 0


def _of_nights():
    """The version of the newest night's records."""
    try:
        nights = [name for name in os.listdir(storage.DATA) if name.endswith(_NIGHT_END)]
        if not nights:
            return 0
        with open("%s/%s" % (storage.DATA, max(nights)), "rb") as file:
            return file.read(_VERSION_AT + 1)[_VERSION_AT]
    except (IndexError, OSError):  # nothing is mounted, or it is torn: whoever reads it says so
        return 0
