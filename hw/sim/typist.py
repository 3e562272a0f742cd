"""Somebody types at the puck's console, at times chosen before, on virtual time.

A typist sits where `sys` has the serial port, so that the desktop's keyboard is never asked.
What is typed while nobody reads waits. It must never be seated in a night in which nothing is
typed.
"""

import sys

from clock import clock

_POLLIN = 1


class Typist:
    """Types `lines`, (us, text) each in the puck's time, every one with Enter."""

    def __init__(self, lines: list):
        self._keys = b""  # typed, and not read
        for us, text in lines:
            clock.at(us, lambda text=text: self._type(text))

    @property
    def buffer(self):
        """The bytes of standard input, as a stream that can be polled."""
        return self

    def ioctl(self, request: int, mask: int) -> int:
        """What of `mask` is ready."""
        return mask & _POLLIN if self._keys else 0

    def read(self, size: int) -> bytes:
        """At most `size` of the bytes that wait."""
        keys, self._keys = self._keys[:size], self._keys[size:]
        return keys

    def rest(self) -> str:
        """What has been typed, and nobody has read."""
        return self.read(len(self._keys)).decode()

    def _type(self, text):
        self._keys += text.encode() + b"\r"


class Screen:
    """Where the console's echo and prompt go: shown line by line, so that a prompt stands before
    what is typed next, and not before what others print meanwhile.
    """

    _line = b""

    @property
    def buffer(self):
        """The bytes of standard output."""
        return self

    def write(self, data) -> int:
        """Take bytes, or a string."""
        self._line += data.encode() if isinstance(data, str) else data
        if self._line[-1:] == b"\n":
            sys.stdout.buffer.write(self._line)
            self._line = b""
        return len(data)


class _Module:
    pass


def seat(typist: Typist) -> None:
    """Whoever imports `sys` from now on finds `typist` there, and a screen of its own."""
    module = _Module()
    for name in dir(sys):
        setattr(module, name, getattr(sys, name))
    module.stdin, module.stdout = typist, Screen()
    sys.modules["sys"] = module
