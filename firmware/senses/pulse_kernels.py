"""From counts of light to beats, and to breaths: kernels of every sample, beat and epoch.

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
_SLOWEST = const(5)  # breaths a minute: the spectrum's first line
_FASTEST = const(32)


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
    the steepest upstroke since that trough, 8 its slope, 9 that age as it was at the peak.
    out: for each beat 2 words: age of its steepest upstroke in samples before the newest
    of this call, and trough to peak. Returns the number of beats.
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
        s[9] = int(s[9]) + 1
        if v < int(s[6]):
            s[6] = v
            s[8] = 0
        slope = int(ring[(c + 1) & 127]) - int(ring[(c - 1) & 127])
        if slope > int(s[8]):
            s[7] = _CENTRE
            s[8] = slope
        if int(s[2]) * _LONG > (int(s[1]) + _LONG * (int(s[3]) >> 12)) * _SHORT:
            s[4] = int(s[4]) + 1
            if v > int(s[5]):
                s[5] = v
                s[9] = int(s[7])
        elif int(s[4]) > 0:
            if int(s[4]) >= _SHORT:
                out[k] = int(s[9]) + n - 1 - i
                out[k + 1] = int(s[5]) - int(s[6])
                k += 2
            s[4] = 0
            s[5] = 0
            s[6] = 8191
            s[8] = 0
        t = (t + 1) & 0xFFFFF
        i += 1
    s[0] = t
    return k >> 1


@micropython.viper
def compare(ring: ptr32, usual: ptr32, sums: ptr32, start: int, shift: int):
    """Compare a beat's shape, 32 words of `find_beats`' ring from `start` on, with the usual one.

    The shape is taken 64-fold, divided by 2^shift, and cut at +-4095. usual: 32 words, the
    running mean of shapes, which then moves an eighth towards this one. sums: 0 of the shape,
    1 of the usual one, and of 32 products: 2 of the shape with itself, 3 of both, 4 of the
    usual one with itself; each within 2^29.
    """
    a = 0
    b = 0
    aa = 0
    ab = 0
    bb = 0
    i = 0
    while i < _SHAPE:
        v = (int(ring[(start + i) & 127]) << 6) >> (shift & 31)
        if uint(v + 4095) > uint(8190):
            v = 4095 if v > 0 else -4095
        u = int(usual[i])
        a += v
        b += u
        aa += v * v
        ab += v * u
        bb += u * u
        usual[i] = u + ((v - u) >> 3)
        i += 1
    sums[0] = a
    sums[1] = b
    sums[2] = aa
    sums[3] = ab
    sums[4] = bb


@micropython.viper
def spectrum(values: ptr32, turns: ptr32, powers: ptr32, cosine: ptr32, n: int):
    """The powers of 28 lines, 5 to 32 breaths a minute, in `n` (0-96) values within +-2047.

    turns: how far a wave of one breath a minute has turned at each, in 1/65536 turns, up to
    35,000. cosine: a turn in 256 steps, Q12. Each power is multiplied by its breaths: without
    that a slow drift would outweigh them. The beats are taken as they come (Lomb 1976,
    Astrophys Space Sci 39:447, his phases left out), so none need be made up.
    """
    f = _SLOWEST
    while f <= _FASTEST:
        even = 0
        odd = 0
        i = 0
        while i < n:
            x = int(values[i])
            turn = (int(turns[i]) * f) >> 8
            even += x * int(cosine[turn & 255])
            odd += x * int(cosine[(turn - 64) & 255])
            i += 1
        even = even >> 15
        odd = odd >> 15
        powers[f - _SLOWEST] = ((even * even + odd * odd) >> 10) * f
        f += 1
