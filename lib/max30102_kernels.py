"""FIFO words of the MAX30102 to integers."""

import micropython


@micropython.viper
def unpack(raw: ptr8, red: ptr32, infrared: ptr32, n: int):
    """Split `n` words of 2 x 3 bytes, most significant first, 18 bits valid."""
    i = 0
    b = 0
    while i < n:
        red[i] = (int(raw[b]) & 3) << 16 | int(raw[b + 1]) << 8 | int(raw[b + 2])
        infrared[i] = (int(raw[b + 3]) & 3) << 16 | int(raw[b + 4]) << 8 | int(raw[b + 5])
        b += 6
        i += 1
