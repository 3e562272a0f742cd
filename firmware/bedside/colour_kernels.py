"""From one colour to the ring's 24 lights: the kernel of every plain frame."""

import micropython
from micropython import const

_BYTES = const(72)  # 24 lights, green, red, blue
_STEP_Q8 = const(75)  # 7 of 24 parts: lights that step one after the other lie far apart
_TURN_Q8 = const(256)


@micropython.viper
def fill(out: ptr8, green: int, red: int, blue: int):
    """Give all lights of `out` one colour in Q8 (0 to 65280 each), its fraction dithered.

    A fraction of 3/4 lights three of four lights a count brighter, so that a slow fade steps
    one light at a time.
    """
    at = 0
    dither = 0
    while at < _BYTES:
        out[at] = (green + dither) >> 8
        out[at + 1] = (red + dither) >> 8
        out[at + 2] = (blue + dither) >> 8
        dither += _STEP_Q8
        if dither >= _TURN_Q8:
            dither -= _TURN_Q8
        at += 3
