"""By the button alone: in the hand's own safe mode, three slow presses and three more make a puck
forget everything.

Loaded by safe mode when the first three come. It must never take anything for a yes but the same
gesture again, a while later and not much, and never come between a sleeper and an alarm.
"""

from micropython import const

from firmware import parting
from firmware.bedside import gestures
from firmware.governor import limits

_SCENE = const(54)
_LEAST_MS = const(10000)  # six in a row without a pause take 9 s at most: they are no yes
_MOST_MS = const(60000)  # as long as the ring shows it
_HELD = "the button is held"  # why boot.py has chosen safe mode
_WHAT = (
    "offer: three slow presses again, after ten seconds and within a minute, erase everything",
    "offer: personal: nights, clips, settings, alarms, consents, paired phones. Nothing else does.",
    "offer: take your nights first: `sleepsync dismantle` at a desktop copies them",
)


def felt(mode, gesture: int) -> int:
    """What a gesture makes of the offer: since when it stands, in ms of `mode`'s clock; 0: none.

    `mode`: firmware.safe.SafeMode, whose `offered_ms` is that of before.
    """
    now_ms = mode.clock.now_ms()
    waited_ms = now_ms - mode.offered_ms if mode.offered_ms else _MOST_MS + 1
    why_not = _refusal(mode, now_ms) if gesture == gestures.THRICE else "nothing is erased"
    if not why_not and waited_ms > _MOST_MS:
        return _open(mode, now_ms)
    if not why_not and waited_ms >= _LEAST_MS:
        parting.begin()
    print("offer: %s" % (why_not or "too soon; nothing is erased"))
    if gesture != gestures.LONG:  # whose lamp has taken its place
        mode.governor.off()
    return 0


def _open(mode, now_ms):
    answer = mode.governor.ask(limits.LINK, limits.PAIRING, _SCENE)
    if not hasattr(answer, "length_s"):
        print("offer: the ring cannot show it, so there is none; switch off and on")
        return 0
    for line in _WHAT:
        print(line)
    return now_ms


def _refusal(mode, now_ms):
    """Why there is no offer now, or ""."""
    gate = mode.governor.gate
    if mode.start.safe != _HELD:
        return "switch on with the button held first: this safe mode is nobody's wish"
    if gate.is_off:
        return "everything is off; hold the button for 6 s first"
    if 0 < gate.alarm_ms <= now_ms + limits.WINDOW_MS:
        return "an alarm is due; let it ring and end it by a long press first"
    return ""
