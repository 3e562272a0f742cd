"""What the firmware is told by MicroPython's `bluetooth`, and asked: its handler's events.

As the ESP32 port has it: an event runs at once, and nothing else of the radio, nor any soft
interrupt, runs inside it. It must never let a handler's mistake pass for an answer.
"""

import io
import sys
from struct import unpack_from

from clock import clock

GET_SECRET = 29
SET_SECRET = 30

_PEER = 2  # types of secrets
_OUR_IRK = 10
_IRK_KEY = b"irk"
_IRK_BYTES = 16
# What NimBLE starts with (ble_hs_pvcy.c): it stays where the firmware keeps no secrets.
_USUAL_IRK = b"\xef\x8d\xe2\x16\x4f\xec\x43\x0d\xbf\x5b\xdd\x34\xc0\x53\x1e\xb8"
_SECRET_BYTES = 88  # of NimBLE's struct ble_store_value_sec: what has another length is not read
_MOST_SECRETS = 255  # a handler that always has one more would keep the chip for ever
_STALE = 0xEE  # what an event's buffers hold after it


class Handler:
    """The firmware's handler, `function`; None: nobody hears."""

    def __init__(self):
        self.function = None

    def tell(self, event: int, numbers: list, buffers: list):
        """What it gives back for an event; None if there is none.

        One that raises is not called again, as on the chip. Its buffers are the stack's own.
        """
        if self.function is None:
            return None
        copies = [None if data is None else bytearray(data) for data in buffers]
        views = [None if copy is None else memoryview(copy) for copy in copies]
        was_held, clock.is_held = clock.is_held, True
        try:
            return _kept(self.function(event, tuple(numbers + views)))
        except Exception as error:
            _print(error)
            self.function = None
        finally:
            clock.is_held = was_held
            for copy in copies:
                for i in range(len(copy or b"")):
                    copy[i] = _STALE

    def own_key(self, draw) -> bytes:
        """The key of the puck's private addresses: kept as a secret, or what `draw()` gives."""
        kept = self.tell(GET_SECRET, [_OUR_IRK, 0], [_IRK_KEY])
        if kept is not None and len(kept) == _IRK_BYTES:
            return bytes(kept)
        drawn = draw(_IRK_BYTES)
        return drawn if self.tell(SET_SECRET, [_OUR_IRK], [_IRK_KEY, drawn]) else _USUAL_IRK

    def peers(self) -> list:
        """What the firmware keeps of each bonded peer. RuntimeError if it never ends."""
        found = []
        while True:
            secret = self.tell(GET_SECRET, [_PEER, len(found)], [None])
            if secret is None or len(secret) != _SECRET_BYTES:
                return found
            found.append(bytes(secret))
            if len(found) > _MOST_SECRETS:
                raise RuntimeError("_IRQ_GET_SECRET finds secrets without end: mind the index")


def unpacked(body: bytes) -> tuple:
    """(event, question, numbers, buffers) of a frame from the air."""
    event, question, numbers, buffers = unpack_from("<BHBB", body)
    values, at = list(unpack_from("<%di" % numbers, body, 5)), 5 + 4 * numbers
    data = []
    for _ in range(buffers):
        length = unpack_from("<h", body, at)[0]
        at += 2
        data.append(None if length < 0 else body[at : at + length])
        at += max(0, length)
    return event, question, values, data


def is_found(event: int, result) -> bool:
    """Whether a handler's answer is a secret, or that it has been kept or deleted."""
    return result is not None if event == GET_SECRET else bool(result)


def _kept(result):
    """A result that outlives the event's buffers."""
    return bytes(result) if isinstance(result, memoryview) else result


def _print(error):
    told = io.StringIO()
    sys.print_exception(error, told)
    print("Unhandled exception in IRQ callback handler")
    print(told.getvalue())
