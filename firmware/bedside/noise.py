"""Noise that waves, gusts and crackles: a voice of the synthesiser."""

from array import array

from micropython import const

from firmware.bedside.dice import Dice, Drift
from firmware.bedside.noise_kernels import noise, sift

_BLOCK = const(1536)
_Q12 = const(12)
_GAIN_BITS = const(12)  # more than Q15, as the kernels take it
_RAW = const(3)  # a kind of sift

# Past all poles, then (share, gain) of each pole: see noise_kernels. Fitted: pink to -3 dB an
# octave from 40 Hz to 7.2 kHz, brown to -6 from 50 Hz to 7.1 kHz, 0.3 dB at most beside it.
# Sparks, each with a tail of a millisecond, are white noise that is mostly 0.
_COLOURS = (
    (1024,),
    (5, 76, 3823, 551, 896, 2592, 468),
    (-18, 16, 15872, 3708, 11),
    (1536, 1100, 4000),
)
WHITE, PINK, BROWN, SPARKS = range(4)


class Noise:
    """Noise of a `colour`, through the filter `kind` (see `sift`), as `drift` has it.

    `density`: of 32768 samples so many are not 0: rain drops are few. `tuning` (from, to) and
    `damping`: see `sift`, Q12. `least`: the gain (Q12) at the lowest of the drift, which at the
    highest is 1; `drift`: (blocks a rise or fall takes, 0 for none; whether in waves; blocks by
    which it comes later; seed of its own, so that two layers can drift together).
    """

    def __init__(self, args: tuple, seed: int, facts):
        colour, density, kind, tuning, damping, least, drift = args
        self._scratch = array("h", bytes(2 * _BLOCK))
        row = _COLOURS[colour]
        state = [seed, density, row[0]]
        for i in range(1, len(row), 2):
            state += (0, row[i], row[i + 1])
        self._noise = array("i", state)
        self._tuning, self._least = tuning, least
        blocks, is_wave, self._lag, own = drift
        self._drift = Drift(Dice(facts.seed ^ own), blocks, bool(is_wave)) if blocks else None
        self._at = 0 if blocks else 1 << _Q12
        self._sift = array("i", (kind, self._tuned(self._at), 0, damping, 0, 0))

    def add(self, out: array, gain: int, goal: int) -> None:
        """Add the next block to `out` at a gain (Q15) that goes from `gain` to `goal`."""
        noise(self._noise, len(self._noise), self._scratch, _BLOCK)
        first = self._loud(gain)
        self._go_on()
        rise = (self._loud(goal) - first) // _BLOCK
        sift(self._scratch, out, self._sift, _BLOCK, first, rise)

    def _go_on(self):
        if self._lag:
            self._lag -= 1
        elif self._drift:
            self._sift[1] = first = self._tuned(self._at)
            self._at = self._drift.next()
            self._sift[2] = (self._tuned(self._at) - first) // _BLOCK

    def _tuned(self, at):
        first, last = self._tuning
        return first + ((last - first) * at >> _Q12) << _GAIN_BITS

    def _loud(self, gain):
        share = self._least + ((4096 - self._least) * self._at >> _Q12)
        return (gain * share >> _Q12) << _GAIN_BITS
