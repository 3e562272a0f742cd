"""The energy mean of levels, in integers.

Levels are in 0.1 dB. Powers are told relative to the loudest, so no level is too high.
"""

from array import array

# 10^(-k/10) and 10^(-k/100), Q12: whole and tenth decibels down. What lies further down
# than the table adds less than a four-thousandth.
_DECIBELS_Q12 = array(
    "h",
    (4096, 3254, 2584, 2053, 1631, 1295, 1029, 817, 649, 516, 410, 325)
    + (258, 205, 163, 130, 103, 82, 65, 52, 41, 33, 26, 21)
    + (16, 13, 10, 8, 6, 5, 4, 3, 3, 2, 2, 1),
)
_TENTHS_Q12 = array("h", (4096, 4003, 3912, 3823, 3736, 3651, 3567, 3486, 3407, 3329))


def mean_ddb(levels_ddb, n: int) -> int:
    """The level of the mean power of `levels_ddb[:n]` (n >= 1), to 0.1 dB (LAeq of LAeqs)."""
    loudest = levels_ddb[0]
    for i in range(1, n):
        loudest = max(loudest, levels_ddb[i])
    power = 0
    for i in range(n):
        power += _power_q12(loudest - levels_ddb[i])
    mean, down = power // n, 0
    while _power_q12(down) + _power_q12(down + 1) > 2 * mean:
        down += 1
    return loudest - down


def _power_q12(down_ddb):
    """The share of the loudest power that lies `down_ddb` below it."""
    if down_ddb >= 10 * len(_DECIBELS_Q12):
        return 0
    return _DECIBELS_Q12[down_ddb // 10] * _TENTHS_Q12[down_ddb % 10] >> 12
