"""A simulated puck on the table, for the REPL: `micropython -i desk.py FOLDER`."""

import sys

import collector
import scheduler

collector.install()
scheduler.install()

from clock import clock
from puck import Puck


def _get_up(_):
    raise KeyboardInterrupt


puck = Puck(sys.argv[1])
clock.at(puck.left_us, lambda: clock.schedule_own(_get_up, None))
print("A puck lies on the table; %s is in bed." % puck.world["name"])
print("import main      runs the night (simulated time); Ctrl-C ends it")
print("puck.parts, puck.flash      the chips as models")
