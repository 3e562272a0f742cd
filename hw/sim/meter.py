"""What the kernels have spent, in instructions of the chip.

Every metered kernel adds its own count here; the clock takes it away again and lets
as much time pass. It must be read by nobody else.
"""

from array import array

instructions = array("I", [0])
