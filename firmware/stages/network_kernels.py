"""The kernels of the sleep network: a dense layer, and a convolution over remembered epochs.

Weights are bytes, int8 + 128: an unsigned load needs no sign mended.
"""

import micropython
from micropython import const

_BIAS = const(1 << 23)  # what is added to a bias, so that its three bytes are unsigned


@micropython.viper
def dense(x: ptr32, w: ptr8, y: ptr32, n: int, m: int, shift: int, floor: int):
    """Add a layer's answers to `x[:n]`, each at least `floor` (0: ReLU), to `y[:m]`.

    w: for each output its bias, 24 bits from the lowest, then its n weights; an answer is
    (bias + sum of weight * x) >> shift. n must be even; the sum of |x| must stay below 2^23.
    """
    total = 0
    i = 0
    while i < n:
        total += int(x[i])
        i += 1
    total = (total << 7) + _BIAS
    j = 0
    o = 0
    while o < m:
        acc = int(w[j]) + (int(w[j + 1]) << 8) + (int(w[j + 2]) << 16) - total
        j += 3
        i = 0
        while i < n:
            acc += int(x[i]) * int(w[j]) + int(x[i + 1]) * int(w[j + 1])
            i += 2
            j += 2
        acc >>= shift & 31
        if acc < floor:
            acc = floor
        y[o] = int(y[o]) + acc
        o += 1


@micropython.viper
def convolve(ring: ptr8, w: ptr8, y: ptr32, channels: int, taps: int, at: int, step: int):
    """Each channel's sum of `taps` remembered values by their weights, into `y[:channels]`.

    ring: epochs of `channels` bytes each, (taps - 1) * step + channels bytes in all; `at` is
    where its oldest epoch begins, `step` the bytes from tap to tap. w: a weight for each
    channel, tap after tap.
    """
    size = (taps - 1) * step + channels
    weights = taps * channels
    c = 0
    while c < channels:
        here = at + c
        acc = 0
        j = c
        while j < weights:
            acc += int(ring[here]) * (int(w[j]) - 128)
            here += step
            if here >= size:
                here -= size
            j += channels
        y[c] = acc
        c += 1


@micropython.viper
def remember(x: ptr32, ring: ptr8, at: int, n: int):
    """Put `x[:n]`, 0 or more and at most 255, into `ring[at:]`."""
    i = 0
    while i < n:
        v = int(x[i])
        if v > 255:
            v = 255
        ring[at + i] = v
        i += 1
