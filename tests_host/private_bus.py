"""A D-Bus of a test's own, so that the machine's is neither needed nor touched."""

import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

DAEMON = "dbus-daemon"
VARIABLE = "DBUS_SYSTEM_BUS_ADDRESS"  # by which every client finds the system's bus

_CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>{address}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/><allow own="*"/>
    <allow send_type="*"/><allow receive_type="*"/><allow send_destination="*"/>
  </policy>
</busconfig>
"""


def is_here():
    return shutil.which(DAEMON) is not None


@contextmanager
def private_bus():
    """The address of a bus that is there for so long."""
    folder = Path(tempfile.mkdtemp(prefix="bus"))  # a socket's path must be short
    address = f"unix:path={folder}/socket"
    (folder / "conf").write_text(_CONFIG.format(address=address))
    words = [DAEMON, f"--config-file={folder}/conf", "--nofork", "--nopidfile", "--print-address"]
    quiet = subprocess.DEVNULL  # its own words; and it holds nobody else's pipe open
    daemon = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=quiet)
    try:
        daemon.stdout.readline()  # it listens now
        yield address
    finally:
        daemon.terminate()
        daemon.wait()
        daemon.stdout.close()
        shutil.rmtree(folder)
