"""The console: lines typed at the serial port are run while the night goes on.

A line at a time, in `__main__`, as at MicroPython's own REPL; a result that can be awaited is
awaited, so that long words leave time for the rest. Ctrl-C never comes here: MicroPython makes
an interrupt of it, which ends the night and leads to its REPL. Nothing is printed before
somebody types, and nothing is ever asked twice: who does not type costs nothing.
"""

import asyncio
import sys

from micropython import const

PROMPT = "puck> "
_MOST_BYTES = const(256)  # of a line: what comes after them is not taken
_BELL = b"\x07"
_ENTER = b"\r\n"
_RUB_OUT = b"\x08\x7f"
_ESCAPE = b"\x1b"
_ESCAPED_BYTES = const(2)  # of an arrow key, after the escape


class Console:
    """Reads bytes from `source`, echoes to `sink`, and runs lines with the names in `names`."""

    def __init__(self, source, sink, names: dict):
        self._source = asyncio.StreamReader(source)
        self._sink = sink
        self._names = names
        self._line = bytearray()
        self._last = b""
        self._skip = 0  # bytes to come that belong to a key which means nothing here

    async def serve(self) -> None:
        """Until there is no more input, which a board's serial port never says."""
        while True:
            key = await self._source.read(1)
            if not key:
                return
            line = self._take(key)
            if line is not None:
                await self._run(line)
                self._sink.write(PROMPT)

    def _take(self, key):
        """The line that `key` ends, or None."""
        is_second = self._last == b"\r" and key == b"\n"  # of a pair that is one Enter
        self._last = key
        if self._skip or is_second:
            self._skip = max(0, self._skip - 1)
        elif key in _ENTER:
            self._sink.write(b"\r\n")
            line, self._line = self._line, bytearray()
            return line
        elif key in _RUB_OUT:
            self._rub_out()
        elif key == _ESCAPE:
            self._skip = _ESCAPED_BYTES
        elif key >= b" " or key == b"\t":
            self._add(key)
        return None

    def _add(self, key):
        is_full = len(self._line) == _MOST_BYTES
        if not is_full:
            self._line.extend(key)
        self._sink.write(_BELL if is_full else key)

    def _rub_out(self):
        if self._line:
            self._line = self._line[:-1]
            self._sink.write(b"\x08 \x08")

    async def _run(self, line):
        try:
            result = _evaluated(str(line, "utf-8").strip(), self._names)
            if hasattr(result, "send"):  # a coroutine
                result = await result
            if result is not None:
                print(repr(result))
        except Exception as error:  # whoever typed it is told, and types again
            sys.print_exception(error)


def _evaluated(line, names):
    """The value of an expression, or None of a statement.

    It is compiled first: code that is run and then found to be no expression would run twice.
    """
    if not line:
        return None
    try:
        expression = eval("lambda: (\n%s\n)" % line, names)
    except SyntaxError:
        return exec(line, names)
    return expression()


async def serve() -> None:
    """The console of the serial port."""
    names = __import__("__main__").__dict__
    await Console(sys.stdin.buffer, sys.stdout.buffer, names).serve()
