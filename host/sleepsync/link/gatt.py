"""The names of what a puck offers over GATT, and the formats of what it offers by the standards.

It must never read a field that its flags do not announce.
"""

import struct
from typing import NamedTuple

NAME = "SleepSync"  # as it advertises

_OURS = "534c4545-5053-594e-4300-0000000000{:02x}"  # "SLEEPSYNC" in ASCII
SERVICE = _OURS.format(0)
LINK, REQUEST, RESPONSE, LIVE = (_OURS.format(number) for number in range(1, 5))

_SIG = "0000{:04x}-0000-1000-8000-00805f9b34fb"
HEART_RATE = _SIG.format(0x2A37)
HEART_RATE_SERVICE = _SIG.format(0x180D)

ATT_HEAD_BYTES = 3  # of each write and notification: the MTU holds them, too

_LINK_FORMAT = "<BIHB"
_WIDE, _CONTACT_KNOWN, _CONTACT, _ENERGY, _INTERVALS = 1, 4, 2, 8, 16  # flags of 0x2A37


class Link(NamedTuple):
    """What a puck says of itself first. `session`: another one for each connection;
    `longest_request`: bytes of a message.
    """

    version: int
    session: int
    longest_request: int
    flags: int

    @classmethod
    def of(cls, value: bytes) -> "Link":
        """The value of the characteristic Link. struct.error if it is shorter."""
        return cls(*struct.unpack_from(_LINK_FORMAT, value))


class Beat(NamedTuple):
    """A heart rate in 1/min, 0 unknown; `is_worn` None if unknown; intervals between beats in s."""

    rate_bpm: int
    is_worn: bool | None
    intervals_s: tuple[float, ...]

    @classmethod
    def of(cls, value: bytes) -> "Beat":
        """A Heart Rate Measurement (Heart Rate Service 1.0, 3.1). struct.error if it is shorter."""
        flags = value[0] if value else 0
        form = "<xH" if flags & _WIDE else "<xB"
        (rate_bpm,) = struct.unpack_from(form, value)
        at = struct.calcsize(form) + (2 if flags & _ENERGY else 0)
        count = (len(value) - at) // 2 if flags & _INTERVALS else 0
        intervals = struct.unpack_from(f"<{count}H", value, at)
        is_worn = bool(flags & _CONTACT) if flags & _CONTACT_KNOWN else None
        return cls(rate_bpm, is_worn, tuple(each / 1024 for each in intervals))
