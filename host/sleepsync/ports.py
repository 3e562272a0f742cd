"""Finds the serial port of the one board that is plugged in, or asks which.

It must never open a port: that could reset what is behind it.
"""

import sys
from collections.abc import Callable, Iterable

from rich.prompt import IntPrompt
from serial.tools.list_ports import comports
from serial.tools.list_ports_common import ListPortInfo

# USB vendors of what boards with an ESP32 carry. Others' devices carry such chips, too.
VENDORS = {
    0x303A: "Espressif USB",
    0x10C4: "Silicon Labs CP210x",
    0x1A86: "WCH CH34x",
    0x0403: "FTDI",
}


class PortError(Exception):
    """Not exactly one board: the message lists what there is, and says what to do."""


def find_port(asked: str | None, listed: Callable[[], Iterable[ListPortInfo]] = comports) -> str:
    """The port that was `asked` for, or the one board's. A person at the terminal is asked if
    there are several. PortError if there is none, or nobody to ask.
    """
    if asked:
        return asked
    boards = sorted(port for port in listed() if port.vid in VENDORS)
    if not boards:
        raise PortError("no board is plugged in; if it is, name its port: PORT=/dev/ttyACM0")
    return boards[0].device if len(boards) == 1 else _chosen(boards)


def _chosen(boards):
    table = "\n".join(f"  {i}: {_words(port)}" for i, port in enumerate(boards, 1))
    if not sys.stdin.isatty():
        raise PortError(f"several boards are plugged in; name one with PORT=...:\n{table}")
    print(table)
    number = IntPrompt.ask("Which", choices=[str(i) for i in range(1, len(boards) + 1)])
    return boards[number - 1].device


def _words(port):
    return f"{port.device}  {VENDORS[port.vid]}, serial number {port.serial_number or 'unknown'}"
