"""The governor: the only holder of light, sound and touch.

Whatever is to be seen, heard or felt is asked for here; the gate decides, the lanes hold it to
its limits step by step, and every request, answer and end is a record before anything else
happens. It must never hand an actuator on, and never act while it cannot say why.
"""

import asyncio
from array import array

from micropython import const

from firmware import records
from firmware.bedside import gestures, scenes
from firmware.governor import limits
from firmware.governor.gate import Gate
from firmware.governor.lane import TICK_MS
from firmware.governor.lanes import Lanes
from firmware.governor.sound import BLOCK

_LIGHT = records.LIGHT_LANE
_SOUND = records.SOUND_LANE
_TOUCH = records.TOUCH_LANE
_LANES = (_LIGHT, _SOUND, _TOUCH)
_DRAIN_STEPS = const(12)  # 480 ms: what is queued when the last block is given, and some more
_MOST_NUMBER = const(0xFFFF)
_NOTHING = const(255)
_CLOCK_S = const(5)  # by which clocks may differ: each tells whole seconds
_SETTLE_MS = const(200)  # the actuator swings on, and the pod with it


class Governor:
    """`actuators`: (ring, amplifier, haptic driver), which nobody else has. `now_ms()`: of the
    night. `write(layout, fields)`: a record, into the journal. `loudness`: see lib/loudness.py.
    `own(lane, ms)` hears that for so long a lane disturbs what the puck senses. `kept`: a
    keep.standing.Standing. `clip_file(name)`: opened to be read, or None if there is no such clip.
    """

    def __init__(self, actuators, now_ms, write, loudness, own, kept, clip_file=None):
        self._ring, self._amplifier, self._haptic = actuators
        self._now_ms, self._write, self._own, self._kept = now_ms, write, own, kept
        self._clip_file = clip_file
        self.gate = Gate()
        self.lanes = Lanes(loudness)
        self.wake = asyncio.Event()
        self.unwritten = 0  # records that the journal did not take
        self._shown = bytearray(len(self.lanes.light.frame))
        self._blocks = array("h", [0] * BLOCK), array("h", [0] * BLOCK)
        self._next_block = 0
        self._whys = [limits.OVER] * len(_LANES)  # of an end that fades
        self._drain = 0  # steps until the amplifier may be off

    # -- what is asked for

    def ask(self, rule: int, reason: int, scene: int) -> tuple:
        """A `records.ACT` or `records.REFUSAL`, which is in the journal, and so is the request."""
        gate, unwritten = self.gate, self.unwritten
        asked = _byte(rule), _byte(reason), _byte(scene), gate.stage
        number = gate.number % _MOST_NUMBER + 1
        request = records.REQUEST.of(self._now_ms(), number, *asked)
        ((kind, answer),) = self.note(records.REQUEST, request)
        if kind is records.ACT:
            self._begin(answer)
            if self.unwritten > unwritten and scenes.SCENES[scene].use != scenes.ALARM:
                self._end_act(answer.number, limits.FAILED)  # nothing acts without its record
        return answer

    def ask_typed(self, scene: int) -> tuple:
        """The same for somebody who types."""
        self.tell(records.ASKED, records.PUCK, scene)
        return self.ask(limits.HAND, limits.TYPED, scene)

    def feel(self, gesture: int) -> None:
        """Take a gesture of the button. What it switches off is off before anything is written."""
        if gesture in (gestures.SHORT, gestures.DOUBLE):
            spares = scenes.ALARM if gesture == gestures.DOUBLE else 0
            self._drop_all(lambda holder: holder.scene.use != spares)
        answers = self.tell(records.GESTURE, records.BUTTON, gesture)
        if gesture == gestures.LONG and not (answers or self.gate.is_lit()):
            self.ask(limits.HAND, limits.PRESSED, scenes.LAMP)

    def consent(self, use: int, scope: int, until_s: int, state: int) -> None:
        """The sleeper wants to allow a use, or takes a consent back: what acts under it is off
        before that is written. See `records.CONSENT`.
        """
        if state == records.WITHDRAWN:
            self._drop_all(lambda holder: holder.scene.use == use)
        values = _byte(use), scope & limits.ANY_STAGE, _byte(state), until_s, self.gate.night
        self.note(records.CONSENT, records.CONSENT.of(self._now_ms(), *values))

    def hear(self, score) -> None:
        """Take a live score."""
        self.gate.hear(score)
        self._settle()

    def tell(self, kind: int, part: int, value: int) -> list:
        """Put an event into the journal, and do what follows from it. Returns as `note`."""
        return self.note(records.EVENT, records.EVENT.of(self._now_ms(), kind, part, value))

    def note(self, kind, fields) -> list:
        """Write a record and what the gate says to it: [(layout, fields)], which is returned."""
        self._append(kind, fields)
        answers = self.gate.take(kind, fields)
        for answer in answers:
            self._append(*answer)
        self._settle()
        return answers

    def begin(self, night) -> None:
        """A new night has begun with the record `night`."""
        self._kept.forget()
        self.gate = Gate()
        self.gate.take(records.NIGHT, night)

    def started(self, value: int) -> None:
        """Tell of a start (see `records.EVENTS`), and of what stands where the gate has it
        otherwise.
        """
        self.tell(records.START, records.PUCK, value)
        for kind, fields in self._kept.differences(self.gate, self._now_ms()):
            self._append(kind, fields)
            self.gate.take(kind, fields)
        self._kept.keep(self.gate)

    def mind_clock(self, wall_s: int) -> None:
        """Tell the night if wall time, 0 unknown, is not what it was."""
        if abs(wall_s - self.gate.wall_s(self._now_ms())) > _CLOCK_S:
            self.tell(records.CLOCK_SET, records.PUCK, wall_s)

    # -- what acts

    async def run(self, alive) -> None:
        """Step the lanes every 40 ms while one is held, and sleep while none is."""
        while True:
            alive()
            if self._is_at_rest():
                await self.wake.wait()
                self.wake.clear()
                continue
            began_ms = self._now_ms()
            self.step()
            await asyncio.sleep_ms(max(1, TICK_MS - (self._now_ms() - began_ms)))

    def step(self) -> None:
        """One step of each lane that is held."""
        for lane, act in ((_LIGHT, self._light), (_SOUND, self._sound), (_TOUCH, self._touch)):
            if self.lanes.acts[lane]:
                try:
                    act()
                except OSError as error:
                    print(error)
                    self._end(lane, limits.FAILED)
        if self._drain and not self.lanes.acts[_SOUND]:
            self._drain -= 1
            if not self._drain:
                self._amplifier.off()

    def off(self) -> None:
        """Everything ends: the night is over."""
        self._end_all(limits.STOPPED)

    def _is_at_rest(self):
        return not (self._drain or any(self.lanes.acts))

    def _begin(self, act):
        for lane in _LANES:
            holder = self.gate.holders[lane]
            if holder and holder.number == act.number:
                self._whys[lane] = limits.OVER
                if self.lanes.begin(lane, act, holder.scene, self.gate):
                    self._drop(lane)
        if self._clip_file and self.lanes.acts[_SOUND] == act.number:
            from firmware.governor import clips

            clips.play(self, self._clip_file, self.gate.holders[_SOUND].scene.number)
        self.wake.set()

    def _light(self):
        lane, ring = self.lanes.light, self._ring
        is_going = lane.tick()
        if lane.frame != self._shown:
            self._shown[:] = lane.frame
            ring.on()
            ring.write(self._shown)
        if not is_going:
            self._rest(_LIGHT)

    def _sound(self):
        """Keep one block waiting behind the one that sounds."""
        amplifier, lane = self._amplifier, self.lanes.sound
        if amplifier.waiting > 1 or not amplifier.on():
            return
        block = self._blocks[self._next_block]
        is_going = lane.block(block)
        amplifier.write(block)
        self._next_block = 1 - self._next_block
        self._drain = _DRAIN_STEPS
        self._own(_SOUND, _DRAIN_STEPS * TICK_MS)
        if not is_going:
            self._rest(_SOUND)

    def _touch(self):
        lane = self.lanes.touch
        level = lane.level
        is_going = lane.tick()
        if lane.level:
            self._own(_TOUCH, TICK_MS + _SETTLE_MS)
        if lane.level != level:
            self._haptic.level(lane.level)
        if not is_going:
            self._rest(_TOUCH)

    # -- what ends

    def _rest(self, lane):
        """The lane has come to its end by itself: dark, silent or still."""
        if lane != _SOUND:  # of which some is still to be heard
            self._drop(lane)
        is_spent = self.lanes.is_spent(lane)
        self._finish(lane, limits.DOSE_USED if is_spent else self._whys[lane])

    def _settle(self):
        """Do what the gate has decided: end lanes, keep what is to outlive this."""
        for lane, why in self.gate.ends:
            if why in limits.GENTLY:
                self.lanes.all[lane].close()
                self._whys[lane] = why
            elif why == limits.REPLACED:
                self._finish(lane, why)
            else:
                self._end(lane, why)
        self._kept.keep(self.gate)

    def _end_all(self, why):
        for lane in _LANES:
            if self.lanes.acts[lane]:
                self._end(lane, why)

    def _end_act(self, number, why):
        for lane in _LANES:
            if self.lanes.acts[lane] == number:
                self._end(lane, why)

    def _end(self, lane, why):
        """Dark, silent or still, at once."""
        self._drop(lane)
        self.lanes.all[lane].cut()
        self._finish(lane, why)

    def _finish(self, lane, why):
        self.note(records.EMITTED, self.lanes.end(lane, self._now_ms(), why))

    def _drop_all(self, is_meant):
        """The lanes whose holder `is_meant`, and those that none holds."""
        for lane in _LANES:
            holder = self.gate.holders[lane]
            if not holder or is_meant(holder):
                self._drop(lane)

    def _drop(self, lane):
        """By its line alone, whatever a bus does."""
        if lane == _LIGHT:
            self._ring.off()
            self._shown[:] = bytes(len(self._shown))
        elif lane == _SOUND:
            self._amplifier.off()
            self._drain = 0
        else:
            self._haptic.off()

    def _append(self, kind, fields):
        try:
            self._write(kind, fields)
        except OSError as error:
            self.unwritten += 1
            print("journal: %s; %d records are not kept" % (error, self.unwritten))


def _byte(number):
    """As a record holds it. Whatever does not fit becomes 255, which means nothing to the gate:
    what it judges must be what a replay will read.
    """
    return number if 0 <= number <= _NOTHING else _NOTHING
