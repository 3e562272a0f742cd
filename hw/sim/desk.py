"""A simulated puck before which somebody sits: `micropython desk.py FOLDER SPEED CAUSE RAW`.

It starts as the device does: with boot.py and, unless RAW is 1, main.py, then the VM's REPL.
What outlives a restart is kept when the VM ends. Whoever kills it cuts the power.
"""

import os
import sys

import collector
import scheduler

collector.install()
scheduler.install()

import startup
from clock import clock
from device import Puck
from pace import Pace
from table import table

_READY = b"\0"  # for serial_puck.py: from here on interrupts are the puck's
_REPL_FOLLOWS = "MICROPYINSPECT"  # the VM looks at it when this file has ended

folder, speed, cause, raw = sys.argv[1:]


def _get_up(_):
    raise KeyboardInterrupt


table.reset_cause = int(cause)
simulated = Puck(folder)
clock.pace = Pace(int(speed))
clock.at(simulated.left_us, lambda: clock.schedule_own(_get_up, None))
sys.atexit(simulated.keep)
os.putenv(_REPL_FOLLOWS, "1")
try:
    sys.stdout.buffer.write(_READY)
    startup.start_up(folder, globals(), raw == "1")
except KeyboardInterrupt:  # before anything could be interrupted: the REPL follows
    pass
except SystemExit:  # machine.reset(), too
    os.putenv(_REPL_FOLLOWS, "")
    raise
