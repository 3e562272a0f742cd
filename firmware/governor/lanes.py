"""The three lanes and the acts that hold them: the same on the puck and in a replay.

It must never touch an actuator: what the lanes say is for the governor to do.
"""

from binascii import crc32

from micropython import const

from firmware import records
from firmware.bedside import renderers
from firmware.governor import limits
from firmware.governor.lane import TICK_MS
from firmware.governor.light import LightLane
from firmware.governor.sound import BLOCK_MS, SoundLane
from firmware.governor.touch import TouchLane

_LIGHT = records.LIGHT_LANE
_SOUND = records.SOUND_LANE
_TOUCH = records.TOUCH_LANE
_S_MS = const(1000)
_MOST_SEED = const(0x3FFFFFFF)


class Lanes:
    """`light`, `sound` and `touch`; `acts`: the number of the act that holds each, or 0."""

    def __init__(self, loudness):
        self.light, self.sound, self.touch = LightLane(), SoundLane(loudness), TouchLane()
        self.all = self.light, self.sound, self.touch
        self.acts = [0] * len(self.all)
        self._left = [0] * len(self.all)  # of the night's dose, when its act began
        self._speaker_cdb = 0

    def begin(self, lane: int, act, scene, gate) -> bool:
        """Act `act` (`records.ACT`) of `scene` takes a lane, with what `gate` has left for it. True
        if what was there before is more than it may be, and is cut.
        """
        self.acts[lane] = act.number
        use = limits.USES[scene.use]
        left = self._left[lane] = gate.left(lane, scene.use)
        renderer = _renderer(lane, act, scene, gate)
        ticks = act.length_s * _S_MS // TICK_MS
        if lane == _LIGHT:
            return self.light.begin(renderer, act.light_mlx, use.is_amber, ticks, left)
        if lane == _SOUND:
            self._speaker_cdb = limits.speaker_cdb(scene.use, gate.heard_cdb)
            blocks = act.length_s * _S_MS // BLOCK_MS
            return self.sound.begin(renderer, act.sound_cdb, self._speaker_cdb, blocks, left)
        self.touch.begin(renderer, act.touch, ticks, left)
        return False

    def is_spent(self, lane: int) -> bool:
        """Whether the act has used up what was left of the dose."""
        return self.all[lane].dose >= self._left[lane]

    def end(self, lane: int, t_ms: int, why: int) -> tuple:
        """What the lane did of its act, as a `records.EMITTED`; nothing holds it any more."""
        it, number = self.all[lane], self.acts[lane]
        self.acts[lane] = 0
        peak = max(0, it.peak + self._speaker_cdb) if lane == _SOUND else it.peak
        done = it.ticks, it.closing, peak, it.dose, it.crc & 0xFFFF
        return records.EMITTED.of(t_ms, number, lane, why, *done)


def _renderer(lane, act, scene, gate):
    """Of the act's scene; a replay makes the same."""
    seed = crc32(b"%d/%d" % (gate.night, act.number)) & _MOST_SEED or 1
    facts = renderers.Facts(seed, gate.rate_bpm, gate.wall_s(act.t_ms), act.length_s)
    return renderers.made(lane, scene.number, facts)
