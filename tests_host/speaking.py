"""Lines that put an amplifier on the simulated puck's table, for tests that run in the VM."""

TABLE = """
import time
from array import array
from clock import clock
from machine import I2S, Pin
from max98357a import MAX98357A
from table import table
from chips.max98357a import MAX98357A as Amplifier

SHUTDOWN = 21
chip = Amplifier(table.net(SHUTDOWN), spool)
table.i2s[1] = chip
def wired(ibuf=160 * 32):
    pins = dict(sck=Pin(15), ws=Pin(16), sd=Pin(17))
    return I2S(1, mode=I2S.TX, bits=16, format=I2S.MONO, rate=16000, ibuf=ibuf, **pins)

def ramp(n, first=1):
    return array("h", [first + i for i in range(n)])

def rest(ms):
    for i in range(ms):
        time.sleep_ms(1)

def wake(amplifier):
    # for how many ms it refuses; at most five seconds
    for ms in range(5000):
        if amplifier.on():
            return ms
        time.sleep_ms(1)
"""
ON = TABLE + "i2s = wired()\namplifier = MAX98357A(i2s, Pin(SHUTDOWN))\namplifier.on()\n"
