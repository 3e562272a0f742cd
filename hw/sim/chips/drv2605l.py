"""A DRV2605L as its registers and its enable pin show it (TI SLOS854, Rev D).

What would be felt is kept: `played`, the effects of the library as (us, number), and
`levels`, each change of the drive as (us, level), -128 to 127; of both the newest 4,096. A
sequence that plays has its future in them.
"""

from clock import clock

_ENODEV = 19
_STATUS = 0x00
_MODE = 0x01
_LEVEL = 0x02
_LIBRARY = 0x03
_SEQUENCE = 0x04
_GO = 0x0C
_CONTROL3 = 0x1D
_REGS = 0x23
# Table 3: from status to sequence, then from 0x11, audio, and from 0x16, rated voltage.
_POWER_UP = (
    b"\xe0\x40\x00\x01\x01"
    + bytes(12)
    + b"\x05\x19\xff\x19\xff"
    + b"\x3e\x8c\x0c\x6c\x36\x93\xf5\xa0\x20\x80\x33\x00\x00"
)

_RESET = 0x80  # in the mode register
_STANDBY = 0x40
_TRIGGERED = 0
_REAL_TIME = 5
_UNSIGNED = 0x08  # in control 3
_WAIT = 0x80  # in the sequence: 10 ms each
_SLOTS = 8
_EFFECTS = 123
_WAKE_US = 250  # until it answers
_FULL = 127
_MOST_HISTORY = 4096

# The datasheet names the effects, and few of their lengths: those it names are taken,
# for the others a length that is longer than most.
_EFFECT_US = {15: 750000, 16: 1000000, 118: 10000000}
_OTHER_EFFECT_US = 300000


class DRV2605L:
    """The chip at 0x5A, its EN on the wire `enable`.

    While EN is low it acknowledges, but nothing can be read or written, and nothing is
    felt; the registers are kept (section 8.4.1.3). What becomes of a sequence or a level
    meanwhile, or in standby, the datasheet does not say: here both come back afterwards.
    `emit(us, level)`: called for each change once it has been felt.
    """

    ADDRESS = 0x5A

    def __init__(self, enable):
        self._enable = enable
        self._awake_us = clock.us
        self.played = []
        self.levels = []
        self._untold = []  # the last of them, of which `emit` has not heard
        self._told = 0  # the level that it heard of last
        self.emit = _nothing
        self._reset()
        enable.listener = self._on_enable

    def read(self, reg: int, buf) -> None:
        """A burst of registers; ones while EN is low, since nobody pulls the wire."""
        able = self._able()
        for i in range(len(buf)):
            buf[i] = self._value((reg + i) % _REGS) if able else 0xFF

    def write(self, reg: int, data) -> None:
        """A burst of writes; lost while EN is low."""
        if not self._able():
            return
        for i in range(len(data)):
            self._set((reg + i) % _REGS, data[i])

    def drive(self, us: int) -> int:
        """What the actuator got at time `us`: -128 to 127, an effect of the library as 127."""
        for when, level in reversed(self.levels):
            if when <= us:
                return level
        return 0

    def tell(self) -> None:
        """Give to `emit` what is felt by now."""
        self._tell(clock.us)

    def power_up(self) -> None:
        """Registers as they are when power comes: at rest."""
        self._reset()
        self._drive(0)

    def _reset(self):
        self._end_us = None  # of the sequence that is playing
        self._regs = bytearray(_POWER_UP)

    def _able(self):
        """Whether EN is high. OSError in the moment after it rose."""
        if self._enable.level and clock.us < self._awake_us:
            raise OSError(_ENODEV)
        return self._enable.level

    def _value(self, reg):
        if reg == _GO and self._end_us is not None and clock.us >= self._end_us:
            self._regs[_GO] = 0
            self._end_us = None
        return self._regs[reg]

    def _set(self, reg, value):
        if reg == _MODE and value & _RESET:
            self._reset()
        elif reg != _STATUS:
            self._value(_GO)
            self._regs[reg] = value
        if reg == _GO:
            self._end_us = None  # it ends, or begins anew
        if reg in (_MODE, _LEVEL, _GO, _CONTROL3):
            self._settle()

    def _on_enable(self, level):
        if level:
            self._awake_us = clock.us + _WAKE_US
        self._value(_GO)
        self._settle()

    def _settle(self):
        """What is felt from now on; a sequence that GO asks for starts unless it is playing."""
        mode = self._regs[_MODE] & 0x47
        if not self._enable.level or mode not in (_TRIGGERED, _REAL_TIME):
            self._drive(0)
        elif mode == _REAL_TIME:
            self._drive(self._level())
        elif self._end_us is None:
            self._drive(0)
            if self._regs[_GO] & 1:
                self._play()

    def _level(self):
        value = self._regs[_LEVEL]
        if self._regs[_CONTROL3] & _UNSIGNED:
            return value >> 1
        return value - 256 if value > _FULL else value

    def _drive(self, level):
        """From now on `level`; what had been planned is cut off."""
        now = clock.us
        self._tell(now - 1)
        self._untold = []
        while self.levels and self.levels[-1][0] >= now:
            self.levels.pop()
        while self.played and self.played[-1][0] > now:
            self.played.pop()
        if level != self.drive(now):
            self._note(now, level)
        self._end_us = None

    def _note(self, us, level):
        _add(self.levels, (us, level))
        self._untold.append((us, level))

    def _tell(self, us):
        """Nothing of what lasts no time: between two effects in a row there is no rest."""
        while self._untold and self._untold[0][0] <= us:
            when, level = self._untold.pop(0)
            lasts = not self._untold or self._untold[0][0] > when
            if lasts and level != self._told:
                self._told = level
                self.emit(when, level)

    def _play(self):
        """Plan the sequence: library effects and waits, up to the first 0."""
        us = clock.us
        for slot in self._regs[_SEQUENCE : _SEQUENCE + _SLOTS]:
            if slot == 0:
                break
            if slot & _WAIT:
                us += (slot & 0x7F) * 10000
            elif slot <= _EFFECTS and self._regs[_LIBRARY] & 7:
                _add(self.played, (us, slot))
                self._note(us, _FULL)
                us += _EFFECT_US.get(slot, _OTHER_EFFECT_US)
                self._note(us, 0)
        self._end_us = us


def _add(history, entry):
    history.append(entry)
    if len(history) > _MOST_HISTORY:
        history.pop(0)


def _nothing(us, level):
    pass
