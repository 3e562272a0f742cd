"""A simulated puck plugged in for a while, so that what is done to a board is done to it."""

import os
import select
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sleepsync.serial_puck import open_port, serve

_UNPLUG = b"\x1d the cable is pulled \x1d"
_SPEED = 20  # times as fast as our own time
_PATIENCE_S = 20.0
_QUIET_S = 2.0  # what is typed while a puck starts can leave its console dead
_CHUNK_BYTES = 4096


@contextmanager
def plugged(folder: Path) -> Iterator[str]:
    """The serial port of the puck of that folder. In the end it keeps its flash."""
    with tempfile.TemporaryDirectory(prefix="sleepsync-") as name:
        port = Path(name) / "puck"
        with open_port(port) as end:
            server = threading.Thread(target=serve, args=(folder, _SPEED, end, end, _UNPLUG))
            server.start()
            cable = os.open(port, os.O_RDWR | os.O_NOCTTY)
            try:
                _settle(cable)
                yield str(port)
            finally:
                os.write(cable, _UNPLUG)
                server.join(timeout=_PATIENCE_S)
                os.close(cable)


def _settle(cable):
    """Wait until it has said nothing for a while."""
    until = time.monotonic() + _PATIENCE_S
    while select.select([cable], [], [], _QUIET_S)[0] and time.monotonic() < until:
        os.read(cable, _CHUNK_BYTES)
