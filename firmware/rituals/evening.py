"""The evening: a programme that leads to sleep, and ends by itself.

A pure step that only asks: all that it knows comes from records, so a replay wants the same. What
it adapts to, it has measured, and `why` tells it. It must never begin again by itself in the same
night, and never ask anything of who sleeps.
"""

from micropython import const

from firmware import records
from firmware.rituals import asking, pacer, programmes, sleeper
from firmware.rituals.acts import Own

# The rules (docs/evening.md shows them).
DARK_MLX = const(5000)  # 5 lx: below it 10 lx of wind-down would be the brightest thing in the room
LOUD_DDB = const(450)  # 45 dBA: soft tones, 50 dBA at most, would hardly stand out of it
SLEPT_EPOCHS = const(20)  # ten minutes of sleep: from then on it is the way back that is wanted
GRACE_MIN = const(60)  # a night that begins so long after bedtime still has its evening
AGAIN_MS = const(60000)  # something that matters more acts: it may be over in a minute
MOST_TRIES = const(5)  # and if it is not after five, the evening is not wanted
OUT_MS = const(300000)  # five minutes out of bed: no mere errand, and the light is for nobody
HAND_MS = const(10000)  # a press is "just now" for so long, as the gate has it

# Why a scene was chosen, as `why` has it: (one of these, scene, measured ...). Words: words.py.
LIT, DARK, UNSEEN, LOUD, AGAIN = range(1, 6)

# Who began it.
BY_BUTTON, BY_WORD, BY_SCHEDULE = range(1, 4)

_MINUTE_MS = const(60000)
_DAY_MIN = const(1440)
_DAY_MS = const(86400000)
_LONG_AGO_MS = const(-0x3FFFFFFF)
_NEVER_MS = const(0x3FFFFFFF)
_MOST_WAIT_MS = const(8000)
DOUBLE, OUT_OF_SCOPE, NO_REASON = 2, 4, 5  # a gesture, and why a request is refused
_AWAY = (sleeper.ASLEEP, sleeper.OUT_OF_BED, sleeper.WAKING)


