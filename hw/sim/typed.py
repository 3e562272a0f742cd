"""A night in which somebody types at the console, on virtual time: for tests.

    micropython typed.py FOLDER AT_S [MISSING ...] < lines

What stands on standard input is typed at the puck's console from AT_S on. One of the lines must
end the night; those after it are run as at the VM's own REPL.
"""

import sys

import collector
import scheduler

collector.install()
scheduler.install()

import startup
from clock import clock
from device import Puck


class Typist:
    """Stands where hw/sim/pace.py has its Pace: the keys are there from a moment on."""

    hears = False

    def nap(self, now_us, us):
        return us

    def ioctl(self, request, mask):
        return mask & 1 if clock.us >= at_us else 0


folder, at_s, *missing = sys.argv[1:]
at_us = int(at_s) * 1000000
simulated = Puck(folder, missing=missing)
clock.pace = Typist()
clock.at(at_us, lambda: None)  # wakes whoever waits
startup.start_up(folder, globals())
print()
for _line in sys.stdin.buffer.read().decode().split("\r")[:-1]:
    print(">>> " + _line)
    exec(_line, globals())
simulated.keep()
