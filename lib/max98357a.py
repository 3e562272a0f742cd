"""Driver of the MAX98357A amplifier: samples out, and silence at once.

It must never be on unasked: SD_MODE is low until `on`, and low again before anything
else happens in `off`. How loud is right is decided elsewhere.
"""

from time import sleep_ms, ticks_add, ticks_diff, ticks_ms

from micropython import const
from switch import Switch

_TURN_ON_MS = const(8)  # volume ramp included; what is sent earlier is lost
_QUEUE_MS = const(200)  # the longest I2S queue a board gives it
_MOST_WAITING = const(2)  # one under way, one in the port's queue; a third would be lost


class MAX98357A:
    """The amplifier on `i2s` (16 bits, mono, sending), silenced by the pin `shutdown`."""

    def __init__(self, i2s, shutdown):
        self._i2s = i2s
        self._sound = Switch(shutdown)
        self._handler = self._on_sent  # bound once: binding allocates
        self._quiet_ms = ticks_ms()
        self.waiting = 0  # buffers that `write` took and that are still being read

    def on(self) -> None:
        """Wake the amplifier: 8 ms, and up to 200 ms more if it was just switched off.

        The I2S goes on sending what it held at `off`; that must not be heard now.
        """
        if self._sound.is_on:
            return
        left_ms = ticks_diff(self._quiet_ms, ticks_ms())
        if 0 < left_ms <= _QUEUE_MS:
            sleep_ms(left_ms)
        self._i2s.irq(self._handler)
        self._sound.on()
        sleep_ms(_TURN_ON_MS)

    def write(self, buf) -> bool:
        """Begin to send `buf` (16-bit samples) and return at once; False: ask again later.

        `buf` must stay as it is until `waiting` falls. With one buffer under way and
        another waiting, sound goes on without a gap. Nothing is sent while it is off.
        """
        if not self._sound.is_on or self.waiting == _MOST_WAITING:
            return False
        self.waiting += 1
        self._i2s.write(buf)
        return True

    def off(self) -> None:
        """Silence at once; what was still to be said is forgotten."""
        self._sound.off()
        self._i2s.irq(None)
        self.waiting = 0
        self._quiet_ms = ticks_add(ticks_ms(), _QUEUE_MS)

    def _on_sent(self, _):
        if self.waiting:
            self.waiting -= 1
