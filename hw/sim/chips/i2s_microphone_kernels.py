"""What the simulated microphone says, word by word.

These run on the desktop only, with 64-bit words.
"""

import micropython


@micropython.viper
def hear(words: ptr32, loop: ptr16, p: ptr32, n: int):
    """Write `n` words: 24 bits, left-justified, clipped; the room's sound and the part's noise.

    p: 0 noise state, 1 position in `loop`, 2 its length, 3 the sound's gain Q24 (below 128,
    from 16 bits to 24), 4 the noise's gain Q8.
    """
    s = int(p[0])
    at = int(p[1])
    length = int(p[2])
    gain = int(p[3])
    noise = int(p[4])
    i = 0
    while i < n:
        s ^= (s << 13) & 0xFFFFFFFF
        s ^= s >> 17
        s ^= (s << 5) & 0xFFFFFFFF
        bell = (s & 0xFF) + ((s >> 8) & 0xFF) + ((s >> 16) & 0xFF) + ((s >> 24) & 0xFF) - 510
        v = ((int(loop[at]) ^ 0x8000) - 0x8000) * gain
        v = (v + bell * noise * 256 + 0x8000) >> 16
        if v > 0x7FFFFF:
            v = 0x7FFFFF
        if v < -0x800000:
            v = -0x800000
        words[i] = v << 8
        at += 1
        if at == length:
            at = 0
        i += 1
    p[0] = s
    p[1] = at


@micropython.viper
def add(words: ptr32, samples: ptr16, gain: int, n: int):
    """Add `n` samples of 16 bits, raised by `gain` (Q24, below 128) to 24, to what is in `words`.

    Clipped, as there.
    """
    i = 0
    while i < n:
        v = ((int(samples[i]) ^ 0x8000) - 0x8000) * gain
        v = ((int(words[i]) << 32) >> 40) + ((v + 0x8000) >> 16)
        if v > 0x7FFFFF:
            v = 0x7FFFFF
        if v < -0x800000:
            v = -0x800000
        words[i] = v << 8
        i += 1
