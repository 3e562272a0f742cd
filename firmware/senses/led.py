"""The light of the pulse sensor's LEDs: as much as the finger needs, and next to none without.

What comes back is in proportion to the LED's current, so one short look decides: infrared a
little, red dark. Red then shows the room's light alone, and what infrared has more came from
the LED. Every light goes out from a look, so nothing is sought by steps. It must never shine
on an empty desk, nor change the light of a finger that lies still.
"""

from micropython import const

_LOOK = const(5)  # steps of 0.2 mA: 1 mA
_LEAST = const(400)  # counts a step: eight times a dark desk, a third of a very dark finger
_TARGET = const(131072)  # counts: half of the converter's range, clear of both ends
_STALE = const(3)  # samples: so many may be older than the light, or a mean of old and new
_ODD_BLOCKS = const(3)  # out of the band, one after the other: a second
_COST = const(1500)  # samples, 30 s, that a lighting is paid off in
_DEBT = const(9000)  # six lightings at once, and then two a minute


class Leds:
    """What the LEDs of `driver` shall shine; call `shine` while it is `due`.

    `lit`: a finger is there, and has its light; all else is a look for one. `stale`: so many
    of the next samples may not be of the present light.
    """

    def __init__(self, driver):
        self._driver = driver
        self._debt = 0
        self.begin()

    def begin(self) -> None:
        """The chip has been started, and shines as it starts with: look first."""
        self.stale = _STALE
        self._look()

    def doubt(self) -> None:
        """Perhaps it is no finger that is lit: look again."""
        if self.lit:
            self._look()

    def block(self, red, infrared, n: int) -> None:
        """Take `n` (1-32) counts of both colours; stale ones become like the first fresh one."""
        self._debt = max(0, self._debt - n)
        stale = min(self.stale, n)
        self.stale -= stale
        fresh = infrared[min(stale, n - 1)]
        for i in range(stale):
            infrared[i] = fresh
        if self.due or stale == n:
            return
        if self.lit:
            self._watch(infrared[n - 1])
        else:
            self._seek(red, infrared, stale, n)

    def shine(self) -> int:
        """Change the light; steps of infrared. PartError as the driver's: still due, then."""
        steps = self._driver.shine(self._steps if self.lit else 0, self._steps)
        self._level = self._room + self._back * steps // _LOOK
        self.stale = _STALE
        self.due = False
        return steps

    def _look(self):
        self._back = 0
        self._turn(False, _LOOK)

    def _turn(self, lit, steps):
        self.lit = lit
        self._steps = steps
        self._room = self._odd = 0
        self.due = True

    def _watch(self, level):
        """Look again when the light stays out of a wide band about what was reckoned with."""
        far = abs(level - self._level) > self._level >> 1
        self._odd = self._odd + 1 if far else 0
        if self._odd == _ODD_BLOCKS:
            self._look()

    def _seek(self, red, infrared, first, n):
        """Light a finger that two blocks agree on. A bright room keeps its part of the range."""
        back = room = 0
        for i in range(first, n):
            room += red[i]
            back += infrared[i] - red[i]
        n -= first
        last, self._back = self._back, back // n
        back = self._back
        if back < _LEAST * _LOOK or abs(back - last) > back >> 2 or self._debt >= _DEBT:
            return
        self._debt += _COST
        room //= n
        self._turn(True, (_TARGET - min(room, _TARGET >> 1)) * _LOOK // back)
        self._room = room
