"""Keys as they are pressed, from a terminal or a pipe, while asyncio runs.

A terminal is as it was when the block ends, however that comes.
"""

import asyncio
import os
import sys
import termios
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

_CHUNK_BYTES = 1024


@contextmanager
def pressed(take: Callable[[str], None]) -> Iterator[None]:
    """Call `take(text)` with what is typed, as it comes, until the block ends."""
    source = sys.stdin.fileno()
    loop = asyncio.get_running_loop()

    def hear() -> None:
        some = os.read(source, _CHUNK_BYTES)
        if some:
            take(some.decode(errors="replace"))
        else:
            loop.remove_reader(source)

    with _unbuffered(source):
        with suppress(PermissionError):  # a file is no keyboard
            loop.add_reader(source, hear)
        try:
            yield
        finally:
            loop.remove_reader(source)


@contextmanager
def _unbuffered(source: int) -> Iterator[None]:
    """Every key comes at once, and Ctrl-C still interrupts."""
    if not os.isatty(source):
        yield
        return
    before = termios.tcgetattr(source)
    tty.setcbreak(source)
    try:
        yield
    finally:
        termios.tcsetattr(source, termios.TCSADRAIN, before)
