"""Runs the file that its argument names, for tests that look into the 32-bit VM."""

import sys


def step() -> bool:
    """Nothing is left to do: all was done at the start."""
    return False


with open(sys.argv[1]) as _file:
    exec(_file.read(), {})
