"""From counts of light to beats: kernels that run on every sample.

Beats are found where a short mean of the squared, band-passed pulse stands above a
long one (Elgendi 2013, PLoS ONE 8(10):e76585), and timed at the steepest upstroke.
Ranges are proved in tests_host/night/test_ranges.py.
"""

import micropython
from micropython import const

_SHORT = const(7)  # 140 ms at 50 Hz, about a systole (the paper: 111 ms)
_LONG = const(33)  # 660 ms, about a beat (the paper: 667 ms)
_CENTRE = const(16)  # the long mean reaches this far to either side
_SHORT_IN = const(13)  # the short mean is centred too: from 13 to 19 samples back
_SHORT_OUT = const(20)
_SHAPE = const(32)  # samples of a beat's shape, 640 ms


@micropython.viper
def swing(light: ptr32, out: ptr32, state: ptr32, sums: ptr32, n: int) -> int:
    """Turn counts into the swing about their slow mean, a beat upwards, within +-8191.

    state: 0 slow mean Q8 (time constant 64 samples), negative: starts at the next sample;
    1 samples so far (mod 256). sums: a ring of 256, the sum of all light up to each sample,
    modulo 2^30. Returns how many samples were clamped.
    """
    mean = int(state[0])
    t = int(state[1])
    total = int(sums[(t - 1) & 255])
    clamped = 0
    i = 0
    while i < n:
        x = int(light[i])
        if mean < 0:
            mean = x << 8
        mean += ((x << 8) - mean) >> 6
        v = (mean >> 8) - x
        if uint(v + 8191) > uint(16382):
            clamped += 1
            v = 8191 if v > 0 else -8191
        out[i] = v
        total = (total + x) & 0x3FFFFFFF
        sums[(t + i) & 255] = total
        i += 1
    state[0] = mean
    state[1] = (t + n) & 255
    return clamped


@micropython.viper
def find_beats(y: ptr32, ring: ptr32, s: ptr32, out: ptr32, n: int) -> int:
    """Find beats in the band-passed swing `y[:n]`; the answer lags by 16 samples.

    ring: the last 128 of y, then the last 64 of its squared upper half.
    s: 0 samples so far (mod 2^20), 1 and 2 sums of the long and the short mean, 3 mean
    square Q6, 4 width of the present block, 5 its peak, 6 the trough before it, 7 age of
    the steepest upstroke since that trough, 8-10 the slopes before, at and after it,
    11-14 the same four as they were at the peak.
    out: for each beat 5 words: age of its steepest upstroke in samples before the newest
    of this call, the three slopes there, and trough to peak. Returns the number of beats.
    """
    t = int(s[0])
    k = 0
    i = 0
    while i < n:
        v = int(y[i])
        q = 0
        if v > 0:
            q = (v * v) >> 8
        ring[t & 127] = v
        s[1] = int(s[1]) + q - int(ring[128 + ((t - _LONG) & 63)])
        ring[128 + (t & 63)] = q
        s[2] = (
            int(s[2])
            + int(ring[128 + ((t - _SHORT_IN) & 63)])
            - int(ring[128 + ((t - _SHORT_OUT) & 63)])
        )
        s[3] = int(s[3]) + (((q << 6) - int(s[3])) >> 9)
        c = t - _CENTRE
        v = int(ring[c & 127])
        s[7] = int(s[7]) + 1
        s[11] = int(s[11]) + 1
        if v < int(s[6]):
            s[6] = v
            s[9] = 0
        slope = int(ring[(c + 1) & 127]) - int(ring[(c - 1) & 127])
        if slope > int(s[9]):
            s[7] = _CENTRE
            s[8] = v - int(ring[(c - 2) & 127])
            s[9] = slope
            s[10] = int(ring[(c + 2) & 127]) - v
        if int(s[2]) * _LONG > (int(s[1]) + _LONG * (int(s[3]) >> 12)) * _SHORT:
            s[4] = int(s[4]) + 1
            if v > int(s[5]):
                s[5] = v
                s[11] = int(s[7])
                s[12] = int(s[8])
                s[13] = int(s[9])
                s[14] = int(s[10])
        elif int(s[4]) > 0:
            if int(s[4]) >= _SHORT:
                out[k] = int(s[11]) + n - 1 - i
                out[k + 1] = int(s[12])
                out[k + 2] = int(s[13])
                out[k + 3] = int(s[14])
                out[k + 4] = int(s[5]) - int(s[6])
                k += 5
            s[4] = 0
            s[5] = 0
            s[6] = 8191
            s[9] = 0
        t = (t + 1) & 0xFFFFF
        i += 1
    s[0] = t
    return k // 5


@micropython.viper
def compare(ring: ptr32, usual: ptr32, energies: ptr32, start: int):
    """Compare a beat's shape, 32 words of `find_beats`' ring from `start` on, with the usual one.

    A shape is taken without its mean, and so that its peak lies between 1024 and 2047 (or
    below, if it is less than 16). usual: 32 words, the running mean of shapes, which then
    moves an eighth towards this one. energies: sums over 32 products, 0 of the shape with
    itself, 1 of both, 2 of the usual one with itself; each within 2^27.
    """
    mean = 0
    i = 0
    while i < _SHAPE:
        mean += int(ring[(start + i) & 127])
        i += 1
    mean = mean >> 5
    peak = 0
    i = 0
    while i < _SHAPE:
        v = int(ring[(start + i) & 127]) - mean
        if v < 0:
            v = 0 - v
        if v > peak:
            peak = v
        i += 1
    peak = peak << 6
    shift = 0
    while peak > 2047:
        peak = peak >> 1
        shift += 1
    shape = 0
    both = 0
    same = 0
    i = 0
    while i < _SHAPE:
        v = ((int(ring[(start + i) & 127]) - mean) << 6) >> (shift & 31)
        u = int(usual[i])
        shape += v * v
        both += v * u
        same += u * u
        usual[i] = u + ((v - u) >> 3)
        i += 1
    energies[0] = shape
    energies[1] = both
    energies[2] = same


@micropython.viper
def slopes(red: ptr32, infrared: ptr32, sums: ptr32, n: int):
    """Add to `sums` how far red light falls with infrared, over steps of four samples.

    sums: 0 of both steps' products, 1 of the infrared ones' squares, each in sixteenths;
    steps are cut at +-1023, so an epoch of 1,500 samples stays within 2^27.
    """
    both = int(sums[0])
    same = int(sums[1])
    i = 4
    while i < n:
        a = int(red[i]) - int(red[i - 4])
        b = int(infrared[i]) - int(infrared[i - 4])
        if uint(a + 1023) > uint(2046):
            a = 1023 if a > 0 else -1023
        if uint(b + 1023) > uint(2046):
            b = 1023 if b > 0 else -1023
        both += (a * b) >> 4
        same += (b * b) >> 4
        i += 1
    sums[0] = both
    sums[1] = same
