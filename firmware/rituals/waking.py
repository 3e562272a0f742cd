"""The waking: sunrise, early in light sleep, and at the set time the alarm, which always rings.

A pure step that only asks. The deadline is a counter of the night, so nothing that is done to the
clock can move or double it. It must never ring later than it was set, and never let what is not
known (a stage, a sensor, a consent) stand between a sleeper and the alarm.
"""

from micropython import const

from firmware import records
from firmware.rituals import asking
from firmware.rituals.acts import Own

SUNRISE_MS = const(1800000)  # 30 min: dawn light of 20-30 min was studied (field notes)
NAP_MS = const(5400000)  # 90 min, a cycle of sleep: an alarm so soon is a nap's, without prologue
CALL_MS = const(120000)  # of the soft rung of the ladder, before the full one
SNOOZE_MS = const(540000)  # 9 min, as the gate has it: a press lets the waking rest for so long
RING_MS = const(7200000)  # 2 h, likewise: nobody is there
_AGAIN_MS = const(5000)  # a ring that was cut or refused is asked for again: then twice as late
_MOST_DOUBLINGS = const(4)  # up to 80 s, or what is refused for good would fill the flash
_PATIENCE_MS = const(300000)  # early was refused for what may pass: the off switch, a higher act
_ALARMS = (asking.CALL, asking.ALARM)
_RESTLESS = (records.WAKE, records.LIGHT)  # who is so may be woken early; unknown is not so

# Why it asked, as `why` has it (words for these: words.py).
RANG, LOUDER, LIGHT, DAWN = range(20, 24)

_MINUTE_MS = const(60000)


class Waking:
    """`settings`: as asking.SETTINGS, changed in place. `why`: (reason, value) of the latest want.
    `alarm_ms`: when it rings at the latest, 0 never.
    """

    def __init__(self, settings):
        self._settings = settings
        self.own = Own(asking.WAKING)
        self.alarm_ms = 0
        self.why = (0, 0)
        self._rests_ms = 0  # until when the alarm does
        self._refusals = 0  # of it, in a row
        self._early_ms = 0  # not before this
        self._has_rung = self._has_dawned = self._is_forbidden = False
        self._stage = records.UNKNOWN

    def take(self, kind, fields) -> None:
        """The next record of the night."""
        was_on = self.own.is_on
        self.own.take(kind, fields)
        if kind is records.EVENT and fields.kind == records.ALARM_SET:
            self._set(fields.value)
        elif kind is records.REQUEST and fields.rule == asking.WAKING:
            self._has_dawned |= fields.scene in (asking.SUNRISE, asking.EARLY)
            self._has_rung |= fields.scene in _ALARMS
        elif kind is records.REFUSAL and fields.number == self.own.number:
            self._refused(fields)
        elif self.own.is_on:
            self._refusals = 0
        elif was_on:
            self._ended()

    def hear(self, score) -> None:
        """The latest live score."""
        self._stage = score.stage

    def want(self, t_ms: int):  # noqa: ANN201 (a tuple or None, and MicroPython has no typing)
        """(rule, reason, scene) that is to be asked for now, or None."""
        for at_ms, reason, scene, why in self._wants():
            if at_ms <= t_ms < self.alarm_ms + RING_MS:
                self.why = why
                return asking.WAKING, reason, scene
        return None

    def wait_ms(self, t_ms: int) -> int:
        """How long nothing is wanted if no record comes."""
        waits = [max(0, want[0] - t_ms) for want in self._wants()]
        return min(waits + [RING_MS])

    def _wants(self):
        """What is wanted next, and from when on, what matters most first."""
        if not self.alarm_ms:
            return []
        wants = self._ladder()
        if self.alarm_ms >= NAP_MS and not self._has_rung:
            wants += self._prologue()
        return wants

    def _ladder(self):
        own = self.own
        if not (own.is_on and own.scene in _ALARMS):
            at_ms = max(self.alarm_ms, self._rests_ms)
            scene = asking.ALARM if self._refusals else asking.CALL
            return [(at_ms, asking.DUE, scene, (RANG, self.alarm_ms))]
        if own.scene == asking.CALL:
            at_ms = own.asked_ms + CALL_MS
            return [(at_ms, asking.DUE, asking.ALARM, (LOUDER, CALL_MS))]
        return []

    def _prologue(self):
        """What may come before the set time, and never at it."""
        own, wants = self.own, []
        is_early = own.is_on and own.scene == asking.EARLY
        is_restless = self._stage in _RESTLESS and not self._is_forbidden
        at_ms = self.alarm_ms - self._settings[asking.EARLY_SETTING] * _MINUTE_MS
        at_ms = max(at_ms, self._early_ms)
        if is_restless and not is_early and at_ms < self.alarm_ms:
            why = LIGHT, self._stage
            wants.append((at_ms, asking.LIGHT_SLEEP, asking.EARLY, why))
        if not self._has_dawned:
            at_ms = self.alarm_ms - SUNRISE_MS
            wants.append((at_ms, asking.DAWN, asking.SUNRISE, (DAWN, self.alarm_ms)))
        return wants

    def _set(self, alarm_ms):
        """Another alarm, or none: nothing of the one before holds for it."""
        self.alarm_ms = alarm_ms
        self._rests_ms = self._early_ms = self._refusals = 0
        self._has_rung = self._has_dawned = self._is_forbidden = False

    def _refused(self, refusal):
        scene, t_ms = self.own.scene, refusal.t_ms
        if scene in _ALARMS:
            self._rests_ms = t_ms + (_AGAIN_MS << min(self._refusals, _MOST_DOUBLINGS))
            self._refusals += 1
        elif scene == asking.EARLY:
            self._is_forbidden = refusal.why == asking.NOT_ALLOWED
            self._early_ms = t_ms + _PATIENCE_MS

    def _ended(self):
        """The act is over. A press lets the alarm rest, as the gate has it."""
        own = self.own
        rests_ms = SNOOZE_MS if own.ended == asking.SNOOZED else _AGAIN_MS
        if own.scene in _ALARMS:
            self._rests_ms = own.ended_ms + rests_ms
        elif own.scene == asking.EARLY:
            self._early_ms = own.ended_ms + SNOOZE_MS
