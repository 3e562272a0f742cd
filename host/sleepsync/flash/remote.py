"""A board that runs MicroPython, by mpremote: run something there, or copy."""

import subprocess
import sys

from .errors import FlashError

AGAIN = "look at the cable, and whether the board runs MicroPython and nothing else holds the port"


def mpremote(port: str, *words: str) -> str:
    """What mpremote prints; it takes the REPL as it is, without another start of the firmware.

    Raises FlashError if it fails.
    """
    argv = [sys.executable, "-m", "mpremote", "connect", port, "resume", *words]
    done = subprocess.run(argv, capture_output=True, text=True)
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines() or ["nothing"]
        raise FlashError(f"{port}: mpremote {words[0]} says: {lines[-1]}; {AGAIN}")
    return done.stdout
