"""The converters of the simulated chips: from the world's signals to FIFO words.

These run on the desktop only, with 64-bit words.
"""

import micropython


@micropython.viper
def noise(seed: int) -> int:
    """The next state of a 32-bit xorshift generator (Marsaglia 2003); never 0."""
    s = seed
    s ^= (s << 13) & 0xFFFFFFFF
    s ^= s >> 17
    s ^= (s << 5) & 0xFFFFFFFF
    return s


@micropython.viper
def bell(s: int) -> int:
    """Roughly normal, from the four bytes of `s`: mean 0, deviation about 148."""
    return (s & 0xFF) + ((s >> 8) & 0xFF) + ((s >> 16) & 0xFF) + ((s >> 24) & 0xFF) - 510


@micropython.viper
def pulse_words(fifo: ptr8, world: ptr32, p: ptr32, n: int):
    """Take `n` samples of two LEDs into a ring of 32 x 6 bytes, 18 bits, MSB first.

    p: 0 next ring slot, 1 noise state, 2 world position Q16 (from `world[0]`),
    3 step per sample Q16, 4 averaged conversions, 5 red and 6 infrared LED in 0.2 mA,
    7 full scale in pA, 8 mask of valid bits, 9 noise in LSB Q8.
    """
    average = int(p[4])
    seed = int(p[1])
    slot = int(p[0])
    step = int(p[3]) // average
    at = int(p[2])
    k = 0
    while k < n:
        red = 0
        ir = 0
        j = 0
        while j < average:
            i = (at >> 16) * 3
            f = at & 0xFFFF
            ambient = int(world[i + 2])
            a = int(world[i])
            red += (a + (((int(world[i + 3]) - a) * f) >> 16)) * int(p[5]) // 5 + ambient
            a = int(world[i + 1])
            ir += (a + (((int(world[i + 4]) - a) * f) >> 16)) * int(p[6]) // 5 + ambient
            at += step
            j += 1
        c = 0
        while c < 2:
            v = red if c == 0 else ir
            seed = int(noise(seed))
            v = (v << 18) // (average * int(p[7])) + ((int(bell(seed)) * int(p[9])) >> 15)
            if v < 0:
                v = 0
            if v > 0x3FFFF:
                v = 0x3FFFF
            v &= int(p[8])
            o = slot * 6 + c * 3
            fifo[o] = v >> 16
            fifo[o + 1] = (v >> 8) & 0xFF
            fifo[o + 2] = v & 0xFF
            c += 1
        slot = (slot + 1) & 31
        k += 1
    p[0] = slot
    p[1] = seed
    p[2] = at


@micropython.viper
def motion_words(fifo: ptr8, world: ptr16, p: ptr32, n: int):
    """Take `n` samples of three axes into a ring of 32 x 6 bytes, left-justified, LSB first.

    p: 0 next ring slot, 1 noise state, 2 world position Q16 (from `world[0]`),
    3 step per sample Q16, 4 full scale in g (at 2 g, 1 g is 16,000), 5 low-pass weight Q8
    (256: none), 6 mask of valid bits, 7 noise in 1/8192 g Q8, 8.. filter state of three
    axes, two poles each.
    """
    seed = int(p[1])
    slot = int(p[0])
    at = int(p[2])
    weight = int(p[5])
    full_scale = int(p[4])
    k = 0
    while k < n:
        i = (at >> 16) * 3
        f = at & 0xFFFF
        c = 0
        while c < 3:
            a = (int(world[i + c]) ^ 0x8000) - 0x8000
            b = (int(world[i + c + 3]) ^ 0x8000) - 0x8000
            v = a * 16 + (((b - a) * f) >> 12)
            s = 8 + c * 2
            y = (int(p[s]) << 32) >> 32
            y += ((v - y) * weight) >> 8
            p[s] = y
            v = (int(p[s + 1]) << 32) >> 32
            v += ((y - v) * weight) >> 8
            p[s + 1] = v
            seed = int(noise(seed))
            v = (v >> 4) + ((int(bell(seed)) * int(p[7])) >> 15)
            v = v * 125 // (32 * full_scale)
            if v > 32767:
                v = 32767
            if v < -32768:
                v = -32768
            v &= int(p[6])
            o = slot * 6 + c * 2
            fifo[o] = v & 0xFF
            fifo[o + 1] = (v >> 8) & 0xFF
            c += 1
        slot = (slot + 1) & 31
        at += int(p[3])
        k += 1
    p[0] = slot
    p[1] = seed
    p[2] = at
