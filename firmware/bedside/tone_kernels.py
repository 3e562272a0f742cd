"""From a pitch to samples: the kernel of every plain tone."""

import micropython
from micropython import const

_EDGE = const(512)  # samples, 32 ms: in and out of a beat without a click
# sin(z * pi / 2) for |z| up to 1, Q14: the polynomial of fifth order with the least error
# that is 1 at 1; its harmonics lie 76 dB below.
_A = const(25732)
_B = const(10524)
_C = const(1176)


@micropython.viper
def tone(out: ptr16, s: ptr32, n: int):
    """Write `n` samples of a sine that comes and goes in beats.

    s: 0 phase, 1 its step, in 2^-24 turns; 2 samples since the beat began, 3 samples that it
    lasts (then silence); 4 amplitude at the first sample, Q15 and 12 bits more, 5 its step.
    Phase and amplitude go on; the beat's edges rise and fall within 512 samples.
    """
    phase = int(s[0])
    i = 0
    step = int(s[1])
    at = int(s[2])
    left = int(s[3]) - at
    amplitude = int(s[4])
    rise = int(s[5])
    while i < n:
        z = ((phase >> 8) + 0x4000) & 0xFFFF
        if z < 0x8000:
            z -= 0x4000
        else:
            z = 0xC000 - z
        square = (z * z) >> 14
        z = (z * (_A - ((square * (_B - ((square * _C) >> 14))) >> 14))) >> 14
        z = (z * (amplitude >> 12)) >> 14
        edge = at if at < left else left
        if edge < _EDGE:
            if edge < 0:
                edge = 0
            z = (z * edge) >> 9
        out[i] = z
        phase = (phase + step) & 0xFFFFFF
        amplitude += rise
        at += 1
        left -= 1
        i += 1
    s[0] = phase
    s[2] = at
    s[4] = amplitude
