"""A ring of WS2812B lights as its data line and its supply make it shine.

It takes bits by their timing (WS2812B datasheet, "Data transfer time") and shows them
once the line has been low for long enough. It knows no firmware.
"""

from clock import clock

_NOMINAL_NS = (400, 850, 800, 450)  # high and low of a 0, then of a 1
_TOLERANCE_NS = 150
_LATCH_US = 280  # WS2812B-V5; older parts take 50
_MOST_HISTORY = 4096


class WS2812:
    """`n` lights on the net `data`, fed through a switch that `supply` closes.

    `history`: [us, ((red, green, blue), ...)] of each change, the newest 4,096; the
    last may lie ahead by the latch time. `faults`: bursts that no light understood.
    `emit(us, grb)`: called for each change once it has been shown.
    """

    def __init__(self, data, supply, n: int):
        self._supply = supply
        self._dark = ((0, 0, 0),) * n
        self._sent_us = -_LATCH_US
        self._bits = bytearray(3 * n)
        self._at = 0  # bytes of the present frame that the lights have kept
        self.faults = 0
        self.history = [(0, self._dark)]
        self._untold = None  # (us, grb) of the last of them, if `emit` has not heard of it
        self.emit = _nothing
        data.on_bits = self._on_bits
        supply.listener = self._on_supply

    def shown(self, us: int | None = None) -> tuple:
        """(red, green, blue) of each light at `us` (default: now)."""
        us = clock.us if us is None else us
        for when, lights in reversed(self.history):
            if when <= us:
                return lights
        return self._dark

    def tell(self) -> None:
        """Give to `emit` what is shown by now."""
        self._tell(clock.us)

    def _tell(self, us):
        if self._untold and self._untold[0] <= us:
            self.emit(*self._untold)
            self._untold = None

    def _on_bits(self, start_us, end_us, timing_ns, grb):
        if not self._supply.level:
            return
        if not _is_understood(timing_ns):
            self.faults += 1
            return
        self._tell(start_us)
        if start_us - self._sent_us >= _LATCH_US:
            self._at = 0
        else:
            self._forget_after(start_us)  # the line was not low for long enough
        for byte in grb[: len(self._bits) - self._at]:
            self._bits[self._at] = byte
            self._at += 1
        self._sent_us = end_us
        self._note(end_us + _LATCH_US, self._lights())

    def _lights(self):
        bits = self._bits
        return tuple([(bits[i + 1], bits[i], bits[i + 2]) for i in range(0, len(bits), 3)])

    def _on_supply(self, level):
        """Power comes or goes: dark either way, and nothing is remembered."""
        self._tell(clock.us - 1)
        for i in range(len(self._bits)):
            self._bits[i] = 0
        self._sent_us = clock.us - _LATCH_US
        self._forget_after(clock.us)
        self._note(clock.us, self._dark)
        self._tell(clock.us)

    def _forget_after(self, us):
        while self.history and self.history[-1][0] > us:
            self.history.pop()
            self._untold = None

    def _note(self, us, lights):
        if not self.history or self.history[-1][1] != lights:
            self.history.append((us, lights))
            self._untold = us, bytes(self._bits)
            if len(self.history) > _MOST_HISTORY:
                self.history.pop(0)


def _nothing(us, grb):
    pass


def _is_understood(timing_ns):
    off_ns = [abs(timing_ns[i] - _NOMINAL_NS[i]) for i in range(4)]
    return max(off_ns) <= _TOLERANCE_NS
