"""A board that runs MicroPython, for mpremote: the real VM behind a pseudo-terminal.

Its files lie in a folder, which is the VM's working directory. What the unix port lacks is
given to it beside them: the partitions of `esp32`, the reset of `machine`.
"""

import os
import pty
import subprocess
import time
import tty
from pathlib import Path

from sleepsync import vm

ESP32 = """
class Partition:
    TYPE_DATA = 1
    def __init__(self, *info):
        self._info = info
    def info(self):
        return self._info
    @classmethod
    def find(cls, kind):
        return [cls(*info) for info in {partitions}]

class NVS:
    def __init__(self, space):
        self._space = space
    def set_i32(self, key, value):
        with open("nvs", "a") as file:
            file.write("%s.%s=%d " % (self._space, key, value))
    def commit(self):
        pass
"""
MACHINE = "def reset():\n    open('was_reset', 'w').close()\n"


class RunningBoard:
    """The VM on `folder`/files; `partitions`: (type, subtype, offset, bytes, label, encrypted)."""

    def __init__(self, folder: Path, partitions: list, **modules: str):
        self.files, beside = folder / "files", folder / "modules"
        self.files.mkdir()
        beside.mkdir()
        modules = {"esp32": ESP32.format(partitions=partitions), "machine": MACHINE} | modules
        for name, source in modules.items():
            (beside / f"{name}.py").write_text(source)
        leader, self._follower = pty.openpty()
        tty.setraw(self._follower)
        self.port = os.ttyname(self._follower)
        argv, env = vm.command("-i")
        env["MICROPYPATH"] = f"{beside}:.frozen"
        self._vm = subprocess.Popen(
            argv, env=env, cwd=self.files, stdin=leader, stdout=leader, stderr=leader
        )
        os.close(leader)

    def was_reset(self, within_s: float = 5.0) -> bool:
        """Whether the board was told to start again; mpremote does not wait for that."""
        until = time.monotonic() + within_s
        while not (self.files / "was_reset").exists() and time.monotonic() < until:
            time.sleep(0.02)
        return (self.files / "was_reset").exists()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._vm.kill()
        self._vm.wait()
        os.close(self._follower)
