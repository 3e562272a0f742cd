"""The serial port at which a board hangs: found, or asked for.

It must never open a port, nor choose between two boards by itself.
"""

from collections.abc import Callable, Sequence

from serial.tools.list_ports import comports
from serial.tools.list_ports_common import ListPortInfo

from .errors import FlashError

# USB vendors of what ESP32 boards speak through: Espressif's own USB, and the usual bridges.
VENDORS = {
    0x303A: "Espressif USB",
    0x10C4: "Silicon Labs CP210x",
    0x1A86: "WCH CH34x or CH910x",
    0x0403: "FTDI",
}
_GIVE = "give one with PORT=..."


def find_port(
    ask: Callable[[Sequence[str]], str], ports: Sequence[ListPortInfo] | None = None
) -> str:
    """The port of the only board on this computer; of several, the one that `ask` chooses.

    `ports`: what to choose from, by default all serial ports. Raises FlashError for none.
    """
    everything = comports() if ports is None else ports
    boards = [port for port in everything if port.vid in VENDORS]
    if not boards:
        seen = ", ".join(port.device for port in everything) or "no port at all"
        raise FlashError(f"port: no board among {seen}; plug one in with a data cable, or {_GIVE}")
    if len(boards) == 1:
        return str(boards[0].device)
    return ask([_described(port) for port in boards]).split()[0]


def _described(port):
    return f"{port.device}  {VENDORS[port.vid]}, {port.description}"
