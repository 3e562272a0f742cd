"""Lines that put a microphone on the simulated puck's table, for tests that run in the VM."""

TABLE = """
import time
from array import array
from clock import clock
from machine import I2S, Pin
from microphone import BLOCK, RATE_HZ, Microphone
from table import table
from chips.i2s_microphone import I2SMicrophone, LoopedSound

def wired(chip, ibuf=14336):
    table.i2s[0] = chip
    pins = dict(sck=Pin(11), ws=Pin(12), sd=Pin(13))
    return I2S(0, mode=I2S.RX, bits=32, format=I2S.MONO, rate=RATE_HZ, ibuf=ibuf, **pins)

def hear(mic, slices, step_ms=10):
    levels = []
    while len(levels) < slices:
        time.sleep_ms(step_ms)
        if mic.listen():
            levels.append(mic.level_cdb)
    return levels
"""
QUIET = (
    TABLE
    + """
chip = I2SMicrophone(None, 3)
i2s = wired(chip)
mic = Microphone(i2s)
mic.start()
"""
)
