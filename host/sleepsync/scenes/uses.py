"""What each use of a scene allows of light and touch: whoever compiles keeps to it beforehand.

The governor's own table is firmware/governor/limits.py, and it alone holds anything to it; a test
holds this one to that.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Most:
    """Light in mlx at the eye, photopic and melanopic alike; red or amber only; touch of 127."""

    light_mlx: int = 300_000
    is_amber: bool = False
    touch: int = 127


MOST = {
    "answer": Most(1000, True, 64),
    "check": Most(0, True, 64),
    "wind-down": Most(10_000, False, 64),
    "mask": Most(0, True, 0),
    "cue": Most(1000, True, 0),
    "relief": Most(0, True, 80),
    "sunrise": Most(300_000, False, 0),
    "early": Most(300_000, False, 100),
    "alarm": Most(300_000, False, 127),
    "pairing": Most(200, True, 0),
}
