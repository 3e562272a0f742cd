"""The lanes of a night, rendered again: what each act must have emitted, bit for bit.

It drives the firmware's own lanes as firmware/governor/governor.py does, by the number of steps
that the journal tells. It must never judge by a tolerance: a lane that renders otherwise differs.
"""

from array import array

from loudness import Loudness

from firmware import records
from firmware.governor import limits
from firmware.governor.lanes import Lanes
from firmware.governor.sound import BLOCK

# Why a lane ends when it has faded, by itself.
BY_ITSELF = (limits.OVER, limits.DOSE_USED, limits.FELL_ASLEEP, limits.OUT_OF_SCOPE)
_SOUND = records.SOUND_LANE


class Rendering:
    """The lanes since the last start. `numbers`: of the act that holds each, or 0. `clips`: see
    explain_clips.py. `is_unheard`: what sounds is a clip that is not here, or took over from one.
    """

    def __init__(self, clips):
        self._clips = clips
        self._block = array("h", [0] * BLOCK)
        self.restart()

    def restart(self) -> None:
        """The puck starts anew, and knows nothing of what its lanes did."""
        self._lanes = Lanes(Loudness())
        self._whys = [limits.OVER] * len(records.LANES)
        self.is_unheard = False
        self.numbers = self._lanes.acts

    def begin(self, act, gate) -> None:
        """An act takes its lanes."""
        for lane, holder in enumerate(gate.holders):
            if holder and holder.number == act.number:
                self._whys[lane] = limits.OVER
                self._lanes.begin(lane, act, holder.scene, gate)

    def clip(self, sum_: int) -> None:
        """The act that has just begun sounds this clip."""
        found = self._clips.of(sum_)
        if found:
            self._lanes.sound.instead(found)
        else:
            self.is_unheard = True

    def close(self, lane: int, why: int) -> None:
        """The gate has decided that what holds a lane is to fade."""
        self._whys[lane] = why

    def end(self, told) -> tuple:
        """(what is wrong, or "", the `records.EMITTED` that should stand there) of a lane's end."""
        lane, it = told.lane, self._lanes.all[told.lane]
        if lane == _SOUND and self.is_unheard:
            return self._end_unheard(told)
        fades = self._whys[lane] if self._whys[lane] in limits.GENTLY else 0
        wrong = self._run(lane, told, fades)
        why = self._why(lane, told)
        if told.why not in BY_ITSELF and told.why != limits.REPLACED:
            it.cut()
        should = self._lanes.end(lane, told.t_ms, why)
        return wrong or _difference(told, should), should

    def drop(self, lane: int) -> None:
        """A lane ends in a way that cannot be: nothing holds it any more."""
        self._lanes.all[lane].cut()
        self.numbers[lane] = 0

    def _end_unheard(self, told):
        """It is taken as it is told; what takes over from it begins with its end, unheard, too."""
        self.is_unheard = told.why == limits.REPLACED
        self.drop(_SOUND)
        return "", told

    def _why(self, lane, told):
        if told.why not in BY_ITSELF:
            return told.why
        return limits.DOSE_USED if self._lanes.is_spent(lane) else self._whys[lane]

    def _run(self, lane, told, fades):
        """Step a lane as often as is told; what is wrong with that, or ""."""
        it = self._lanes.all[lane]
        is_going = True
        while is_going and it.ticks < told.steps and not it.closing:
            is_going = self._step(lane)
        if it.ticks != told.steps:
            return "the act ends by itself after %d steps" % it.ticks
        if fades and is_going:
            it.close()
        if told.why in BY_ITSELF:
            return self._run_out(lane, told, is_going)
        while is_going and it.closing < told.fading and it.ticks == told.steps:
            is_going = self._step(lane)
        if it.ticks != told.steps:
            return "nothing made it fade so early"
        return "" if is_going or _may_fail_late(told) else "it was over by itself before that"

    def _run_out(self, lane, told, is_going):
        it = self._lanes.all[lane]
        while is_going and it.ticks == told.steps:
            is_going = self._step(lane)
        return "" if it.ticks == told.steps else "nothing ended it so early"

    def _step(self, lane):
        it = self._lanes.all[lane]
        return it.block(self._block) if lane == _SOUND else it.tick()


def _may_fail_late(told):
    """A driver may refuse the last level itself; neither ring nor amplifier answers at all."""
    return told.why == limits.FAILED and told.lane == records.TOUCH_LANE


_FIGURES = ("number", "why", "steps", "fading", "peak", "dose", "crc")


def _difference(told, should):
    for name in _FIGURES:
        is_told, is_due = getattr(told, name), getattr(should, name)
        if is_told != is_due:
            return "%s is %d; rendered again, it is %d" % (name, is_told, is_due)
    return ""
