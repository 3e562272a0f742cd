"""A recorded pulse for the desktop: light through the senses' own pulse, in one call.

It must add nothing of its own: what it gives is what the puck would say of that light.
"""

from array import array

from firmware.senses.breath import Breath
from firmware.senses.pulse import Oxygen, Pulse
from firmware.senses.rhythm import BEATS, LONGEST_Q8, TIME, WORDS
from firmware.senses.sampling import SampleClock

_PERIOD_US = 20000
_SECOND = 50
_EPOCH = 1500
_BLOCK = 17


def hear(light) -> tuple:
    """What the puck says of `light`, counts of infrared at 50 Hz from the first beat on.

    (beats: two numbers each, the place of its steepest upstroke in 1/256 samples, and the
    believed interval that ends there in 1/256 samples or 0; seconds: five numbers each,
    rate in 0.1 /min, RMSSD and SDNN in 0.1 ms, breaths in 0.1 /min, quality in per cent;
    0 where it is not known.)
    """
    clock = SampleClock(_PERIOD_US)
    pulse, breath = Pulse(clock), Breath(clock)
    rhythm = pulse.rhythm
    beats, seconds = array("i"), array("i")
    block = array("i", [0] * _BLOCK)
    at = 0
    while at < len(light):
        n = min(_BLOCK, len(light) - at, _SECOND - at % _SECOND)
        for i in range(n):
            block[i] = light[at + i]
        at += n
        before = rhythm.at
        pulse.block(block, n)
        while before != rhythm.at:
            beat = WORDS * before
            ago_q8 = rhythm.now_q8 - rhythm.ring[beat] & TIME
            beats.append((at << 8) - 256 - ago_q8)
            beats.append(rhythm.ring[beat + 1])
            before = (before + 1) % BEATS
        if at % _SECOND == 0:
            seconds.extend(_now(rhythm, breath))
    return beats, seconds


def ratios_pct(red, infrared) -> array:
    """The trend of oxygen in each whole epoch of both lights, counts at 50 Hz: see `Oxygen`."""
    oxygen, ratios = Oxygen(), array("i")
    for start in range(0, len(red) - _EPOCH + 1, _EPOCH):
        oxygen.begin_epoch()
        for at in range(start, start + _EPOCH, _BLOCK):
            n = min(_BLOCK, start + _EPOCH - at)
            oxygen.block(red[at : at + n], infrared[at : at + n], n)
        ratios.append(oxygen.ratio_pct())
    return ratios


def _now(rhythm, breath):
    rhythm.look(LONGEST_Q8)
    rmssd_dms, sdnn_dms = rhythm.rmssd_dms, rhythm.sdnn_dms
    rhythm.look_now()
    breath.look(rhythm)
    return array("i", (rhythm.rate_dbpm, rmssd_dms, sdnn_dms, breath.rate_dpm, rhythm.quality))
