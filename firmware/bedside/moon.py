"""Where the moon stands, from the date: the main terms of its way, in whole numbers.

Jean Meeus, Astronomical Algorithms, 2nd edition: mean arguments 47.2 to 47.4, phase 48.4. Within
about a degree of the true elongation from 2000 to 2099, if the time is UTC; by local time it is
half a degree off for each hour of the zone.
"""

from micropython import const

from firmware.bedside.curves import sine

_DAY_S = const(86400)
_MINUTES = const(1440)

# Each argument at 2000-01-01 0:00 UT, in 2^-16 turns, and what it gains a day: of those whole,
# and 2^-14 of one.
_ELONGATION = 53114, 2219, 4230
_SUN = 64997, 179, 6931
_MOON = 23382, 2378, 6707

# (how often D, M and M' go in, amplitude in 2^-16 turns) of the sines that are added to D.
_TERMS = (
    (0, 0, 1, 1145),
    (0, 1, 0, -382),
    (2, 0, -1, 232),
    (2, 0, 0, 120),
    (0, 0, 2, 39),
    (1, 0, 0, 20),
)


def elongation(utc_s: int) -> int:
    """By how much the moon is ahead of the sun, in 2^-16 turns: 0 is new, 32768 full.

    `utc_s`: seconds since 2000-01-01, up to the year 2099.
    """
    days, rest_s = divmod(utc_s, _DAY_S)
    minutes = rest_s // 60
    d, m, a = [_at(row, days, minutes) for row in (_ELONGATION, _SUN, _MOON)]
    off = 0
    for of_d, of_m, of_a, most in _TERMS:
        off += sine(of_d * d + of_m * m + of_a * a & 0xFFFF) * most
    return d + (off >> 12) & 0xFFFF


def lit(turn: int) -> int:
    """How much of the moon's face is lit at that elongation, Q10."""
    return 4096 - sine(turn + 0x4000 & 0xFFFF) >> 3


def _at(row, days, minutes):
    start, whole, part = row
    return start + days * whole + (days * part >> 14) + minutes * whole // _MINUTES & 0xFFFF
