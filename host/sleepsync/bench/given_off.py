"""When the puck gave off light, sound or touch: what was emitted, lane by lane, as times.

It must never judge, and knows of no alarm.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from sleepsync.emitted.files import RATE_HZ, read_emitted

LIGHT, SOUND, TOUCH = "light", "sound", "touch"

_SECOND_US = 1_000_000
_STEP = RATE_HZ // 10  # of sound that is looked at as one


def lanes(folder: Path) -> dict[str, list[int]]:
    """When each lane gave something off in the night of `folder`: us of its world, ascending, at
    least one a second while it does.
    """
    emitted = read_emitted(folder / "emitted")
    sounded, at = [], 0
    for us, count in zip(emitted.run_us, emitted.run_counts, strict=True):
        for first in range(0, int(count), _STEP):
            if np.any(emitted.samples[at + first : at + min(int(count), first + _STEP)]):
                sounded.append(int(us) + first * _SECOND_US // RATE_HZ)
        at += int(count)
    return {
        LIGHT: _held(emitted.light_us, emitted.grb.any(axis=(1, 2))),
        SOUND: sounded,
        TOUCH: _held(emitted.touch_us, emitted.drive > 0),
    }


def spans(times_us: Iterable[int], silence_us: int) -> Iterator[tuple[int, int]]:
    """(first, last) of what is given off without a silence of `silence_us`."""
    first = last = None
    for us in times_us:
        if first is not None and last is not None and us - last >= silence_us:
            yield first, last
            first = None
        first, last = us if first is None else first, us
    if first is not None and last is not None:
        yield first, last


def _held(times, is_on):
    """What a lane shows, it shows until its next row."""
    found: list[int] = []
    for i in np.flatnonzero(is_on):
        until = int(times[i + 1]) if i + 1 < len(times) else int(times[i]) + 1
        found += range(int(times[i]), until, _SECOND_US)
    return found
