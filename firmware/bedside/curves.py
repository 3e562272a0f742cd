"""The curves that rich light moves by: ease, sine, chance. Whole numbers below 2^30 only.

It must never remember anything: the same arguments give the same number, on every machine.
"""

from micropython import const

_PRIME = const(65521)
_FACTOR = const(12829)  # their product is below 2^30


def eased(share: int) -> int:
    """From 0 to 1024 as `share` (Q10) goes there, without a corner at either end."""
    return (share * share >> 10) * (3072 - 2 * share) >> 10


def breath(tick: int, beat: int) -> int:
    """How full (Q10) a breath of `beat` ticks (5-1000) is: in for two fifths of it, and out."""
    at, over = tick % beat, beat * 2 // 5
    if at >= over:
        at, over = beat - at, beat - over
    return eased((at << 10) // over)


def sine(turn: int) -> int:
    """Of an angle in 2^-16 turns, Q12; off by 7 at most: a parabola, and a share of its square."""
    half = turn & 0x7FFF
    arch = half * (0x8000 - half) >> 16
    arch = arch * (3174 + (arch * 922 >> 12)) >> 12
    return -arch if turn & 0x8000 else arch


def chance(seed: int, which: int, when: int) -> int:
    """A number from 0 to 1023, as if by a throw of dice, of those three.

    seed: 0 to 2^30 - 1; which, when: 0 to 2^29.
    """
    drawn = seed % _PRIME
    for word in (seed >> 15, which, when, 3, 5):
        drawn = (drawn + word + 1) % _PRIME * _FACTOR % _PRIME
        drawn ^= drawn >> 8
    return drawn >> 3 & 1023
