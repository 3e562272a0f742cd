"""A simulated puck before which somebody sits: `micropython desk.py FOLDER SPEED CAUSE FILE...`.

It starts as the device does: with boot.py and perhaps main.py (the FILEs), then the VM's REPL.
What outlives a restart is kept when the VM ends. Whoever kills it cuts the power.
"""

import os
import sys

import collector
import scheduler

collector.install()
scheduler.install()

from clock import clock
from device import Puck
from pace import Pace
from table import table

from hw import board

_READY = b"\0"  # for serial_puck.py: from here on interrupts are the puck's
_REPL_FOLLOWS = "MICROPYINSPECT"  # the VM looks at it when this file has ended

folder, speed, cause, *files = sys.argv[1:]


def _get_up(_):
    raise KeyboardInterrupt


def _start_up():
    for name in files:
        with open(sys.path[2] + "/" + name) as file:
            exec(compile(file.read(), name, "exec"), globals())


table.reset_cause = int(cause)
simulated = Puck(folder)
clock.pace = Pace(int(speed))
clock.at(simulated.left_us, lambda: clock.schedule_own(_get_up, None))
sys.atexit(simulated.keep)
os.chdir(board.DATA)
sys.path.append("")  # what somebody copies there can be imported
os.putenv(_REPL_FOLLOWS, "1")
sys.stdout.buffer.write(_READY)
try:
    _start_up()
except SystemExit:  # machine.reset(), too
    os.putenv(_REPL_FOLLOWS, "")
    raise
