"""A night that nobody ends: it ends by itself, and the puck starts anew with an empty memory.

Loaded when a night has lasted that long, and gone with the restart that follows. It must never end
a night that somebody sleeps in, cut off what acts, or stand between a sleeper and an alarm.
"""

from micropython import const

from firmware import records
from hw import restart

_NEAR_MS = const(3600000)  # an hour before an alarm no night ends by itself


def mind(puck) -> None:
    """End the night of `puck` (firmware/app.py) if nobody minds; to be called now and then."""
    if not (_is_worn(puck) or _is_near(puck) or any(puck.governor.lanes.acts)):
        puck.close()
        restart.now()


def _is_worn(puck):
    return puck.score and puck.score.stage >= records.WAKE


def _is_near(puck):
    """Whether an alarm is, or would be lost with the count that alone knows when it is due."""
    left_ms = puck.alarms.left_ms()
    return left_ms and (left_ms < _NEAR_MS or not puck.clock.utc_s())
