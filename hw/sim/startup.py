"""What MicroPython's ESP32 port does from power-up on: it mounts the application's file system
at /, and runs boot.py and main.py in one namespace (ports/esp32: main.c, modules/_boot.py).

The desktop's files stay where they are only below the puck's own folder, so what stands in for
the VM's own modules is imported here, before. It must never help: what the port would not find is
not found.
"""

import select  # noqa: F401
import sys
import time  # noqa: F401

import bluetooth  # noqa: F401
import machine  # noqa: F401
import vfs
from esp32 import Partition

_APPLICATION = "vfs"  # the port's own name for its partition
_PATH = ("", ".frozen", "/lib")  # the port's
_SLOT_PACKAGES = ("firmware", "hw")
_SIMULATOR = "/hw/sim/"  # its modules stay


class Corrupt(Exception):
    """The port cannot mount the application's file system: it says so for ever."""


def start_up(folder: str, namespace: dict, is_raw: bool = False, tap=None):
    """Run the puck's boot.py and main.py in `namespace`, with only `folder` of the desktop.

    In the raw REPL there is no main.py. `tap()` is called between the two, when the application
    can be imported. What was raised, or None: the port prints it and goes to the REPL. Raises
    Corrupt, before anything has changed.
    """
    _mount(folder)
    _forget_tree()
    sys.path[:] = list(_PATH)
    error = _run("boot.py", namespace)
    if error or is_raw:
        return error  # after a boot.py that fails, the port runs no main.py either
    if tap:
        tap()
    return _run("main.py", namespace)


def _forget_tree():
    """What the simulator has imported of the board lies in the desktop's tree, not in a slot."""
    for name, module in list(sys.modules.items()):
        path = getattr(module, "__file__", "")
        if name in _SLOT_PACKAGES or (path.startswith("/") and _SIMULATOR not in path):
            del sys.modules[name]


def _mount(folder):
    partition = Partition.find(Partition.TYPE_DATA, label=_APPLICATION)[0]
    try:
        application = vfs.VfsLfs2(partition)
    except OSError:
        raise Corrupt("the application's file system cannot be read: flash the puck anew") from None
    vfs.umount("/")
    vfs.mount(application, "/")
    vfs.mount(vfs.VfsPosix(folder), folder)


def _run(name, namespace):
    with open(name) as file:
        source = file.read()
    try:
        exec(compile(source, name, "exec"), namespace)
    except (Exception, KeyboardInterrupt) as error:
        sys.print_exception(error)
        return error
