"""FIFO words of the pod's two sensors to integers."""

import micropython


@micropython.viper
def unpack_light(raw: ptr8, red: ptr32, infrared: ptr32, n: int):
    """Split `n` words of the MAX30102: 2 x 3 bytes, most significant first, 18 bits valid."""
    i = 0
    b = 0
    while i < n:
        red[i] = (int(raw[b]) & 3) << 16 | int(raw[b + 1]) << 8 | int(raw[b + 2])
        infrared[i] = (int(raw[b + 3]) & 3) << 16 | int(raw[b + 4]) << 8 | int(raw[b + 5])
        b += 6
        i += 1


@micropython.viper
def unpack_motion(raw: ptr16, x: ptr32, y: ptr32, z: ptr32, n: int):
    """Split `n` words of the LIS3DH: 3 x 16 bits, left-justified at 2 g full scale, so that a
    16th is 1 mg.
    """
    i = 0
    w = 0
    while i < n:
        x[i] = ((int(raw[w]) ^ 0x8000) - 0x8000) >> 4
        y[i] = ((int(raw[w + 1]) ^ 0x8000) - 0x8000) >> 4
        z[i] = ((int(raw[w + 2]) ^ 0x8000) - 0x8000) >> 4
        w += 3
        i += 1
