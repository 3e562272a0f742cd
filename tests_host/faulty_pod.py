"""A pod on the table that can be harmed, for tests that run in the VM: `harm`, `hear`, `close`."""

from simulated import POD_ON_THE_TABLE

START = (
    POD_ON_THE_TABLE
    + """
import time
import faults
from firmware import records
from firmware.senses.pod import Pod
from firmware.parts import Sensor
board = wiring.Board()
told, said = [], []
import builtins
builtins.print = lambda *words: said.append(str(words[0]))
def tell(kind, part, value):
    told.append([kind, part])
pod = Pod(
    Sensor(records.PULSE, board.pulse_sensor, board.start_pulse, tell),
    Sensor(records.MOTION, board.motion_sensor, board.start_motion, tell),
    tell,
)
chips = {"pulse": pulse_chip, "motion": motion_chip}
wires = (table.net(pins.POD_SCL), table.net(pins.POD_SDA))
def harm(name, kind):
    return faults.CHIP_KINDS[kind](pins.POD_BUS, chips[name], wires, (0, 0), 7)
def hear(ms, step_ms=500):
    for i in range(ms // step_ms):
        time.sleep_ms(step_ms)
        pod.drain(clock.us // 1000)
def close():
    return records.EPOCH.tuple(0, *pod.close_epoch(), 0, 0, 0, 0, 0)
pod.start()
hear(2000)
close()
"""
)
