"""Accidents of parts, on request: what a chip, its wires or its clock can do wrong.

A fault stands between the table's wires and a chip that is well. It knows registers
and wires, never the firmware. What happens by chance is seeded.
"""

from clock import clock
from table import table

_ENODEV = 19
_NACK_ONE_IN = 3
_RUSH_US = 3000000
_RATE_PPM = 40000
_FREEING_CLOCKS = 9
_DEAD_WORD = 0x12345600  # 24 bits that a frozen microphone repeats

# What is measured of each chip, by its address: the register that it is read from, and the
# bytes of one sample. A chip without registers is read from NO_REGISTER.
NO_REGISTER = -1
_MEASURED = {
    0x57: (0x07, 6),
    0x18: (0xA8, 6),
    0x10: (0x04, 2),
    0x44: (NO_REGISTER, 6),
    0x68: (0x00, 16),
    0x5A: (0x00, 1),
}
_IDENTITY = {0x57: 0xFF, 0x18: 0x0F, 0x10: 0x07, 0x44: NO_REGISTER, 0x5A: 0x00}


class Fault:
    """A chip on `bus` with something wrong for `span_us` (from, to; 0: for ever).

    `chip` may have other faults already: then they add up. `wires`: SCL and SDA of its bus. A
    subclass does wrong in `begin`, `end`, `asked`, `answer`.
    """

    def __init__(self, bus: int, chip, wires: tuple, span_us: tuple, seed: int):
        self.chip = chip  # or another fault of it
        self.part = getattr(chip, "part", chip)
        self.ADDRESS = chip.ADDRESS
        self.wires = wires
        self._random = seed * 2246822519 & 0x7FFFFFFF | 1
        self._on = False
        table.connect(bus, chip.ADDRESS, self)
        _plan(self, span_us)

    def set(self, on: bool) -> None:
        """The fault sets in, or is over."""
        self._on = on
        if on:
            self.begin()
        else:
            self.end()

    def read(self, reg: int, buf) -> None:
        """As the chip's own."""
        self._ask()
        self.chip.read(reg, buf)
        self._answer(reg, buf)

    def write(self, reg: int, data) -> None:
        """As the chip's own."""
        self._ask()
        self.chip.write(reg, data)

    def receive(self, buf) -> None:
        """As the chip's own."""
        self._ask()
        self.chip.receive(buf)
        self._answer(NO_REGISTER, buf)

    def command(self, data) -> None:
        """As the chip's own."""
        self._ask()
        self.chip.command(data)

    def begin(self) -> None:
        """The fault has set in."""

    def end(self) -> None:
        """It is over."""

    def asked(self) -> None:
        """A transfer begins."""

    def answer(self, reg: int, buf) -> None:
        """The chip has answered a read from `reg` into `buf`."""

    def draw(self, below: int) -> int:
        """A seeded number, 0 to `below` - 1."""
        self._random = _next(self._random)
        return (self._random >> 8) % below

    def _ask(self):
        if self._on:
            self.asked()

    def _answer(self, reg, buf):
        if self._on:
            self.answer(reg, buf)


class Absent(Fault):
    """Nobody answers. A chip that comes back has lost power meanwhile, and its settings."""

    def asked(self):
        """No acknowledge."""
        raise OSError(_ENODEV)

    def end(self):
        """Power returns; a clock has its coin cell, and a chip without settings nothing to lose."""
        if hasattr(self.part, "power_up"):
            self.part.power_up()


class Nack(Fault):
    """One transfer in three is not acknowledged."""

    def asked(self):
        """No acknowledge, sometimes."""
        if self.draw(_NACK_ONE_IN) == 0:
            raise OSError(_ENODEV)


class WrongId(Fault):
    """Another chip at this address: its identity is off by a bit."""

    def answer(self, reg, buf):
        """A bit of the identity."""
        if reg == _IDENTITY[self.ADDRESS]:
            buf[0] ^= 0x20