class Evening:
    """`settings`: as asking.SETTINGS, changed in place. `programme`: the number of the one that
    runs, or 0; `began`: who began it; `step`: of its steps, from 0 on. `why`: of the latest want.
    """

    def __init__(self, settings, sleeper_):
        self._settings = settings
        self._sleeper = sleeper_
        self._own = Own(asking.EVENING)
        self._hand = Own(asking.HAND)
        self.why = (0, 0)
        self.programme = self.began = 0
        self.step = -1
        self._zero_s = 0  # wall time of the night's start, 0 unknown
        self._is_spent = False  # a programme has run tonight
        self._start_ms = 0  # when the one that runs began
        self._pressed_ms = _LONG_AGO_MS
        self._not_before_ms = 0
        self._tries = 0
        self._number = 0  # of the request that is its latest
        self._is_asked = False  # and has no answer yet
        self._was_in_bed = False  # since it began
        self._out_ms = _NEVER_MS  # since when they are not
        self._scene = 0  # of the step
        self._pace_ms = 0  # since when they are paced by it

    # -- records in

    def take(self, kind, fields) -> None:
        """The next record of the night; the sleeper has it already."""
        self._pass(self._sleeper.now_ms)
        if kind is records.REQUEST and fields.rule == asking.EVENING:
            self._commit(fields)
        was_on = self._own.is_on
        self._own.take(kind, fields)
        self._hand.take(kind, fields)
        if kind is records.NIGHT:
            self._zero_s = fields.start_s
        elif kind is records.EVENT:
            self._event(fields)
        elif kind in (records.ACT, records.REFUSAL, records.EMITTED):
            self._answered(kind, fields, was_on)
        self._mind()

    def hear(self, score) -> None:
        """The latest live score; the sleeper has it already."""
        self._mind()

    def _event(self, event):
        kind, value, t_ms = event.kind, event.value, event.t_ms
        if kind == records.CLOCK_SET:
            self._zero_s = value - t_ms // 1000 if value else 0
        elif kind == records.GESTURE and value == asking.LONG:
            if self._hand.is_on and self._hand.scene == asking.LAMP:
                self._begin(self._wanted(), BY_BUTTON, t_ms)
                self._pressed_ms = t_ms
        elif kind == records.PROGRAMME:
            self._begin(value, BY_WORD, t_ms)
        elif kind == records.GESTURE and value in (asking.SHORT, DOUBLE):
            self._end()  # not now
        elif kind in (records.START, records.BREAKER) and value:
            self._end()  # what a hand had asked for is forgotten at a start; or everything is off

    def _wanted(self):
        """Which programme button and schedule mean."""
        usual = self._settings[asking.EVENING_SETTING]
        if usual and self._sleeper.slept_epochs >= SLEPT_EPOCHS:
            return programmes.BACK_TO_SLEEP
        return usual

    def _begin(self, programme, by, t_ms):
        self._end()
        if 0 < programme < len(programmes.PROGRAMMES):
            self.programme, self.began, self._start_ms = programme, by, t_ms
            self._is_spent = True
            self._was_in_bed, self._out_ms = False, _NEVER_MS
            self._not_before_ms = t_ms

    def _end(self):
        """It is over, and what acts of it ends with its scene."""
        self.programme = self.began = self._tries = 0
        self.step = -1
        self._pressed_ms = _LONG_AGO_MS
        self._is_asked = False

    def _commit(self, request):
        """A request of the evening's: what it was asked for becomes so."""
        t_ms = request.t_ms
        plan = self._plan(t_ms)
        if not plan or plan[2] != request.scene:
            return
        step, _, scene, self.why = plan
        if not self.programme:
            self._begin(self._wanted(), BY_SCHEDULE, t_ms)
        if scene != self._scene or step != self.step:
            self._pace_ms = t_ms
        self.step, self._scene, self._number = step, scene, request.number
        self._is_asked = True
        self._pressed_ms = _LONG_AGO_MS  # a hand asks once

    def _answered(self, kind, fields, was_on):
        if not self.programme or fields.number != self._number:
            return
        self._is_asked = False
        if kind is records.ACT:
            self._tries = 0
        elif kind is records.REFUSAL:
            self._refused(fields.why, fields.t_ms)
        elif was_on and not self._own.is_on:
            self._ended(self._own.ended, fields.t_ms)

    def _refused(self, why, t_ms):
        is_old_news = self._sleeper.is_scored_asleep and why in (OUT_OF_SCOPE, NO_REASON)
        if why == asking.BUSY and self._tries < MOST_TRIES:
            self._tries += 1
            self._not_before_ms = t_ms + AGAIN_MS
        elif not is_old_news:
            self._end()

    def _ended(self, why, t_ms):
        if why == asking.REPLACED:
            self._not_before_ms = t_ms + AGAIN_MS
        elif why not in (asking.OVER, asking.FELL_ASLEEP):
            self._end()

    def _mind(self):
        """What the sleeper does ends it."""
        state = self._sleeper.state
        if state in (sleeper.ASLEEP, sleeper.WAKING):
            self._end()
        elif state in (sleeper.AWAKE, sleeper.SETTLING):
            self._was_in_bed = True
        is_out = self._was_in_bed and state == sleeper.OUT_OF_BED
        self._out_ms = self._sleeper.since_ms if is_out else _NEVER_MS

    def _pass(self, t_ms):
        """It has become `t_ms`: that alone may end it."""
        if not self.programme:
            return
        length_ms = programmes.length_s(self.programme) * 1000
        if t_ms >= min(self._start_ms + length_ms, self._out_ms + OUT_MS):
            self._end()

    # -- wants out

    def want(self, t_ms: int):  # noqa: ANN201 (a tuple or None, and MicroPython has no typing)
        """(rule, reason, scene) that is to be asked for now, or None."""
        self._pass(t_ms)
        plan = self._plan(t_ms)
        if not plan:
            return None
        _, reason, scene, self.why = plan
        return asking.EVENING, reason, scene

    def wait_ms(self, t_ms: int) -> int:
        """How long nothing is wanted if no record comes."""
        waits = [at_ms - t_ms for at_ms in self._moments(t_ms) if at_ms > t_ms]
        return 0 if self._plan(t_ms) else min(waits + [_MOST_WAIT_MS])

    def _moments(self, t_ms):
        """When it may want something else than now."""
        if not self.programme:
            past_ms = self._past_ms(t_ms)
            return [t_ms + _DAY_MS - past_ms] if past_ms >= 0 else []
        moments = [self._not_before_ms, self._pace_ms + pacer.RUNG_MS]
        moments.append(self._own.asked_ms + pacer.AGAIN_MS)
        end_ms = self._start_ms
        for step in programmes.PROGRAMMES[self.programme].steps:
            end_ms += step.length_s * 1000
            moments.append(end_ms)
        return moments

    def _past_ms(self, t_ms):
        """How long bedtime is over, less than a day; -1: nobody knows, or there is none."""
        bedtime = self._settings[asking.BEDTIME_SETTING]
        if not 0 <= bedtime < _DAY_MIN or not self._zero_s:
            return -1
        day_ms = (self._zero_s % (_DAY_MIN * 60)) * 1000 + t_ms
        return (day_ms - bedtime * _MINUTE_MS) % _DAY_MS

    def _plan(self, t_ms):
        """(step, reason, scene, why) of what is to be asked for at `t_ms`, or None."""
        if self._is_asked:
            return None
        if not self.programme:
            return self._scheduled(t_ms)
        is_pressed = 0 <= t_ms - self._pressed_ms <= HAND_MS
        if t_ms < self._not_before_ms or (self._sleeper.is_scored_asleep and not is_pressed):
            return None
        step = self._step_at(t_ms)
        chosen = self._chosen(self.programme, step) if step != self.step else self._kept(t_ms)
        reason = asking.PRESSED if is_pressed else asking.BEDTIME
        return (step, reason) + chosen if step >= 0 and chosen else None

    def _scheduled(self, t_ms):
        it = self._sleeper
        if self._is_spent or it.state in _AWAY or it.is_scored_asleep:
            return None
        number = self._wanted()
        if 0 <= self._past_ms(t_ms) < GRACE_MIN * _MINUTE_MS and (
            0 < number < len(programmes.PROGRAMMES)
        ):
            return (0, asking.BEDTIME) + self._chosen(number, 0)
        return None

    def _step_at(self, t_ms):
        """The step that its time has brought, or -1."""
        end_ms = self._start_ms
        for i, step in enumerate(programmes.PROGRAMMES[self.programme].steps):
            end_ms += step.length_s * 1000
            if t_ms < end_ms:
                return i
        return -1

    def _chosen(self, number, step):
        """(scene, why) of a step that begins, by the room and by how they breathe."""
        if step < 0:
            return None
        row = programmes.PROGRAMMES[number].steps[step]
        if row.paced:
            return pacer.first(self._sleeper.breaths_dpm)
        light_mlx, level_ddb = self._sleeper.light_mlx, self._sleeper.level_ddb
        is_dark = light_mlx is None or light_mlx < DARK_MLX
        scene = row.dark if is_dark else row.lit
        if scene in programmes.SOUNDING and level_ddb is not None and level_ddb > LOUD_DDB:
            return programmes.EMBERS, (LOUD, programmes.EMBERS, level_ddb)
        if light_mlx is None:
            return scene, (UNSEEN, scene)
        return scene, (DARK if is_dark else LIT, scene, light_mlx)

    def _kept(self, t_ms):
        """(scene, why) of a step that goes on, if something is to be asked for; or None."""
        own, scene = self._own, self._scene
        is_on = own.is_on and own.number == self._number
        if programmes.PROGRAMMES[self.programme].steps[self.step].paced:
            paced_ms, asked_ms = t_ms - self._pace_ms, t_ms - own.asked_ms
            next_ = pacer.next_(scene, self._sleeper.breaths_dpm, paced_ms, asked_ms)
            if next_:
                return next_
        return None if is_on else (scene, (AGAIN, scene))
