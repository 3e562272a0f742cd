"""From four bits to a sample: the kernel of recorded clips.

IMA ADPCM as in "Recommended Practices for Enhancing Digital Audio Compatibility in Multimedia
Systems", revision 3.00, IMA Digital Audio Focus and Technical Working Groups, 1992.
"""

import micropython


@micropython.viper
def decode(nibble: int, end: int, data: ptr8, steps: ptr16, state: ptr32, out: ptr16, at: int):
    """Decode nibbles `nibble` to `end` of `data`, low ones first, into `out` from `at` on.

    steps: the 89 step sizes. state: 0 the sample before (16 bits), 1 the step's index, 0-88.
    A difference is at most 15/8 of the largest step, so that no sum leaves 17 bits.
    """
    value = int(state[0])
    index = int(state[1])
    while nibble < end:
        code = int(data[nibble >> 1])
        if nibble & 1:
            code >>= 4
        step = int(steps[index])
        change = step >> 3
        if code & 4:
            change += step
        if code & 2:
            change += step >> 1
        if code & 1:
            change += step >> 2
        if code & 8:
            value -= change
            if value < -32768:
                value = -32768
        else:
            value += change
            if value > 32767:
                value = 32767
        out[at] = value
        code &= 7
        if code > 3:
            index += code + code - 6
            if index > 88:
                index = 88
        elif index:
            index -= 1
        nibble += 1
        at += 1
    state[0] = value
    state[1] = index
