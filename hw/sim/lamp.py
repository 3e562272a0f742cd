"""A pod that nobody wears, for the desktop: what it shows in a light that is no finger's.

It must add nothing of its own: the pod is the firmware's, and sees to its LEDs as ever.
"""

from array import array

from firmware import records
from firmware.parts import Sensor
from firmware.senses.pod import Pod

_BLOCK = 17
_BLOCK_MS = 340


class _Light:
    """A pulse sensor in a light that its LEDs add nothing to."""

    lost = 0

    def __init__(self, ambient):
        self._ambient = ambient
        self._at = 0
        self.red = array("i", [0] * _BLOCK)
        self.infrared = array("i", [0] * _BLOCK)

    def drain(self):
        """The next block of both colours."""
        for i in range(_BLOCK):
            self.red[i] = self.infrared[i] = self._ambient[self._at + i]
        self._at += _BLOCK
        return _BLOCK

    def shine(self, red, infrared):
        """As the driver's."""
        return infrared

    def error(self, seen, remedy=""):
        """As the driver's."""
        return OSError("%s; %s" % (seen, remedy))


class _Absent:
    """No motion sensor: nothing else tells that nobody is there."""

    def drain(self):
        """Nothing."""
        return 0


def _nothing(*_):
    pass


def _silent():
    raise OSError("motion sensor: there is none")


def rates_dbpm(ambient) -> array:
    """The heart rate that the pod shows after each block of 17 counts of `ambient` at 50 Hz,
    in 0.1 /min; 0 none.
    """
    light = Sensor(records.PULSE, _Light(ambient), _nothing, _nothing)
    motion = Sensor(records.MOTION, _Absent(), _silent, _nothing)
    pod = Pod(light, motion, _nothing)
    pod.start()
    shown = array("i")
    for block in range(len(ambient) // _BLOCK):
        pod.drain((block + 1) * _BLOCK_MS)
        pod.pulse.rhythm.look_now()
        shown.append(pod.pulse.rhythm.rate_dbpm)
    return shown