class Frozen(Fault):
    """It answers, but what it measures is what it was when the fault set in."""

    def begin(self):
        """The next sample is the last."""
        self._sample = b""

    def answer(self, reg, buf):
        """That sample again."""
        measured, sample_bytes = _MEASURED[self.ADDRESS]
        if reg == measured:
            self._sample = self._sample or bytes(buf[:sample_bytes])
            for i in range(len(buf)):
                buf[i] = self._sample[i % sample_bytes]


class Noise(Fault):
    """Its wires pick up noise: the lower half of each byte that it measures is random."""

    def answer(self, reg, buf):
        """Random bits."""
        if reg == _MEASURED[self.ADDRESS][0]:
            for i in range(len(buf)):
                buf[i] ^= self.draw(16)


class Overflow(Fault):
    """Three seconds of samples come at once: more than any FIFO holds."""

    def begin(self):
        """A rush."""
        self.part.rush(_RUSH_US)


class Rate(Fault):
    """Its oscillator is 4 % fast. From the start only."""

    def begin(self):
        """Before anybody has started it."""
        self.part.rate_ppm = _RATE_PPM


class Stuck(Fault):
    """It holds SDA low, as in the middle of a byte, until nine clocks have passed."""

    clocks = _FREEING_CLOCKS

    def begin(self):
        """SDA goes low."""
        self._left = self.clocks
        scl, sda = self.wires
        self._others, scl.listener = scl.listener, self._on_clock
        sda.hold_low(True, self)

    def end(self):
        """SDA is let go."""
        self.wires[1].hold_low(False, self)

    def _on_clock(self, level):
        if self._others:
            self._others(level)
        if level and self._left:
            self._left -= 1
            if not self._left:
                self.end()


class StuckForEver(Stuck):
    """It holds SDA low whatever the clocks do, as a short does."""

    clocks = 0


class MicrophoneFault:
    """A microphone with something wrong: it cannot answer, and has no bus."""

    def __init__(self, microphone, kind: str, span_us: tuple, seed: int):
        self._microphone = microphone
        self._kind = kind
        self._fill = microphone.fill
        self._random = seed | 1
        _plan(self, span_us)

    def set(self, on: bool) -> None:
        """Absent: the line is pulled down. Frozen: one word for ever. Noise: every bit random."""
        microphone = self._microphone
        if self._kind == "noise":
            microphone.fill = self._hiss if on else self._fill
        else:
            microphone.stuck_word = _DEAD_WORD if self._kind == "frozen" else 0
            microphone.is_dead = on

    def _hiss(self, start_us, first, words):
        for i in range(len(words)):
            self._random = _next(self._random)
            words[i] = (self._random << 1) - 0x80000000


class Unplugged:
    """A ring or an amplifier whose wires are loose: it gives nothing off, and nobody can tell."""

    def __init__(self, part, entry: str, span_us: tuple):
        self._part, self._entry, self._well = part, entry, getattr(part, entry)
        _plan(self, span_us)

    def set(self, on: bool) -> None:
        """It is loose, or in its place again."""
        setattr(self._part, self._entry, _nothing if on else self._well)


def _nothing(us, value):
    """Of what it was sent."""


CHIP_KINDS = {
    "absent": Absent,
    "wrong_id": WrongId,
    "nack": Nack,
    "stuck": Stuck,
    "stuck_for_ever": StuckForEver,
    "overflow": Overflow,
    "noise": Noise,
    "frozen": Frozen,
    "rate": Rate,
}
MICROPHONE_KINDS = ("absent", "noise", "frozen")


def hold(net, span_us: tuple) -> None:
    """Something lies on the button: its wire is low for `span_us`."""
    clock.at(span_us[0], lambda: net.hold_low(True))
    if span_us[1]:
        clock.at(span_us[1], lambda: net.hold_low(False))


def _plan(fault, span_us):
    from_us, to_us = span_us
    if from_us:
        clock.at(from_us, lambda: fault.set(True))
    else:
        fault.set(True)
    if to_us:
        clock.at(to_us, lambda: fault.set(False))


def _next(x):
    """Xorshift of 31 bits."""
    x ^= x << 13 & 0x7FFFFFFF
    x ^= x >> 17
    return x ^ (x << 5 & 0x7FFFFFFF)
