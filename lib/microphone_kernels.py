"""From samples to weighted energy: the kernel that hears every sample of the microphone.

Ranges are proved in tests_host/world/test_microphone_kernel.py.
"""

import micropython


@micropython.viper
def weigh(words: ptr32, s: ptr32, n: int):
    """A-weight `n` samples (32-bit words, 24 bits left-justified) and add up their energy.

    s: 0 the last word >> 4, 1-3 the outputs of three high-passes, 4 and 5 the energy so
    far: 4 its low 26 bits, 5 the rest, in units in which a full-scale sine swings +-2^20.
    `n` is even and at most 768.

    IEC 61672-1:2013, annex E, has poles at 20.6 Hz (two), 107.7, 737.9 and 12194 Hz (two).
    Each high-pass adds the change of its input less a share of itself: 1/64 for a pole at
    40 Hz, 19/512 at 96 Hz, 1/4 at 733 Hz. The first two stand for the lower three, and an
    eighth of the last change, taken off, for the upper two. Together they keep to the
    curve within 0.3 dB from 31.5 Hz to 6.3 kHz, and within 0.6 dB to 8 kHz.
    """
    x1 = int(s[0])
    p = int(s[1])
    q = int(s[2])
    r = int(s[3])
    small = 0
    middle = 0
    large = 0
    i = 0
    while i < n:
        x = int(words[i]) >> 4
        d = x - x1 - (p >> 6)
        p += d
        d -= (q >> 9) * 19
        q += d
        d -= r >> 2
        r += d
        y = (r - (d >> 3)) >> 7
        if uint(y + 1024) < uint(2048):
            small += y * y
        elif uint(y + 65536) < uint(131072):
            y >>= 6
            middle += y * y
        else:
            y >>= 11
            large += y * y
        x1 = int(words[i + 1]) >> 4
        d = x1 - x - (p >> 6)
        p += d
        d -= (q >> 9) * 19
        q += d
        d -= r >> 2
        r += d
        y = (r - (d >> 3)) >> 7
        if uint(y + 1024) < uint(2048):
            small += y * y
        elif uint(y + 65536) < uint(131072):
            y >>= 6
            middle += y * y
        else:
            y >>= 11
            large += y * y
        i += 2
    s[0] = x1
    s[1] = p
    s[2] = q
    s[3] = r
    low = int(s[4]) + (small & 0x3FFFFFF) + ((middle & 0x3FFF) << 12) + ((large & 15) << 22)
    s[4] = low & 0x3FFFFFF
    s[5] = int(s[5]) + (low >> 26) + (small >> 26) + (middle >> 14) + (large >> 4)
