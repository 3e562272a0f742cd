"""Lines that put a microphone on the simulated puck's table, for tests that run in the VM."""

from sleepsync.bench.loudness import TABLE

QUIET = (
    TABLE
    + """
chip = I2SMicrophone(None, 3)
i2s = wired(chip)
mic = Microphone(i2s)
mic.start()
"""
)
