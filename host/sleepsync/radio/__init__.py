"""A virtual air with a real Bluetooth stack and no adapter: simulated pucks, and who seeks them.

Bumble does the protocols. What differs between it and the chip's own stack (NimBLE, as
MicroPython binds it) is mended here: docs/simulator.md tells how, and what is not modelled.
"""

from sleepsync.radio.air import Air
from sleepsync.radio.central import central, connect, find
from sleepsync.radio.desk_puck import DeskPuck

__all__ = ["Air", "DeskPuck", "central", "connect", "find"]
