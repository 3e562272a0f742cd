"""A recorded pulse for the desktop: light through the senses' own pulse, in one call.

It must add nothing of its own: what it gives is what the puck would say of that light.
"""

from array import array

from firmware.senses.pulse import Pulse
from firmware.senses.sampling import SampleClock

_PERIOD_US = 20000
_SECOND = 50
_BLOCK = 17


def hear(light) -> tuple:
    """What the puck says of `light`, counts of infrared at 50 Hz from the first beat on.

    (beats: two numbers each, the place of its steepest upstroke in 1/256 samples, and the
    believed interval that ends there in 1/256 samples or 0; seconds: five numbers each,
    rate in 0.1 /min, RMSSD and SDNN in 0.1 ms, breaths in 0.1 /min, quality in per cent;
    0 where it is not known.)
    """
    pulse = Pulse(SampleClock(_PERIOD_US))
    beats, seconds = array("i"), array("i")
    block = array("i", [0] * _BLOCK)
    at = 0
    while at < len(light):
        n = min(_BLOCK, len(light) - at, _SECOND - at % _SECOND)
        for i in range(n):
            block[i] = light[at + i]
        at += n
        pulse.block(block, n)
        for k in range(pulse.beats):
            beats.append((at << 8) - 256 - pulse.beat_age_q8[k])
            beats.append(0)
        if at % _SECOND == 0:
            seconds.extend(array("i", (pulse.rate_dbpm(), 0, 0, 0, pulse.quality())))
    return beats, seconds
