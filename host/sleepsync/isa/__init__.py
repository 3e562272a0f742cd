"""Runs the kernels' own machine code on a desktop: that of both chips, and of C for one of them.

It counts instructions and watches every load and store. It must never run anything that it
does not know exactly: an unknown instruction or runtime entry is an error.
"""

from sleepsync.isa.fault import Fault
from sleepsync.isa.kernels import MARCHES, Kernels

__all__ = ["MARCHES", "Fault", "Kernels"]
