"""FIFO words of the LIS3DH to milli-g."""

import micropython


@micropython.viper
def unpack(raw: ptr16, x: ptr32, y: ptr32, z: ptr32, n: int):
    """Split `n` words of 3 x 16 bits, left-justified at 2 g full scale: a 16th is 1 mg."""
    i = 0
    w = 0
    while i < n:
        x[i] = ((int(raw[w]) ^ 0x8000) - 0x8000) >> 4
        y[i] = ((int(raw[w + 1]) ^ 0x8000) - 0x8000) >> 4
        z[i] = ((int(raw[w + 2]) ^ 0x8000) - 0x8000) >> 4
        w += 3
        i += 1
