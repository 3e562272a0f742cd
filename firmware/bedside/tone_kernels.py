"""From a pitch to samples: the kernel of every plain tone."""

import micropython
from micropython import const

# sin(z * pi / 2) for |z| up to 1, Q14: a polynomial of fifth order that is 1 at 1.
_A = const(25732)
_B = const(10524)
_C = const(1176)


@micropython.viper
def tone(phase: int, at: int, end: int, out: ptr16, step: int, amplitude: int, rise: int) -> int:
    """Write a sine into `out[at:end]`; the phase after it.

    phase: in 2^-24 turns, 0 to 2^24; `step` likewise a sample; at 2^22 the sine is 0 and rises.
    amplitude: Q15 and 12 bits more, which grows by `rise` each sample, 0 to 32767 << 12.
    """
    while at < end:
        z = (phase >> 8) - 0x4000
        if z > 0x4000:
            z = 0x8000 - z
        square = (z * z) >> 14
        z = (z * (_A - ((square * (_B - ((square * _C) >> 14))) >> 14))) >> 14
        out[at] = (z * (amplitude >> 12)) >> 14
        phase = (phase + step) & 0xFFFFFF
        amplitude += rise
        at += 1
    return phase
