"""What the lanes of light, sound and touch have in common: an act, its end, and its figures."""

from binascii import crc32

from micropython import const

TICK_MS = const(40)  # of light and touch


class Lane:
    """A row of ticks on which one act after the other is emitted.

    Figures of the act, kept until the next begins: `ticks` until its renderer was left,
    `closing` after that, `peak` (see each lane), `dose`, `crc` (CRC-32 of all that was emitted).
    """

    def __init__(self):
        self._start(None, 0, 0, 0)
        self._open = False

    def close(self) -> None:
        """The act ends: from the next tick on it fades, at its lane's pace."""
        self._open = False

    def _start(self, renderer, length, allowance, peak):
        self._renderer = renderer
        self._length = length
        self._allowance = allowance
        self._open = True
        self._rest = 0  # of the dose, less than a unit
        self.peak = peak
        self.ticks = self.closing = self.dose = self.crc = 0

    def _is_open(self):
        """The renderer is to be asked: neither closed, nor at the end of its length or dose."""
        if self.ticks >= self._length or self.dose >= self._allowance:
            self._open = False
        return self._open

    def _count(self, emitted, level, dose, unit):
        """A tick has been emitted; `unit` of `dose` are one of the figure."""
        if self._open:
            self.ticks += 1
        else:
            self.closing += 1
        self.peak = max(self.peak, level)
        rest = self._rest + dose
        self.dose += rest // unit
        self._rest = rest % unit
        self.crc = crc32(emitted, self.crc)
