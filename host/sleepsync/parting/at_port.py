"""The erasing of the puck at a serial port: begun, and followed until it is done.

It must never begin before somebody said so; from then on the puck goes on by itself, whatever
becomes of the cable.
"""

import time
from collections.abc import Iterator

from sleepsync.flash import FlashError
from sleepsync.flash.remote import mpremote
from sleepsync.logs import follow
from sleepsync.ports import PortError

_BEGIN = "from hw import erasing; erasing.mark(erasing.ERASING)"
_TOLD = "parting: "
_DONE = ("nothing personal is left", "deleted and written over")
_FAILED = "NOT everything is gone"
_LAMP = "plain lamp: "
_BACK_S = 15.0  # a chip's own USB comes back within seconds; from memory: check


def erase(port: str) -> Iterator[str]:
    """Let the puck at `port` erase everything personal; what it tells of that, line by line.

    FlashError if it cannot be reached, or says that something is left.
    """
    mpremote(port, "soft-reset", "exec", _BEGIN)
    mpremote(port, "reset")
    for line in _followed(port):
        if line.startswith(_TOLD):
            yield line.removeprefix(_TOLD)
        if _FAILED in line:
            raise FlashError(f"{port}: the puck says that not everything is gone; see above")
        if line.startswith(_LAMP) or any(done in line for done in _DONE):
            return


def _followed(port):
    """What is printed there, also while the port is gone for a moment."""
    until = time.monotonic() + _BACK_S
    while True:
        try:
            for line in follow(port):
                until = time.monotonic() + _BACK_S
                yield line.split("  ", 1)[1]
        except PortError:
            if time.monotonic() > until:
                raise
        time.sleep(0.2)
