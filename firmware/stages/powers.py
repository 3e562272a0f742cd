"""Logarithms and powers of two in fixed point, by short tables with straight lines between.

Exponents are Q8: 256 is a factor of two. No float.
"""

from array import array

# 256 log2(1 + i / 32), and 2^14 2^(i / 32).
_LOG2 = array(
    "H",
    (0, 11, 22, 33, 44, 54, 63, 73, 82, 92, 100, 109, 118, 126, 134, 142, 150)
    + (157, 165, 172, 179, 186, 193, 200, 207, 213, 220, 226, 232, 238, 244, 250, 256),
)
_EXP2 = array(
    "H",
    (16384, 16743, 17109, 17484, 17867, 18258, 18658, 19066, 19484, 19911, 20347)
    + (20792, 21247, 21713, 22188, 22674, 23170, 23678, 24196, 24726, 25268, 25821)
    + (26386, 26964, 27554, 28158, 28774, 29405, 30048, 30706, 31379, 32066, 32768),
)


def log2_q8(n: int) -> int:
    """256 log2(n) of a whole number from 1 on, within 2."""
    octave = 0
    while n >> octave > 1:
        octave += 1
    part_q10 = ((n << 10) >> octave) & 1023
    low = _LOG2[part_q10 >> 5]
    return (octave << 8) + low + ((_LOG2[(part_q10 >> 5) + 1] - low) * (part_q10 & 31) >> 5)


def exp2_q14(x_q8: int) -> int:
    """2^14 2^(x / 256), rounded down: within 1 in 5000 where that is not below 1."""
    part = x_q8 & 255
    low = _EXP2[part >> 3]
    mantissa = low + ((_EXP2[(part >> 3) + 1] - low) * (part & 7) >> 3)
    octave = x_q8 >> 8
    return mantissa << octave if octave >= 0 else mantissa >> -octave
