"""A simulated puck before which somebody sits: `micropython desk.py FOLDER SPEED CAUSE RAW`.

It starts as the device does: with boot.py and, unless RAW is 1, main.py, then the VM's REPL.
A fifth word is the port of the air that it is in (bluetooth.py); without one nobody is in range.
A sixth is that of whoever has hands and eyes for it (hand.py).
What outlives a restart is kept when the VM ends. Whoever kills it cuts the power.
"""

import os
import sys

import collector
import scheduler

collector.install()
scheduler.install()

import bluetooth
import hand
import startup
from clock import clock
from device import Puck
from pace import Pace
from table import table

_READY = b"\0"  # for serial_puck.py: from here on interrupts are the puck's
_REPL_FOLLOWS = "MICROPYINSPECT"  # the VM looks at it when this file has ended

folder, speed, cause, raw = sys.argv[1:5]


def _get_up(_):
    raise KeyboardInterrupt


table.reset_cause = int(cause)
simulated = Puck(folder)
clock.pace = Pace(int(speed))
if len(sys.argv) > 5:
    bluetooth.join(int(sys.argv[5]))
if len(sys.argv) > 6:
    hand.offer(simulated, int(sys.argv[6]))
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
