"""What goes wrong on the link, as one exception whose text is for a person.

It must never let an error of a library through as it is: what bleak and D-Bus say names neither
the part nor the remedy.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakDBusError,
    BleakDeviceNotFoundError,
    BleakError,
    BleakGATTProtocolError,
)


class Trouble(IntEnum):
    """What is wrong when it is not the puck that says so; beside the puck's own `Status`."""

    NOT_PAIRED = -1
    GONE = -2
    SILENT = -3
    DAMAGED = -4
    NO_RADIO = -5
    NOT_FOUND = -6
    PAIRING = -7


class LinkError(Exception):
    """The text names the part and the remedy. `status`: a `Trouble`, or the puck's own `Status`;
    `body`: what the puck sent with it.
    """

    def __init__(self, text: str, status: int, body: bytes = b"") -> None:
        super().__init__(text)
        self.status = status
        self.body = body


NOT_PAIRED = (
    "puck: it does not know this desktop; press its button three times, slowly, and run "
    "`sleepsync pair`"
)
GONE = "puck: the connection was lost; is it near, and on? The same command goes on from there"
NO_RADIO = (
    "Bluetooth: none answers on this desktop ({seen}); switch it on, or plug an adapter in. "
    "`sleepsync puck` needs none"
)
_UNPAIRED_CODES = (0x05, 0x08, 0x0F)  # authentication, authorisation, encryption are insufficient
_NO_SERVICE = ("ServiceUnknown", "NameHasNoOwner", "NoServer", "NotReady")


@contextmanager
def told() -> Iterator[None]:
    """What bleak raises in here comes out as LinkError."""
    try:
        yield
    except (BleakError, OSError, EOFError, TimeoutError) as error:
        raise _told(error) from error


def _told(error: Exception) -> LinkError:
    match error:
        case BleakGATTProtocolError() if error.code in _UNPAIRED_CODES:
            return LinkError(NOT_PAIRED, Trouble.NOT_PAIRED)
        case BleakGATTProtocolError():
            return LinkError(f"puck: it refused ({error.args[1]}); try again", Trouble.GONE)
        case BleakBluetoothNotAvailableError():
            return LinkError(NO_RADIO.format(seen=error.args[0]), Trouble.NO_RADIO)
        case BleakDBusError():
            return _told_by_bus(error)
        case BleakDeviceNotFoundError() | TimeoutError():
            return LinkError(GONE, Trouble.GONE)
        case BleakError():
            return LinkError(f"{GONE} ({error})", Trouble.GONE)
        case _:
            return LinkError(NO_RADIO.format(seen=error), Trouble.NO_RADIO)


def _told_by_bus(error: BleakDBusError) -> LinkError:
    """What BlueZ says over D-Bus."""
    name, details = error.dbus_error.rsplit(".", 1)[-1], error.dbus_error_details or ""
    if name == "NotPermitted" and "paired" in details:
        return LinkError(NOT_PAIRED, Trouble.NOT_PAIRED)
    if name.startswith("Authentication"):
        return LinkError(f"pairing: it was refused ({name}); try again", Trouble.PAIRING)
    if name in _NO_SERVICE:
        return LinkError(NO_RADIO.format(seen=f"BlueZ: {name}"), Trouble.NO_RADIO)
    return LinkError(f"{GONE} (BlueZ: {name} {details})", Trouble.GONE)
