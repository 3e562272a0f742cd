"""Makes room for the night that runs: the oldest ones go. Loaded for its moment, and forgotten.

It must never drop the night that runs nor anything that is no night: clips were chosen, alarms lie
elsewhere. It must never drop one because the flash is failing.
"""

import os

from micropython import const

from firmware.keep import journal

NIGHTS = const(31)  # that are kept, the one that runs included: hw/flash_map.toml's
_ENOSPC = const(28)
# Blocks that are free, and more than a batch ever needs: where littlefs finds no room all the same
# the flash is failing. A full one may count more blocks that are used than there are, and then
# says a number past all bounds.
_ROOM = range(8, 4096)


def make(folder: str, running: int, error) -> list:
    """Drop nights, oldest first: one for a batch that was refused with `error`, if that says that
    there is no room; without an `error` so many that a new night is one of NIGHTS. Their numbers.
    """
    older = sorted([night for night in journal.nights(folder) if night < running])
    if not error:
        older = older[: max(0, len(older) - NIGHTS + 1)]
    elif error.args[0] != _ENOSPC or os.statvfs(folder)[3] in _ROOM:
        older = []
    else:
        older = older[:1]
    for night in older:
        os.remove(journal.path(folder, night))
        print("journal: night %d made room" % night)
    return older
