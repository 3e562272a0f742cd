"""Scenes as they will be: through the firmware's own renderers and lanes, into the actuators' logs.

It steps the lanes as firmware/governor/governor.py does, without pins and without a journal, for
whoever judges a scene on the desktop. It must never ask a gate: nobody is acted on here.
"""

from array import array
from struct import pack

import firmware.bedside.scene_rows as scene_rows
from loudness import Loudness

from firmware import records
from firmware.bedside.scenes import Scene, lane_of
from firmware.governor import limits
from firmware.governor.gate import Gate
from firmware.governor.lane import TICK_MS
from firmware.governor.lanes import Lanes
from firmware.governor.sound import BLOCK, BLOCK_MS

_LANES = (_LIGHT, _SOUND, _TOUCH) = range(3)


class Preview:
    """What acts one after the other in a night that is made up, and its logs in `folder`.

    `ms`: since it began. `held`: blocks of sound that were louder than allowed, so that the act is
    softer from there on. `night`, `start_s`, `rate_bpm`: what renderers may know, see
    firmware/bedside/renderers.py.
    """

    def __init__(self, folder: str, night: int, start_s: int, rate_bpm: int):
        self._gate = Gate()
        self._gate.take(records.NIGHT, records.NIGHT.of(records.VERSION, night, start_s, 0))
        self._gate.rate_bpm = rate_bpm
        self._lanes = Lanes(Loudness())
        self._block = array("h", [0] * BLOCK)
        self._folder = folder
        self._light, self._touch = self._open("light.bin"), self._open("touch.bin")
        self._samples = self._open("sound.raw")
        self._runs = []  # [ms, samples] of each stretch of sound
        self._shown, self._felt = bytes(72), 0
        self.ms = self._sound_ms = 0
        self.held = 0
        self._number = 0
        self._ended = []

    def begin(self, number: int, use: int, length_s: int, packed: bytes) -> list:
        """A scene takes its lanes (`packed`: see host/sleepsync/scenes/packing.py); those of them
        in which what was there before had to be cut.
        """
        kept = scene_rows.KEPT
        scene_rows.KEPT = ((number, bytes(packed)),)
        try:
            return self._take_lanes(_scene(number, use, length_s))
        finally:
            scene_rows.KEPT = kept

    def go_on(self, ticks: int) -> bool:
        """So many steps of 40 ms, or until nothing acts any more: then False."""
        for _ in range(ticks):
            for lane, step in ((_LIGHT, self._show), (_SOUND, self._sound), (_TOUCH, self._feel)):
                if self._lanes.acts[lane] and not step():
                    self._end(lane, limits.OVER)
            self.ms += TICK_MS
            if not any(self._lanes.acts):
                return False
        return True

    def close(self) -> list:
        """All that acts, ends here; [which act, lane, steps, fading, peak, dose, crc] of all
        that has ended, in turn.
        """
        for lane in _LANES:
            if self._lanes.acts[lane]:
                self._end(lane, limits.STOPPED)
        with self._open("sound.bin") as file:
            for ms, count in self._runs:
                file.write(pack("<QI", ms * 1000, count))
        for file in (self._light, self._touch, self._samples):
            file.close()
        return self._ended

    def _take_lanes(self, scene):
        self._number += 1
        act, cut = _act(self.ms, self._number, scene), []
        for lane in _LANES:
            if scene[3 + lane]:
                if self._lanes.acts[lane]:
                    self._end(lane, limits.REPLACED)
                elif lane == _SOUND:
                    self._sound_ms = self.ms
                    self._runs.append([self.ms, 0])
                if self._lanes.begin(lane, act, scene, self._gate):
                    cut.append(lane)
        return cut

    def _show(self):
        lane = self._lanes.light
        is_going = lane.tick()
        if lane.frame != self._shown:
            self._shown = bytes(lane.frame)
            self._light.write(pack("<Q72s", self.ms * 1000, self._shown))
        return is_going

    def _sound(self):
        lane = self._lanes.sound
        while self._sound_ms <= self.ms:
            goal = lane._goal
            is_going = lane.block(self._block)
            self.held += lane._goal < goal
            self._samples.write(self._block)
            self._runs[-1][1] += BLOCK
            self._sound_ms += BLOCK_MS
            if not is_going:
                return False
        return True

    def _feel(self):
        lane = self._lanes.touch
        is_going = lane.tick()
        if lane.level != self._felt:
            self._felt = lane.level
            self._touch.write(pack("<Qb", self.ms * 1000, self._felt))
        return is_going

    def _end(self, lane, why):
        told = self._lanes.end(lane, self.ms, why)
        crc = self._lanes.all[lane].crc
        row = [told.number, lane, told.steps, told.fading, told.peak, told.dose, crc]
        self._ended.append(row)

    def _open(self, name):
        return open(self._folder + "/" + name, "wb")


def _scene(number, use, length_s):
    used = [len(lane_of(number, lane)) for lane in _LANES]
    return Scene(number, use, length_s, *used)


def _act(t_ms, number, scene):
    """All that its use may have: `Gate` grants the same, until a consent ends."""
    use = limits.USES[scene.use]
    most = use.light_mlx, use.sound_cdb, use.touch
    ceilings = [most[lane] if scene[3 + lane] else 0 for lane in _LANES]
    return records.ACT.of(t_ms, number, scene.length_s, *ceilings)


_now = [None]  # the preview that the desktop is at


def open_preview(folder: str, night: int, start_s: int, rate_bpm: int) -> None:
    """See `Preview`; the last one is forgotten."""
    _now[0] = Preview(folder, night, start_s, rate_bpm)


def begin(scene: list) -> list:
    """See `Preview.begin`."""
    return _now[0].begin(*scene)


def go_on(ticks: int) -> bool:
    """See `Preview.go_on`."""
    return _now[0].go_on(ticks)


def now_ms() -> int:
    """Since the preview began."""
    return _now[0].ms


def held() -> int:
    """See `Preview`."""
    return _now[0].held


def close() -> list:
    """See `Preview.close`."""
    return _now[0].close()
