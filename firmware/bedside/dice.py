"""Chance that a replay can throw again: random numbers, and slow changes made of them.

It must never take a number from anywhere but its seed.
"""

from firmware.bedside.curves import eased

_FULL_Q12 = 4096


class Dice:
    """The generator of noise_kernels; `seed`: 1 to 2^30 - 1."""

    def __init__(self, seed: int):
        self._x = seed
        for _ in range(8):  # seeds that are neighbours part
            self.below(2)

    def below(self, n: int) -> int:
        """0 to n - 1, each as likely; n: 1 to 16384."""
        x = self._x
        x ^= (x & 0x7FFFF) << 11
        x ^= x >> 13
        x ^= (x & 0x3FFFFF) << 8
        self._x = x
        return (x >> 16) * n >> 14


class Drift:
    """What rises and falls for ever and never the same way, as gusts and waves do.

    `steps` (5-5000): how many a rise or fall takes, from half to one and a half times that.
    `is_wave`: up and down in turn, rising in two fifths of the time; else wherever chance has it.
    """

    def __init__(self, dice: Dice, steps: int, is_wave: bool):
        self._dice, self._steps, self._is_wave = dice, steps, is_wave
        self._at = self._length = self._first = self._goal = 0
        self._is_up = False

    def next(self) -> int:
        """One step on: 0 to 4096, without a corner."""
        if self._at == self._length:
            self._turn()
        self._at += 1
        share = eased((self._at << 10) // self._length)
        return self._first + ((self._goal - self._first) * share >> 10)

    def _turn(self):
        dice = self._dice
        self._at, self._first = 0, self._goal
        self._length = max(1, self._steps * (512 + dice.below(1024)) >> 10)
        self._is_up = not self._is_up
        if not self._is_wave:
            self._goal = dice.below(_FULL_Q12 + 1)
        elif self._is_up:
            self._goal = _FULL_Q12 - dice.below(_FULL_Q12 * 2 // 5)
            self._length = max(1, self._length * 4 // 5)
        else:
            self._goal = dice.below(_FULL_Q12 // 10)
            self._length = self._length * 6 // 5
