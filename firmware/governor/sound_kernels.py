"""The gain of every sample that is heard."""

import micropython


@micropython.viper
def amplify(gain: int, at: int, n: int, samples: ptr16, step: int):
    """Multiply `samples[at:n]` by a gain (Q15 and 12 bits more, 0 to 32767 << 12) that grows.

    By `step` each sample. Rounded to the nearest, so that soft sound stays without an offset.
    """
    while at < n:
        x = (int(samples[at]) ^ 0x8000) - 0x8000
        samples[at] = (x * (gain >> 12) + 0x4000) >> 15
        gain += step
        at += 1
