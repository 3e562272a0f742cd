"""Who may pair, and when: the window that a gesture opens, one attempt at a time, the passkey.

A pure step: time comes in as milliseconds, randomness as bytes. It must never let an attempt
succeed that no person has opened the window for, and never show one passkey twice.
"""

from micropython import const

WINDOW_MS = const(120000)
ATTEMPT_MS = const(60000)  # a peer's stack gives a person 30 s for each step
_END = const(1000000)  # passkeys are below
_MASK = const(0xFFFFF)  # 20 bits: of 22 draws one is past the end
_DIGITS = const(6)
_FIRST = const(-1)  # step: the sign that phones are let in is still there, and gives way at once
_DARK_MS = const(200)  # between two signs, or counts would mix
_FIRST_DELAY_MS = const(10000)
_MOST_DOUBLINGS = const(5)  # five minutes and a third


def drawn(random) -> int:
    """A passkey, each of the million as likely: what is past the end is drawn again.

    `random(n)`: n random bytes.
    """
    while True:
        a, b, c = random(3)
        passkey = (a << 16 | b << 8 | c) & _MASK
        if passkey < _END:
            return passkey


class Pairing:
    """`conn`: whose attempt is under way, or None. `failures` in a row so far, and the time
    before which no attempt may begin.
    """

    def __init__(self, failures: int = 0, not_before_ms: int = 0):
        self.conn: "int | None" = None
        self.failures = failures
        self.not_before_ms = not_before_ms
        self._until_ms = 0  # of the window; 0: it is closed
        self._since_ms = 0  # of the attempt
        self._passkey = 0
        self._step = _FIRST  # of what is shown next
        self._dark_ms = 0  # since when nothing is shown

    def open(self, now_ms: int) -> None:
        """A hand has asked for it."""
        self._until_ms = now_ms + WINDOW_MS

    def close(self) -> None:
        """No attempt begins any more."""
        self._until_ms = 0

    def is_open(self, now_ms: int) -> bool:
        """Whether an attempt may begin, but for the delay."""
        return now_ms < self._until_ms

    def begin(self, conn: int, now_ms: int, random) -> int:
        """The passkey of a new attempt of `conn`; -1 if it may not be."""
        is_early = now_ms < self.not_before_ms
        if self.conn is not None or is_early or not self.is_open(now_ms):
            return -1
        self.conn, self._since_ms, self._step = conn, now_ms, _FIRST
        self._passkey = drawn(random)
        return self._passkey

    def sign(self, is_dark: bool, now_ms: int) -> str:
        """The scene that is to be asked for now, "" if none: a pause, then digit for digit, and
        again. `is_dark`: the last one is over.
        """
        if not is_dark:
            self._dark_ms = now_ms
        step = self._step
        if step != _FIRST and now_ms - self._dark_ms < _DARK_MS:
            return ""
        self._dark_ms = now_ms
        self._step = (max(step, 0) + 1) % (_DIGITS + 1)
        if step <= 0:
            return "passkey"
        return "digit %d" % (self._passkey // 10 ** (_DIGITS - step) % 10)

    def is_late(self, now_ms: int) -> bool:
        """Whether the attempt takes longer than any person."""
        return self.conn is not None and now_ms - self._since_ms >= ATTEMPT_MS

    def end(self, is_paired: bool, now_ms: int) -> None:
        """The attempt is over. After each that failed the next one has to wait twice as long."""
        self.conn, self._passkey = None, 0
        if is_paired:
            self.failures = 0
            self.close()
            return
        delay_ms = _FIRST_DELAY_MS << min(self.failures, _MOST_DOUBLINGS)
        self.failures += 1
        self.not_before_ms = now_ms + delay_ms
