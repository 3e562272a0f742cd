"""Driver of the MAX98357A amplifier: samples out, and silence at once.

It must never be on unasked: SD_MODE is low until `on`, and low again as soon as `off` is
called. How loud is right is decided elsewhere.
"""

from time import sleep_ms, ticks_add, ticks_diff, ticks_ms

from i2s_callback import Callback
from micropython import const
from registers import PartError
from switch import Switch

_TURN_ON_MS = const(8)  # volume ramp included; what is sent earlier is lost
_QUEUE_MS = const(200)  # the longest I2S queue a board gives it
_MOST_WAITING = const(2)  # one under way, one in the port's queue; a third would be lost
_SAMPLES_A_MS = const(16)
# The queue, the longest flash erase (400 ms) and as much again: the end of a buffer of which
# nothing was heard by then was lost, for the VM's queue of callbacks is 8 deep.
_LATE_MS = const(1000)
_LONGEST_MS = const(60000)  # of two buffers; what would be due later is from before a wrap


class MAX98357A:
    """The amplifier on `i2s` (16 bits, mono, 16 kHz, sending), silenced by the pin `shutdown`."""

    def __init__(self, i2s, shutdown):
        self._i2s = i2s
        self._sound = Switch(shutdown)
        self._callback = Callback(i2s, self._on_sent)
        self._waiting = 0
        self._lost_ms = ticks_ms()  # from then on, the end of what waits was lost
        self._quiet_ms = ticks_ms()  # the queue is empty from then on, if nothing waits

    @property
    def waiting(self) -> int:
        """How many of the buffers that `write` took are still being read, on or off: 0 to 2."""
        left_ms = ticks_diff(self._lost_ms, ticks_ms())
        if self._waiting and not 0 < left_ms <= _LONGEST_MS:
            self._waiting = 0
        return self._waiting

    def on(self) -> bool:
        """Wake the amplifier, which takes 8 ms; False: it stays off, ask again later.

        What `off` cut short goes on being sent, unheard, for as long as its buffers last and
        200 ms more; it must not be heard now. PartError if the port has no memory for its task,
        now or when it was asked first.
        """
        if self._sound.is_on:
            return True
        fault = self._callback.give()
        if fault:
            raise PartError("amplifier: %s; switch the puck off and on" % fault)
        if self.waiting or 0 < ticks_diff(self._quiet_ms, ticks_ms()) <= _QUEUE_MS:
            return False
        self._sound.on()
        sleep_ms(_TURN_ON_MS)
        return True

    def write(self, buf) -> bool:
        """Begin to send `buf` (16-bit samples, at most 29 s) and return at once.

        False: ask again later. `buf` must be kept and stay as it is until `waiting` falls, even
        after `off`. With one buffer under way and another waiting, sound goes on without a gap.
        Nothing is sent while it is off.
        """
        waiting = self.waiting
        if not self._sound.is_on or waiting == _MOST_WAITING:
            return False
        if not waiting:
            self._lost_ms = ticks_add(ticks_ms(), _LATE_MS)
        self._lost_ms = ticks_add(self._lost_ms, len(buf) // _SAMPLES_A_MS)
        self._waiting += 1
        self._i2s.write(buf)
        return True

    def off(self) -> None:
        """Silence at once, by the pin: what is being sent ends by itself, and nobody hears it."""
        self._sound.off()

    def _on_sent(self, _):
        if self._waiting:
            self._waiting -= 1
        self._quiet_ms = ticks_add(ticks_ms(), _QUEUE_MS)
