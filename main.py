"""Hands over to the firmware, or in safe mode to what is left of it."""

from __main__ import start  # boot.py made it, in this namespace

try:
    if start.safe:
        from firmware import safe  # clock, console, watchdog, and nothing else

        safe.run(start)
    else:
        from firmware import app  # all of it

        app.run(start)
except Exception as error:  # whatever it is, an alarm may be due: start anew
    start.failed(error)
