"""Lanes of the governor under renderers that do as a list says, for tests that run in the VM."""

LIGHT = """
from firmware.governor.light import LightLane
class Script:
    def __init__(self, frames, repeats=True):
        self.frames, self.repeats = frames, repeats
    def frame(self, tick, out):
        out[:] = self.frames[tick % len(self.frames)]
def figures(lane):
    return [lane.ticks, lane.closing, lane.peak, lane.dose, lane.crc]
def shown(lane, most=6000):
    out = bytearray()
    for _ in range(most):
        goes_on = lane.tick()
        out.extend(lane.frame)
        if not goes_on:
            break
    return bytes(out)
lane = LightLane()
"""

SOUND = """
from array import array
from firmware.governor.sound import SoundLane
from firmware.bedside.tone import Tone
from loudness import Loudness
class Script:
    def __init__(self, blocks, lift_cdb=0):
        self.blocks, self.lift_cdb = blocks, lift_cdb
        self.asked = []
    def block(self, index, out):
        self.asked.append(index)
        out[:] = self.blocks[index % len(self.blocks)]
def figures(lane):
    return [lane.ticks, lane.closing, lane.peak, lane.dose, lane.crc]
def heard(lane, most=6000):
    buf, out = array("h", [0] * 1536), []
    while len(out) < most and lane.block(buf):
        out.append(bytes(buf))
    return b"".join(out)
lane = SoundLane(Loudness())
"""

TOUCH = """
from firmware.governor.touch import TouchLane
class Script:
    def __init__(self, levels):
        self.levels = levels
    def level(self, tick):
        return self.levels[tick % len(self.levels)]
def figures(lane):
    return [lane.ticks, lane.closing, lane.peak, lane.dose, lane.crc]
def felt(lane, most=6000):
    out = []
    for _ in range(most):
        goes_on = lane.tick()
        out.append(lane.level)
        if not goes_on:
            break
    return out
lane = TouchLane()
"""
