"""Hands over to the firmware, or in safe mode to what is left of it."""

import os

from __main__ import start  # boot.py made it, in this namespace

try:
    if "parts" in os.listdir("/"):  # this puck goes back to parts, whatever else there is
        from firmware import parting

        parting.run(start)
    elif start.safe:
        from firmware import safe  # clock, console, watchdog, and nothing else

        safe.run(start)
    else:
        from firmware import app  # all of it

        app.run(start)
except Exception as error:  # whatever it is, an alarm may be due: start anew
    start.failed(error)
