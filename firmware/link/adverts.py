"""What the puck calls into the air: that it can be connected to; if asked to, the room's climate.

Anybody hears it: nothing of the body may ever be in here. Each is at most 31 bytes long. Types of
the parts: Bluetooth Assigned Numbers, 2.3; BTHome v2: https://bthome.io/format.
"""

import struct

from micropython import const

NAME = b"SleepSync"
# 534c4545-5053-594e-4300-000000000000, the last byte first, as all numbers in the air.
SERVICE = bytes(7) + b"CNYSPEELS"

_FLAGS, _ALL_16, _ALL_128, _NAME, _DATA_16 = const(1), const(3), const(7), const(9), const(0x16)
_LIMITED, _GENERAL, _LE_ONLY = const(1), const(2), const(4)
_HEART_RATE = b"\x0d\x18"
_BTHOME = b"\xd2\xfc"
_PLAIN_V2 = b"\x40"  # version 2, not encrypted, sent regularly
_BRIGHTEST = const(0xFFFFFF)


def connectable(is_pairable: bool) -> tuple:
    """(advertisement, scan response). A puck that somebody may pair with now is in the limited
    discoverable mode, which is for some minutes (Core Specification, vol. 3, part C, 9.2.3).
    """
    mode = _LE_ONLY | (_LIMITED if is_pairable else _GENERAL)
    advert = _part(_FLAGS, bytes((mode,))) + _part(_ALL_16, _HEART_RATE) + _part(_NAME, NAME)
    return advert, _part(_ALL_128, SERVICE)


def bthome(temperature_cdeg, humidity_pct, light_mlx, packet_id: int) -> bytes:
    """An advertisement in BTHome v2, for Home Assistant: 0.01 degrees C, per cent, 0.001 lx, each
    None if not known. `packet_id`, modulo 256, tells a new one from one heard again.
    """
    said = _PLAIN_V2 + bytes((0, packet_id & 255))
    if temperature_cdeg is not None:
        said += struct.pack("<Bh", 2, temperature_cdeg)
    if humidity_pct is not None:
        said += struct.pack("<BH", 3, humidity_pct * 100)
    if light_mlx is not None:
        said += b"\x05" + struct.pack("<I", min((light_mlx + 5) // 10, _BRIGHTEST))[:3]
    mode = bytes((_LE_ONLY | _GENERAL,))
    return _part(_FLAGS, mode) + _part(_DATA_16, _BTHOME + said) + _part(_NAME, NAME)


def _part(kind, data):
    return bytes((len(data) + 1, kind)) + data
