"""A pod whose light is a test's own, for tests that run in the VM: `finger`, `desk`, `hear`."""

import numpy as np
from sleepsync.world.pulse import TRANSIT_S, Pulse

LOOP_S = 10
BEATS = 11  # in a loop: 66 /min

PARTS = """
from array import array
import time
from clock import clock
from firmware import records
from firmware.senses.pod import Pod
from firmware.parts import Sensor
from hw import board as wiring
from hw import pins
from table import table
from chips.lis3dh import LIS3DH as MotionChip
from chips.max30102 import MAX30102

class PulseChip(MAX30102):
    currents = (0, 0)  # red, infrared
    def write(self, reg, data):
        super().write(reg, data)
        new = (self._regs[0x0C], self._regs[0x0D])
        if reg == 0x0D and new != self.currents:
            self.currents = new
            changes.append([clock.us // 1000, new[0], new[1]])

class Still:
    rate_hz = 100
    first = 0
    buffer = array("h", (0, 0, 8192) * 1024)
    def position_q16(self, us):
        return min(us * 100 * 65536 // 1000000, 1000 << 16)
    def cover(self, first, last):
        pass

def put_pod(light, rate_ppm=0):
    global pod, chip, sensor, board
    chip = PulseChip(light, table.net(pins.PULSE_INTERRUPT), rate_ppm)
    table.connect(pins.POD_BUS, chip.ADDRESS, chip)
    motion = MotionChip(Still(), table.net(pins.MOTION_INTERRUPT))
    table.connect(pins.POD_BUS, motion.ADDRESS, motion)
    board = wiring.Board()
    sensor = board.pulse_sensor
    pod = Pod(
        Sensor(records.PULSE, sensor, board.start_pulse, tell),
        Sensor(records.MOTION, board.motion_sensor, board.start_motion, tell),
        tell,
    )
    pod.start()

changes, told, newest = [], [], [0]
def tell(kind, part, value):
    told.append([kind, part])
def hear(ms, step_ms=330):
    until_us = clock.us + ms * 1000
    while clock.us < until_us:
        time.sleep_ms(step_ms)
        pod.drain(clock.us // 1000)
        if sensor.newest:
            newest[0] = sensor.infrared[sensor.newest - 1]
def close():
    return records.EPOCH.tuple(0, *pod.close_epoch(), 0, 0, 0, 0, 0)
"""

LOOPED = (
    PARTS
    + """
FRAMES = len(dips_ppm)
class Loop:
    rate_hz = 100
    first = 0
    buffer = array("i", [0] * 3 * (FRAMES + 100))
    def position_q16(self, us):
        return us * 100 * 65536 // 1000000
    def cover(self, first, last):
        self.first = first - first % FRAMES

light = Loop()
def put(red, infrared, ambient, pulses=1):
    if "chip" in globals():
        chip._catch_up()
    for i in range(FRAMES + 100):
        dip = dips_ppm[i % FRAMES] * pulses
        light.buffer[3 * i] = red * (1000000 - dip // 2) // 1000000
        light.buffer[3 * i + 1] = infrared * (1000000 - dip) // 1000000
        light.buffer[3 * i + 2] = ambient
def finger(share=1.0, ambient=300, pulses=1):
    put(int(300000 * share), int(320000 * share), ambient, pulses)
def desk(ambient=40000):
    put(4000, 4000, ambient, 0)
"""
)


def dips_ppm():
    """A loop of a warm hand's pulse, 100 Hz: how much of the light each sample lacks."""
    beats_s = np.arange(-2 * BEATS, 2 * BEATS) * LOOP_S / BEATS - TRANSIT_S
    absorbed = Pulse(beats_s).absorbed(np.arange(LOOP_S * 100) / 100)
    return np.rint(12_000 * absorbed).astype(int).tolist()
