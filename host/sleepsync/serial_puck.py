"""The simulated puck behind a serial port: what a board does there and a VM does not.

Ctrl-C interrupts what runs, or is a key for the REPL. When the VM ends (Ctrl-D at the REPL,
`machine.reset()`) the puck starts anew from its own flash: boot.py, and main.py unless the
desktop is in the raw REPL, as MicroPython's ESP32 port does. It must never lose a byte that
was sent while the puck was busy: a board's driver keeps them, too.
"""

import os
import select
import signal
import socket
import subprocess
import termios
import time
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sleepsync import vm
from sleepsync.simulate import put_new_puck

_CTRL_A, _CTRL_B, _CTRL_C = b"\x01", b"\x02", b"\x03"
LEAVE = b"\x1d"  # Ctrl-], as in mpremote
_READY = b"\0"  # what hw/sim/desk.py says before the puck starts
_RAW = b"raw REPL; CTRL-B to exit\r\n>"
_POWER_ON, _SOFT_RESET = 1, 5  # of machine.reset_cause()
_TWICE_S = 0.2  # a second interrupt before the first is taken would end this VM
_DEAF_S = 1.0  # a tool that listens does so within this time
_PATIENCE_S = 5.0  # writing the night takes a VM less
_CHUNK_BYTES = 4096


def serve(folder: Path, speed: int, source: int, sink: int, leave: bytes = b"") -> None:
    """Be the puck in the world of `folder`, whose time passes `speed` times as fast as ours,
    between these two file descriptors, until `source` ends, or says `leave` if that is given.
    """
    puck = _SerialPuck(folder, speed)
    try:
        puck.serve(source, sink, leave)
    finally:
        puck.close(sink)


class _SerialPuck:
    def __init__(self, folder: Path, speed: int = 1) -> None:
        put_new_puck(folder)
        self._folder = folder
        self._speed = speed
        self._is_raw = False
        self._tail = b""  # of what the puck said last
        self._start(_POWER_ON)

    def serve(self, source: int, sink: int, leave: bytes) -> None:
        while True:
            ready, _, _ = select.select([source, self._line], [], [])
            if self._line in ready:
                _say(sink, self._hear())
            if source in ready:
                keys = _read(source)
                if not keys or (leave and leave in keys):
                    return
                self._type(keys)

    def close(self, sink: int) -> None:
        """Interrupt what runs, and let the puck keep what outlives a restart."""
        self._interrupt()
        self._line.shutdown(socket.SHUT_WR)
        while select.select([self._line], [], [], _PATIENCE_S)[0]:
            said = _read(self._line.fileno())
            if not said:
                break
            _say(sink, said)
        self._vm.kill()  # if it has not ended by itself
        self._vm.wait()
        self._line.close()

    def _start(self, cause):
        words = [str(self._folder), str(self._speed), str(cause), str(int(self._is_raw))]
        argv, env = vm.command(vm.program("desk"), *words)
        self._interrupted = 0.0  # when this VM last was
        self._line, theirs = socket.socketpair()
        self._vm = subprocess.Popen(
            argv, env=env, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
        )
        theirs.close()
        self._await_ready()
        if self._is_raw:
            self._line.sendall(_CTRL_A)

    def _await_ready(self):
        """An interrupt that came earlier would be nobody's. VmError if the VM fails."""
        said = b""
        while (byte := os.read(self._line.fileno(), 1)) != _READY:
            if not byte:
                raise vm.VmError(f"the simulated puck does not start: {said.decode()}")
            said += byte

    def _hear(self):
        """What the puck says; if it has ended, it starts anew."""
        said = _read(self._line.fileno())
        if not said:
            return self._restart()
        self._tail = (self._tail + said)[-len(_RAW) :]
        self._is_raw = self._is_raw or self._tail == _RAW
        return said

    def _restart(self):
        self._line.close()
        code = self._vm.wait()
        self._is_raw = self._is_raw and code == 0
        self._start(_SOFT_RESET if code == 0 else code)
        return b"MPY: soft reboot\r\n" if code == 0 else b""

    def _type(self, keys):
        *before, last = keys.split(_CTRL_C)
        for part in before:
            self._line.sendall(part)
            self._interrupt()
        self._line.sendall(last)
        if _CTRL_B in keys:
            self._is_raw = False

    def _interrupt(self):
        """An interrupt where the VM takes one, that is while it runs something; else a key."""
        if not _takes_interrupts(self._vm.pid):
            self._line.sendall(_CTRL_C)
        elif time.monotonic() - self._interrupted > _TWICE_S:
            self._interrupted = time.monotonic()
            self._vm.send_signal(signal.SIGINT)


@contextmanager
def typing(source: int) -> Iterator[None]:
    """Every key of the terminal `source` is passed on as it is, unless that is none."""
    if not os.isatty(source):
        yield
        return
    before = termios.tcgetattr(source)
    mode = termios.tcgetattr(source)
    mode[tty.IFLAG] &= ~(termios.ICRNL | termios.IXON)
    mode[tty.LFLAG] &= ~(termios.ECHO | termios.ICANON | termios.ISIG | termios.IEXTEN)
    termios.tcsetattr(source, termios.TCSADRAIN, mode)
    try:
        yield
    finally:
        termios.tcsetattr(source, termios.TCSADRAIN, before)


@contextmanager
def open_port(link: Path) -> Iterator[int]:
    """Our end of a pseudo terminal to which `link` leads for so long."""
    ours, theirs = os.openpty()
    tty.setraw(theirs)
    os.set_blocking(ours, False)
    link.unlink(missing_ok=True)
    link.symlink_to(os.ttyname(theirs))
    try:
        yield ours
    finally:
        link.unlink()
        os.close(theirs)
        os.close(ours)


def _takes_interrupts(pid):
    """Whether the process handles SIGINT, as the VM does while it runs code."""
    status = Path(f"/proc/{pid}/status").read_text()
    caught = next(line.split()[1] for line in status.splitlines() if line.startswith("SigCgt"))
    return bool(int(caught, 16) >> (signal.SIGINT - 1) & 1)


def _say(sink, said):
    """As a board's USB does: who has not listened for a while misses something."""
    while said and select.select([], [sink], [], _DEAF_S)[1]:
        said = said[os.write(sink, said) :]


def _read(descriptor):
    """Some bytes, or none at the end."""
    try:
        return os.read(descriptor, _CHUNK_BYTES)
    except OSError:  # the process at the other end is gone
        return b""
