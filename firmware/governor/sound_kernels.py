"""The gain of every sample that is heard."""

import micropython


@micropython.viper
def amplify(samples: ptr16, gain: int, step: int, n: int):
    """Multiply `n` samples by a gain (Q15 and 12 bits more, 0 to 32767 << 12) that grows by `step`.

    Rounded to the nearest, so that soft sound stays without an offset.
    """
    i = 0
    while i < n:
        x = (int(samples[i]) ^ 0x8000) - 0x8000
        samples[i] = (x * (gain >> 12) + 0x4000) >> 15
        gain += step
        i += 1
