"""From a colour and each light's share of it to the ring's 24 lights: the kernel of rich frames."""

import micropython
from micropython import const

_LIGHTS = const(24)
_STEP_Q8 = const(75)  # 7 of 24 parts: lights that step one after the other lie far apart
_FULL_Q8 = const(65280)


@micropython.viper
def paint(out: ptr8, colour: ptr16, firsts: ptr16, lasts: ptr16, place: int):
    """Give each light of `out` its share of `colour`, the fraction of a count dithered.

    colour: green, red, blue, Q8, 0 to 65280. firsts, lasts: 24 shares each, Q10, 0 to 16383, of
    which the ring shows those that lie `place` eighths (0-7) of the way from one to the other. What
    would be brighter than a light can be is at its brightest. Dither lies around the ring alone: in
    time it would have to be above 65 Hz.
    """
    at = 0
    light = 0
    dither = 0
    while light < _LIGHTS:
        share = (int(firsts[light]) * (8 - place) + int(lasts[light]) * place) >> 3
        channel = 0
        while channel < 3:
            level = ((int(colour[channel]) * share) >> 10) + dither
            if level > _FULL_Q8:
                level = _FULL_Q8
            out[at] = level >> 8
            at += 1
            channel += 1
        dither = (dither + _STEP_Q8) & 255
        light += 1
