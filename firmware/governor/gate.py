"""The gate: whether something may be seen, heard or felt. The rules, the consents, the off switch.

A pure step: records in, records out, the same on the puck and in a replay. Time comes in as
a record. It must never hold a pin, a file, a clock or a float, and never forget a limit
because it was asked nicely.
"""

from collections import namedtuple

from firmware import records
from firmware.bedside import gestures, scenes
from firmware.governor import limits

_DAY_S = 86400
_NO_END = 0x3FFFFFFF  # of a dose
_LONG_AGO_MS = -0x3FFFFFFF
_TIME_LOST = 2  # Event.value of a start
_ASLEEP = (records.ASLEEP, records.LIGHT, records.DEEP, records.REM)
_RESTLESS = (records.WAKE, records.LIGHT)
_TOLD_AT_START = (records.START, records.BREAKER, records.CALIBRATED, records.CLOCK_SET)
_ASIDE = (records.SEAL, records.SCORE)  # they may stand anywhere, and say nothing new
_FIRST_LANE = 3  # of a scene's fields
_LANES = range(len(records.LANES))


# What holds a lane: the number of its act, its scene, since when.
Holder = namedtuple("Holder", "number scene since_ms")


class Gate:
    """Everything that the gate knows of a night.

    `take` every record of it in turn, and `hear` every live score. `is_off`: the breaker is open.
    `holders`: of each lane, or None. `ends`: (lane, why) that the last `take` or `hear` decided,
    which whoever holds the lanes owes.
    """

    def __init__(self):
        self.is_off = False
        self.holders = [None] * len(records.LANES)
        self.ends = []
        self._leaving = [None] * len(records.LANES)  # replaced, and not yet told what they emitted
        self.heard_cdb = 0  # the speaker's level, as the puck heard itself
        self.rate_bpm = 0  # of the sleeper's heart in the last epoch; 0 unknown
        self.alarm_ms = 0  # when the alarm is due; 0: there is none
        self._consents = [None] * len(limits.USES)  # each a `records.CONSENT`
        self._wanted = None  # the one that waits for the hand
        self.stage = records.UNKNOWN  # as the last live score has it
        self.night = 0
        self.number = 0  # of the latest request
        self._zero_s = 0  # wall time of the night's start; 0 unknown
        self._pressed_ms = self._typed_ms = _LONG_AGO_MS  # what a hand asked for
        self._typed = 0  # the scene
        self._paired_ms = _LONG_AGO_MS  # when a hand opened pairing
        self._quiet_ms = 0  # until when an alarm that was snoozed rests
        self._has_called = False  # before its time, in light sleep
        self._doses = [[0] * len(records.LANES) for _ in limits.DOSES]
        self._is_prologue = False  # what outlived the night before may still be told

    # -- records in, records out

    def take(self, kind, fields) -> list:
        """What follows from a record: [(layout, fields)], to be written right behind it."""
        self.ends = []
        if kind in _ASIDE:
            return []
        if kind is records.NIGHT:
            self.night, self._zero_s = fields.night, fields.start_s
            self._is_prologue = True
        elif kind is records.CONSENT:
            self._consent(fields)
        elif kind is records.EVENT:
            answers = self._event(fields)
            self._is_prologue &= fields.kind in _TOLD_AT_START
            return answers
        else:
            self._is_prologue = False
            if kind is records.EPOCH:
                self.rate_bpm = (fields.rate_dbpm + 5) // 10
            elif kind is records.REQUEST:
                self.number = fields.number
                return [self._answer(fields)]
            elif kind is records.EMITTED:
                self._emitted(fields)
        return []

    def hear(self, score) -> None:
        """The latest live score: what is for the awake ends when they sleep, and a consent holds in
        its stages only.
        """
        self.ends = []
        self.stage = score.stage
        for use in limits.FOR_THE_AWAKE if score.stage in _ASLEEP else ():
            self._end_all(limits.FELL_ASLEEP, 0, use)
        for consent in self.kept():
            if not consent.scope & limits.SCOPE_OF[score.stage]:
                self._end_all(limits.OUT_OF_SCOPE, 0, consent.use)

    def wall_s(self, t_ms: int) -> int:
        """Local wall time at `t_ms` of the night, 0 unknown."""
        return self._zero_s + t_ms // 1000 if self._zero_s else 0

    def kept(self) -> list:
        """The consents that stand."""
        return [consent for consent in self._consents if consent]

    def left(self, lane: int, use: int) -> int:
        """What is left of the night's dose, in the lane's units."""
        group = limits.USES[use].group
        most = limits.DOSES[group][lane]
        return max(0, most - self._doses[group][lane]) if most else _NO_END

    # -- events

    def _event(self, event):
        kind, value = event.kind, event.value
        if kind == records.GESTURE:
            return self._gesture(event.t_ms, value)
        if kind == records.START and value:
            self._restarted(event.t_ms, value)
        elif kind == records.BREAKER and self._is_prologue:
            self.is_off = value != records.CLOSED
        elif kind == records.CLOCK_SET:
            self._zero_s = value - event.t_ms // 1000 if value else 0
            self._end_what_ended(event.t_ms)
        elif kind == records.ALARM_SET:
            self._set_alarm(event.t_ms, value)
        elif kind == records.CALIBRATED:
            self.heard_cdb = value
        elif kind == records.PROGRAMME and not value:
            self._end_all(limits.STOPPED, event.t_ms, scenes.WIND_DOWN)
        elif kind == records.ASKED:
            self._typed, self._typed_ms = value, event.t_ms
        return []

    def _gesture(self, t_ms, gesture):
        is_opened = gesture == gestures.THRICE and not self.is_off
        self._paired_ms = t_ms if is_opened else _LONG_AGO_MS
        if gesture == gestures.SHORT:
            self._end_all(limits.STOPPED, t_ms)
        elif gesture == gestures.DOUBLE:
            return self._switch_off(t_ms)
        elif gesture == gestures.HOLD:
            return self._switch_on(t_ms)
        elif gesture == gestures.LONG:
            return self._go_on(t_ms)
        return []

    def _switch_off(self, t_ms):
        if self.is_off:
            return []
        self.is_off = True
        self._end_all(limits.OFF, t_ms)
        return [_event(t_ms, records.BREAKER, records.OPENED)]

    def _switch_on(self, t_ms):
        """Close the breaker; or, if it is closed, grant the consent that waits."""
        if self.is_off:
            self.is_off = False
            return [_event(t_ms, records.BREAKER, records.CLOSED)]
        wanted, self._wanted = self._wanted, None
        if not wanted or not 0 <= t_ms - wanted.t_ms <= limits.ASKED_MS:
            return []
        _, use, scope, _, until_s, night = wanted
        granted = records.CONSENT.of(t_ms, use, scope, records.GRANTED, until_s, night)
        self._consents[use] = granted
        return [(records.CONSENT, granted)]

    def _go_on(self, t_ms):
        """The alarm is over; or, if none has rung, something may be asked for by hand."""
        if not (self._is_due(t_ms) or self._has_called):
            self._pressed_ms = t_ms
            return []
        self._set_alarm(t_ms, 0)
        return [_event(t_ms, records.ALARM_SET, 0)]

    def _set_alarm(self, t_ms, alarm_ms):
        """Another alarm, whose episode has not begun; or none, and the waking is over."""
        self.alarm_ms, self._quiet_ms, self._has_called = alarm_ms, 0, False
        for use in limits.WAKES if not alarm_ms else ():
            self._end_all(limits.STOPPED, t_ms, use)

    def _restarted(self, t_ms, start):
        """What held the lanes left no word of what it emitted: reckon with the most."""
        self._is_prologue = True
        self._pressed_ms = self._typed_ms = self._paired_ms = _LONG_AGO_MS
        self._wanted = None
        if start == _TIME_LOST:
            self._zero_s = 0
        for lane in _LANES:
            holder, self.holders[lane] = self.holders[lane], None
            if holder:
                self._reckon(lane, holder, t_ms, start == _TIME_LOST)

    def _reckon(self, lane, holder, t_ms, time_lost):
        """The most that an act can have emitted; without a clock nobody knows until when."""
        lasted_s, since_s = holder.scene.length_s, (t_ms - holder.since_ms) // 1000 + 1
        if since_s > 0 and not time_lost:
            lasted_s = min(lasted_s, since_s)
        use = limits.USES[holder.scene.use]
        self._doses[use.group][lane] += limits.doses_per_s(use)[lane] * lasted_s

    # -- consents

    def _consent(self, fields):
        use = fields.use
        if use >= len(limits.USES) or not limits.USES[use].asks:
            return
        if fields.state == records.WITHDRAWN:
            self._consents[use] = None
            self._end_all(limits.WITHDRAWN, fields.t_ms, use)
        elif fields.state == records.WANTED and self._has_an_end(fields):
            self._wanted = fields
        elif fields.state == records.KEPT and self._is_prologue:
            self._consents[use] = fields

    def _has_an_end(self, consent):
        """Whether it ends with this night, or at a time that will be known to have come."""
        if not consent.until_s:
            return consent.night == self.night
        wall_s = self.wall_s(consent.t_ms)
        return 0 < wall_s < consent.until_s <= wall_s + limits.MOST_CONSENT_DAYS * _DAY_S

    def _allowed(self, use, stage, t_ms):
        """Why a use that asks for consent may not act, or 0."""
        consent = self._consents[use]
        if not consent:
            return limits.NOT_ALLOWED
        if consent.until_s and not self.wall_s(t_ms):
            return limits.NO_TIME
        if self._has_ended(consent, t_ms):
            return limits.WITHDRAWN
        return 0 if consent.scope & limits.SCOPE_OF[stage] else limits.OUT_OF_SCOPE

    def _has_ended(self, consent, t_ms):
        if consent.until_s:
            return not 0 < self.wall_s(t_ms) < consent.until_s
        return consent.night != self.night

    def _end_what_ended(self, t_ms):
        """The clock was set: some consents may have ended, or cannot be known not to have."""
        for consent in self.kept():
            if self._has_ended(consent, t_ms):
                self._end_all(limits.WITHDRAWN, t_ms, consent.use)

    # -- requests

    def _answer(self, request):
        why = self._refusal(request)
        if why:
            return records.REFUSAL, records.REFUSAL.of(request.t_ms, request.number, why)
        scene = scenes.SCENES[request.scene]
        for lane in lanes_of(scene):
            self._end(lane, limits.REPLACED)
            self._leaving[lane] = self.holders[lane]
            self.holders[lane] = Holder(request.number, scene, request.t_ms)
        self._pressed_ms = self._typed_ms = _LONG_AGO_MS  # a hand asks once
        self._has_called |= scene.use == scenes.EARLY
        return records.ACT, self._grant(request, scene)

    def _grant(self, request, scene):
        use, length_s = limits.USES[scene.use], scene.length_s
        consent = self._consents[scene.use]
        if use.asks and consent.until_s:
            length_s = min(length_s, consent.until_s - self.wall_s(request.t_ms))
        most = use.light_mlx, use.sound_cdb, use.touch
        ceilings = [most[lane] if lane in lanes_of(scene) else 0 for lane in _LANES]
        return records.ACT.of(request.t_ms, request.number, length_s, *ceilings)

    def _refusal(self, request):
        """Why not; 0 if it may."""
        if not 0 < request.scene < len(scenes.SCENES):
            return limits.NO_SCENE
        scene = scenes.SCENES[request.scene]
        use = limits.USES[scene.use]
        if self.is_off and scene.use != scenes.ALARM:
            return limits.OFF
        if request.stage != self.stage:
            return limits.OTHER_STAGE
        if not (self._is_borne(request, use) and self._holds(request)):
            return limits.NO_REASON
        if scene.use in limits.FOR_THE_AWAKE and self.stage in _ASLEEP:
            return limits.OUT_OF_SCOPE
        why = self._allowed(scene.use, request.stage, request.t_ms) if use.asks else 0
        return why or self._no_room(scene, use, request.reason in limits.BY_HAND)

    def _no_room(self, scene, use, by_hand):
        """A hand is not kept out by what a hand asked for, whatever their ranks."""
        for lane in lanes_of(scene):
            holder = self.holders[lane]
            its = holder and limits.USES[holder.scene.use]
            if its and its.rank > use.rank and not (by_hand and its.group == limits.HANDS):
                return limits.BUSY
            if not self.left(lane, scene.use):
                return limits.DOSE_USED
        return 0

    def _is_borne(self, request, use):
        """Whether that rule may ask for such a use, for such a reason."""
        return use.rules >> min(request.rule, 31) & 1 and use.reasons >> min(request.reason, 31) & 1

    def _holds(self, request):
        """Whether the reason holds, by what the gate knows itself."""
        t_ms, reason, stage = request.t_ms, request.reason, self.stage
        if reason == limits.PRESSED:
            return 0 <= t_ms - self._pressed_ms <= limits.HAND_MS
        if reason == limits.TYPED:
            is_now = 0 <= t_ms - self._typed_ms <= limits.HAND_MS
            return is_now and self._typed == request.scene
        if reason == limits.PAIRING:
            return self.is_pairing(t_ms)
        if reason == limits.DUE:
            return self._is_due(t_ms) and t_ms >= self._quiet_ms
        if reason in (limits.DAWN, limits.LIGHT_SLEEP):
            is_soon = 0 < self.alarm_ms - t_ms <= limits.WINDOW_MS
            return is_soon and (reason == limits.DAWN or stage in _RESTLESS)
        if reason == limits.DISTRESS:
            return stage == records.REM
        if reason == limits.SETTLING:
            return stage == records.WAKE
        return (stage in _ASLEEP) == (reason == limits.ASLEEP)

    def is_pairing(self, t_ms: int) -> bool:
        """Whether a hand has opened pairing, and no gesture since has ended it."""
        return 0 <= t_ms - self._paired_ms <= limits.PAIRING_MS

    def is_lit(self) -> bool:
        """Whether the lamp is on, so that who asks for more by hand means something else."""
        holder = self.holders[records.LIGHT_LANE]
        return bool(holder) and holder.scene.use == scenes.ANSWER

    def is_rung_out(self, t_ms: int) -> bool:
        """Whether the alarm's time is so long over that it asks no more."""
        return 0 < self.alarm_ms <= t_ms - limits.RING_MS

    def _is_due(self, t_ms):
        return 0 < self.alarm_ms <= t_ms < self.alarm_ms + limits.RING_MS

    # -- lanes

    def _end_all(self, why, t_ms, use=0):
        """End what holds the lanes: of one use, or all but an alarm, which only snoozes."""
        for lane in _LANES:
            holder = self.holders[lane]
            if not holder or (use and holder.scene.use != use):
                continue
            if use or holder.scene.use != scenes.ALARM:
                self._end(lane, why)
            elif why == limits.STOPPED:
                self._quiet_ms = t_ms + limits.SNOOZE_MS
                self._end(lane, limits.SNOOZED)

    def _end(self, lane, why):
        if self.holders[lane]:
            self.ends.append((lane, why))

    def _emitted(self, fields):
        if fields.lane >= len(records.LANES):
            return
        for row in (self._leaving, self.holders):
            holder = row[fields.lane]
            if holder and holder.number == fields.number:
                row[fields.lane] = None
                self._doses[limits.USES[holder.scene.use].group][fields.lane] += fields.dose


def lanes_of(scene) -> list:
    """The lanes that a scene uses."""
    return [lane for lane in _LANES if scene[_FIRST_LANE + lane]]


def _event(t_ms, kind, value):
    return records.EVENT, records.EVENT.of(t_ms, kind, records.PUCK, value)
