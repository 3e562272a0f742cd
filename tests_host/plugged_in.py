"""A simulated puck that seems to be plugged in, at a serial port of the test's own."""

import os
import select
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

from sleepsync.serial_puck import open_port, serve

_UNPLUG = b"\x1d the cable is pulled \x1d"
MPREMOTE = Path(sys.executable).with_name("mpremote")


class Plug:
    """`port`: what tools are told to connect to. `type` presses keys."""

    def __init__(self, port, cable):
        self.port = port
        self._cable = cable

    def type(self, keys):
        os.write(self._cable, keys)

    def settle(self, quiet_s=2, most_s=30):
        """Wait until it has said nothing for a while: what is typed while a puck starts can leave
        its console dead.
        """
        deadline = time.monotonic() + most_s
        while select.select([self._cable], [], [], quiet_s)[0]:
            os.read(self._cable, 4096)
            assert time.monotonic() < deadline, f"it is not quiet within {most_s} s"

    def mpremote(self, *words, cwd=None):
        return subprocess.run(
            [MPREMOTE, "connect", str(self.port), *map(str, words)],
            capture_output=True,
            text=True,
            timeout=60,
            cwd=cwd,
        )

    def does(self, *words, cwd=None):
        """What a command of mpremote that must succeed has printed."""
        ended = self.mpremote(*words, cwd=cwd)
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return ended.stdout


@contextmanager
def plugged_in(world, port, speed=1):
    """The puck of `world`, its night running, until the end of the block."""
    with open_port(port) as end:
        server = threading.Thread(target=serve, args=(world, speed, end, end, _UNPLUG))
        server.start()
        cable = os.open(port, os.O_RDWR | os.O_NOCTTY)
        try:
            yield Plug(port, cable)
        finally:
            os.write(cable, _UNPLUG)
            server.join(timeout=20)
            os.close(cable)
