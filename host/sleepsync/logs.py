"""Follows what a board prints, each line with the time at which it ended.

It must never type, nor touch the control lines: both are left as opening a port sets them
(asserted, which boards' reset circuits take for rest), so the night goes on.
"""

from collections.abc import Iterator
from datetime import datetime

from serial import Serial, SerialException

from .ports import PortError

_BAUD = 115200  # of the ESP32 port's REPL on a UART; USB does not care


def follow(port: str) -> Iterator[str]:
    """Each line with its time, as they come. PortError if there is no such port, or it goes."""
    try:
        with Serial(port, _BAUD) as line:
            for raw in line:
                text = raw.decode(errors="replace").rstrip("\r\n")
                yield f"{datetime.now().isoformat(' ', 'milliseconds')}  {text}"
    except SerialException as error:
        raise PortError(f"{port}: {error}; look whether it is plugged in") from error
