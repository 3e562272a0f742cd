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
from device import Puck
from typist import Typist, seat

folder, at_s, *missing = sys.argv[1:]
simulated = Puck(folder, missing=missing)
_lines = sys.stdin.buffer.read().decode().split("\r")[:-1]
typist = Typist([(int(at_s) * 1000000, line) for line in _lines])
seat(typist)
startup.start_up(folder, globals())
print()
for _line in typist.rest().split("\r")[:-1]:
    print(">>> " + _line)
    exec(_line, globals())
simulated.keep()
