"""The table of services that the stack is given: loaded for its moment.

Numbers are the Bluetooth SIG's (Assigned Numbers), those of 128 bits our own. Whatever is about a
person or their room can be read and written on an authenticated link only.
"""

import bluetooth
from micropython import const

from firmware.link import places, values
from firmware.link.answering import version

_READ, _COMMAND, _WRITE, _NOTIFY = const(0x2), const(0x4), const(0x8), const(0x10)
_READ_SAFELY = const(0x602)  # encrypted, authenticated
_WRITE_SAFELY = const(0x3000)

_OWN = "534c4545-5053-594e-4300-0000000000%02x"
_MOST_WRITE_BYTES = const(514)  # of an MTU of 517; the stack cuts off at 20 otherwise

_FINGER = b"\x03"  # Body Sensor Location

# Of each service, its number and of each characteristic its number and flags, in that order.
_SERVICES = (
    (
        _OWN % 0,
        (_OWN % 1, _READ_SAFELY),
        (_OWN % 2, _WRITE | _COMMAND | _WRITE_SAFELY),
        (_OWN % 3, _NOTIFY),
        (_OWN % 4, _NOTIFY),
    ),
    (0x180D, (0x2A37, _NOTIFY), (0x2A38, _READ_SAFELY)),
    (
        0x181A,
        (0x2A6E, _READ_SAFELY),
        (0x2A6F, _READ_SAFELY),
        (0x2AFB, _READ_SAFELY),
        (0x2BE4, _READ_SAFELY),
    ),
    (0x1805, (0x2A2B, _READ_SAFELY | _NOTIFY | _WRITE | _WRITE_SAFELY)),
    (0x183E, (0x2B41, _NOTIFY), (0x2B42, _READ_SAFELY | _NOTIFY), (0x2B3B, _READ_SAFELY)),
    (0x180A, (0x2A29, _READ), (0x2A24, _READ), (0x2A26, _READ)),
)


_MAKER = "SleepSync"


def register(ble, puck) -> list:
    """Give the stack all of it; the handles of the values, in the order of places.py."""
    table = [
        (_uuid(own), [(_uuid(number), flags) for number, flags in rows]) for own, *rows in _SERVICES
    ]
    handles = [handle for rows in ble.gatts_register_services(table) for handle in rows]
    ble.gatts_set_buffer(handles[places.REQUEST], _MOST_WRITE_BYTES)
    ble.gatts_write(handles[places.PLACE], _FINGER)
    ble.gatts_write(handles[places.FEATURES], values.features())
    identity = _MAKER, puck.name, version(puck.start.slot)
    for handle, text in zip(handles[-len(identity) :], identity):
        ble.gatts_write(handle, text)
    return handles


def _uuid(number):
    return bluetooth.UUID(number)
