"""When a sample was taken: a sensor's true rate, measured against the puck's clock.

The sensors' oscillators are off by per cents, and blocks come late when the puck
is busy. Samples are counted, arrivals are timed, and from both follow the period
and the time of each sample. No float, and no allocation once made.
"""

from micropython import const

_FIRST_SPAN_MS = const(2000)  # good to 1.5 %, better than any oscillator's promise
_SPAN_MS = const(60000)  # good to a thousandth: what is measured so long outlives a gap
_REBASE_MS = const(450000)  # keeps products inside 30 bits, and follows a warming chip
_LATE_MS = const(50)  # a block later than this was held up, and says nothing of the rate
_LATE_BLOCKS = const(3)  # unless so many in a row are: then the time base is wrong
_JUMP_MS = const(250)  # in a row so far off, they mean lost samples
_EARLY_MS = const(60)  # no block is so early: 32 samples 4 % fast are 26 ms, usual lateness 30
_LATE_SHIFT = const(6)  # a late block moves the time base by 1/64: blocks jitter, rates do not


class SampleClock:
    """The time base of one sensor. `period_us`: nominal until measured, then true."""

    def __init__(self, period_us: int):
        self.period_us = period_us
        self.time_ms = 0  # when the newest sample was taken
        self._rest_us = 0
        self._count = 0
        self._running = False
        self._known_ms = _FIRST_SPAN_MS  # a measurement must be longer than this to be better
        self._late_blocks = 0
        self._old_ms = self._old_count = self._new_ms = self._new_count = 0

    def block(self, n: int, now_ms: int) -> None:
        """`n` samples have arrived, the newest of them not after `now_ms`."""
        self._count += n
        us = n * self.period_us + self._rest_us
        self.time_ms += us // 1000
        self._rest_us = us % 1000
        late_ms = now_ms - self.time_ms
        self._late_blocks = self._late_blocks + 1 if late_ms > _LATE_MS else 0
        held_up = 0 < self._late_blocks < _LATE_BLOCKS
        if not self._running or late_ms < -_EARLY_MS:
            self._anchor(now_ms)
        elif late_ms > _JUMP_MS and not held_up:
            self._known_ms = _FIRST_SPAN_MS  # perhaps another pod: its period is its own
            self._anchor(now_ms)
        elif not held_up:
            self._steer(late_ms, now_ms)
            self._measure(now_ms)

    def gap(self) -> None:
        """Samples were lost: the next block starts a new time base, with the period known."""
        self._running = False

    def ago_ms(self, samples_q8: int) -> int:
        """How long before the newest sample a point lay, `samples_q8` / 256 samples back."""
        return (samples_q8 * (self.period_us >> 2) >> 6) // 1000

    def _anchor(self, now_ms):
        self.time_ms = self._old_ms = self._new_ms = now_ms
        self._old_count = self._new_count = self._count
        self._rest_us = 0
        self._running = True

    def _steer(self, late_ms, now_ms):
        """A sample cannot be read before it was taken; lateness is mostly the puck's own."""
        if late_ms < 0:
            self.time_ms = now_ms
        else:
            self._rest_us += late_ms * 1000 >> _LATE_SHIFT

    def _measure(self, now_ms):
        """The period over the last 7.5 to 15 minutes, or over what there is."""
        span_ms = now_ms - self._old_ms
        if span_ms <= self._known_ms:
            return
        if self._known_ms == _FIRST_SPAN_MS:
            self.time_ms = now_ms  # up to here the nominal period has led it astray
        self._known_ms = min(span_ms, _SPAN_MS)
        self.period_us = span_ms * 1000 // (self._count - self._old_count)
        if now_ms - self._new_ms > _REBASE_MS:
            self._old_ms, self._old_count = self._new_ms, self._new_count
            self._new_ms, self._new_count = now_ms, self._count
