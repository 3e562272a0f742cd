"""Noise of any colour, and the filter that makes wind and water of it: kernels of the synthesiser.

Ranges are proved in tests_host/sound/test_synth_ranges.py.
"""

import micropython
from micropython import const

_WORD = const(0x3FFFFFFF)
_HALF = const(0x4000)
_FULL = const(32767)
_LEAST = const(-32768)


@micropython.viper
def noise(s: ptr32, end: int, out: ptr16, n: int):
    """Fill `out[:n]` with random numbers, the sum of one-pole low passes of them.

    The generator shifts 30 bits (Marsaglia 2003; 11, 13, 8 leave out no number but 0), so it
    begins again after 18 hours at 16 kHz.
    s[:end]: 0 the generator, 1 to 2^30 - 1; 1 how many of 32768 samples are not 0; 2 the gain
    past all low passes, Q10; then of each its state (Q12), share (Q12, 0 to 4096) and gain (Q10).
    Gains may add up to 64.
    """
    x = int(s[0])
    i = 0
    while i < n:
        x = x ^ ((x << 11) & _WORD)
        x = x ^ (x >> 13)
        x = x ^ ((x << 8) & _WORD)
        white = (x >> 15) - _HALF
        if (x & 0x7FFF) >= int(s[1]):
            white = 0
        y = white * int(s[2])
        white = white << 12
        at = 3
        while at < end:
            low = int(s[at])
            low += ((white - low) >> 12) * int(s[at + 1])
            s[at] = low
            y += (low >> 12) * int(s[at + 2])
            at += 3
        y = y >> 10
        if y > _FULL:
            y = _FULL
        elif y < _LEAST:
            y = _LEAST
        out[i] = y
        i += 1
    s[0] = x


@micropython.viper
def sift(samples: ptr16, out: ptr16, s: ptr32, n: int, gain: int, step: int):
    """Add `samples[:n]`, filtered, to `out[:n]`; what leaves 16 bits is clipped.

    A state-variable filter (Chamberlin 1985), whose tuning may glide.
    gain: Q15 and 12 bits more, which grows by `step` each sample, 0 to 32767 << 12.
    s: 0 what is added: 0 low, 1 band, 2 high pass, 3 all as it is; 1 tuning, 2 sin(pi f / 16 kHz),
    Q12 and 12 bits more, 8 to 5000 << 12; 2 its growth each sample; 3 damping, Q12, 512 to 6000;
    4 low and 5 band, Q8, 0 at first.
    """
    kind = int(s[0])
    tuning = int(s[1])
    low = int(s[4])
    band = int(s[5])
    i = 0
    while i < n:
        y = (int(samples[i]) ^ 0x8000) - 0x8000
        if kind < 3:
            f = tuning >> 12
            low += ((band >> 9) * f) >> 3
            high = (y << 8) - low - (((band >> 9) * int(s[3])) >> 3)
            band += ((high >> 9) * f) >> 3
            if kind == 0:
                y = low >> 8
            elif kind == 1:
                y = band >> 8
            else:
                y = high >> 8
            tuning += int(s[2])
        y = ((int(out[i]) ^ 0x8000) - 0x8000) + (((y >> 4) * (gain >> 12)) >> 11)
        if y > _FULL:
            y = _FULL
        elif y < _LEAST:
            y = _LEAST
        out[i] = y
        gain += step
        i += 1
    s[1] = tuning
    s[4] = low
    s[5] = band
