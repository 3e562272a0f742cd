"""Lines that put parts on the simulated puck's table, for tests that run in the VM."""

# A world of ten seconds that stands still, then stops: a finger, and 1 g along z.
POD_ON_THE_TABLE = """
from array import array
from clock import clock
from hw import board as wiring
from hw import pins
from table import table
from chips.lis3dh import LIS3DH as MotionChip
from chips.max30102 import MAX30102 as PulseChip

class Standing:
    rate_hz = 100
    first = 0
    def __init__(self, typecode, frame):
        self.buffer = array(typecode, list(frame) * 1024)
    def position_q16(self, us):
        return min(us * 100 * 65536 // 1000000, 1000 << 16)
    def cover(self, first, last):
        pass

light = Standing("i", (300000, 310000, 0))
gravity = Standing("h", (0, 0, 8192))
pulse_line = table.net(pins.PULSE_INTERRUPT)
motion_line = table.net(pins.MOTION_INTERRUPT)
pulse_chip = PulseChip(light, pulse_line)
motion_chip = MotionChip(gravity, motion_line)
table.connect(pins.POD_BUS, PulseChip.ADDRESS, pulse_chip)
table.connect(pins.POD_BUS, MotionChip.ADDRESS, motion_chip)
"""
