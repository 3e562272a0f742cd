"""A wave with gaps through the firmware's pulse: each stretch by itself, then joined.

No interval reaches across a gap, and nothing is known in one. It must never decide more.
"""

import numpy as np

from sleepsync.pulse.hearing import RATE_HZ, Heard, hear
from sleepsync.pulse.light import stretches
from sleepsync.vm import Worker


def hear_stretches(light: np.ndarray, vm: Worker | None = None) -> Heard:
    """Hear `light` (n,), counts at 50 Hz and NaN where there are none.

    Row k is of second k of `light`. It is NaN, `quality` too, unless light came at its end.
    """
    if vm is None:
        with Worker() as own:
            return hear_stretches(light, own)
    seconds = len(light) // RATE_HZ
    rows = np.full((5, seconds), np.nan)
    beats, intervals = [np.empty(0)], [np.empty(0)]
    for first, end in stretches(light):
        start, heard = _from_whole_second(light[:end], first, vm)
        beats.append(heard.beats_s + start)
        intervals.append(heard.intervals_s)
        rows[:, start : end // RATE_HZ] = _rows(heard)
    return Heard(np.concatenate(beats), np.concatenate(intervals), *rows)


def _from_whole_second(light, first, vm):
    """(second it starts in, heard). So that seconds stay whole, the first sample stands still
    from there on, as if it had for ever: that is what filters start from anyway."""
    start = first // RATE_HZ
    part = light[start * RATE_HZ :].copy()
    part[: first - start * RATE_HZ] = light[first]
    return start, hear(part, vm)


def _rows(heard):
    return np.array(
        [heard.rate_bpm, heard.rmssd_ms, heard.sdnn_ms, heard.breaths_per_min, heard.quality]
    )
