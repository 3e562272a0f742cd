"""From acceleration to activity counts: kernels that run on every sample."""

import micropython
from micropython import const

_SECOND = const(50)  # samples
_WINDOW_S = const(15)


@micropython.viper
def quarter_mg(source: ptr32, out: ptr32, n: int):
    """mg to units of 0.25 mg, so that the filters round below the converter's step."""
    i = 0
    while i < n:
        out[i] = int(source[i]) << 2
        i += 1


@micropython.viper
def count_seconds(x: ptr32, y: ptr32, z: ptr32, s: ptr32, n: int):
    """Add the band-passed axes (0.25 mg) to the activity counts.

    A second's peak goes into bins of 5 g / 128, the first being 1; fifteen of them
    make a sum, and (sum - 18) * 3.07 a count, at least 0 (the published features of
    sleep-accel, doi 10.13026/hmhs-py35).
    s: 0 samples in this second, 1 its peak, 2 seconds in this window, 3 their sum of
    bins, 4 windows counted, 5 sum of their counts.
    """
    i = 0
    while i < n:
        v = int(x[i])
        if v < 0:
            v = 0 - v
        if v > int(s[1]):
            s[1] = v
        v = int(y[i])
        if v < 0:
            v = 0 - v
        if v > int(s[1]):
            s[1] = v
        v = int(z[i])
        if v < 0:
            v = 0 - v
        if v > int(s[1]):
            s[1] = v
        s[0] = int(s[0]) + 1
        if int(s[0]) == _SECOND:
            v = 1 + int(s[1]) * 4 // 625
            if v > 128:
                v = 128
            s[3] = int(s[3]) + v
            s[0] = 0
            s[1] = 0
            s[2] = int(s[2]) + 1
            if int(s[2]) == _WINDOW_S:
                v = (int(s[3]) - 18) * 307 // 100
                if v > 0:
                    s[5] = int(s[5]) + v
                s[4] = int(s[4]) + 1
                s[2] = 0
                s[3] = 0
        i += 1
