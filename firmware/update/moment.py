"""Whether this is a moment for an update, or for the restart that it needs.

No alarm may be near, ring or rest, and nobody may be asleep. It must never say yes where it does
not know.
"""

from micropython import const

from firmware import records

_BEGIN_MIN = const(120)  # before the earliest moment at which an alarm may ring
_RESTART_MIN = const(30)  # a trial takes three at most
_RINGING_MS = const(1)  # as Alarms.left_ms has it
_DAY_S = const(86400)


def begins(puck, armed: bytes) -> str:
    """Why an update must not begin now, and when it may; "" it may.

    `puck`: what runs, or ran until somebody interrupted it: a Puck or SafeMode, None for neither;
    then `armed` decides, which is the alarm's entry in NVS.
    """
    return _why_not(puck, armed, _BEGIN_MIN)


def restarts(puck, armed: bytes) -> str:
    """The same for the restart into the new slot."""
    return _why_not(puck, armed, _RESTART_MIN)


def is_ringing(puck) -> bool:
    """Whether an alarm rings, or rests before it rings again."""
    return bool(puck) and puck.alarms.left_ms() == _RINGING_MS


def _why_not(puck, armed, least_min):
    if not puck:
        return (
            "an alarm is armed, and nothing runs that knows when it is due; let the night begin, "
            "or switch off and on"
            if any(armed[1:5])
            else ""
        )
    left_ms = puck.alarms.left_ms()
    if left_ms == _RINGING_MS:
        return "an alarm rings, or rests; update once it is ended"
    early_min = puck.settings.get("early")
    if left_ms and left_ms < (least_min + early_min) * 60000:
        return "an alarm is due at %s; update once it is over" % _at(puck, left_ms // 1000)
    score = getattr(puck, "score", None)
    if score and score.stage >= records.ASLEEP:
        return "somebody sleeps; update in the morning"
    return ""


def _at(puck, in_s):
    wall_s = puck.clock.wall_s()
    if not wall_s:
        return "an unknown time, in %d min" % (in_s // 60)
    minute = (wall_s + in_s + 30) % _DAY_S // 60
    return "%02d:%02d" % (minute // 60, minute % 60)
