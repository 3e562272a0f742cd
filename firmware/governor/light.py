"""The lane of light: what a renderer wants to show, held to ceilings, slew and flicker.

It must never show a frame that breaks a rule, whatever the renderer wants: the frame shown
moves towards the wanted one only by steps that obey. It decides by ticks of 40 ms alone, so a
replay gives the same frames.
"""

from array import array

from micropython import const

from firmware.governor import light_kernels
from firmware.governor.lane import Lane

_BYTES = const(72)
_NOTHING = bytes(72)
_DARK_TICKS = const(25)  # owed after a cut: 1 s
_MOST_COUNTS = const(9894)  # see light_kernels
# The photopic level changes by at most _FLICKER_BASE + level * _FLICKER_SHARE a tick, and what
# is not used of it stays, up to one count of the heaviest colour in all. Of the wave that uses
# all of it, with or against the gradient of a window's strongest component at 2 Hz, that
# component is 95 % of what the rule allows, in the dark as in full light.
_FLICKER_BASE = const(352)  # 1/64 mlx: 0.14 lx a second
_FLICKER_SHARE = const(426)  # of 1/64 mlx a mlx, Q10: 16 % a second
_CREDIT_MOST = const(12 * 64)
_FULL_Q16 = const(1 << 16)
_MLX_TICKS = const(25000)  # a lx s
# 72 steps fill 65536 evenly (the golden section), so that channels do not step together.
_GOLDEN_Q16 = const(40503)

_CEILING = const(3)  # words of the kernel's state
_AMBER = const(4)
_CHANNEL = const(5)
_BUDGET = const(6)
_SCARCE = const(7)
_KINDS = bytes((2, 7, 1, 0, 12, 11, 1, 4, 36))


class LightLane(Lane):
    """`frame` (bytearray, 24 lights of green, red, blue; always the same): what to show now.

    `peak` is in mlx, the larger of photopic and melanopic, `dose` in lx s of that, `crc` of frames.
    """

    def __init__(self):
        super().__init__()
        self.frame = bytearray(_BYTES)
        self._goal = bytearray(_BYTES)
        self._state = array("i", [0] * 8)
        self._sums = array("i", [0] * 3)
        self._rests = array("H", [0] * _BYTES)
        self._owed = 0
        self._credit = 0

    def begin(
        self, renderer, ceiling_mlx: int, amber: bool, length_ticks: int, allowance_lxs: int
    ) -> bool:
        """A new act takes over from the frame that is shown; True if that had to be cut first.

        `renderer.frame(tick, out)` fills `out`. The act ends after `length_ticks`, or when
        `allowance_lxs` is used.
        """
        self._start(renderer, length_ticks, allowance_lxs, 0)
        s = self._state
        s[_CEILING] = ceiling_mlx
        s[_AMBER] = int(amber)
        s[_CHANNEL] = self._credit = 0
        for i in range(_BYTES):
            self._rests[i] = i * _GOLDEN_Q16 & 0xFFFF
        self._goal[:] = self.frame
        self._dim(_FULL_Q16)
        is_cut = self._level() > ceiling_mlx or self._goal != self.frame
        if is_cut:
            self._go_dark()
        return is_cut

    def tick(self) -> bool:
        """Go on by a tick; False: the act is over, dark, and owes no dark tick."""
        is_open, was_dark = self._is_open(), not (self._state[2] or self._owed)
        if self._owed:
            self._owed -= 1
        else:
            self._render(is_open)
            self._approach()
        if is_open or not was_dark:
            level = self._level()
            self._count(self.frame, level, level, _MLX_TICKS)
        return is_open or self._state[2] > 0 or self._owed > 0

    def cut(self) -> None:
        """Dark now, the act is over; the next 25 ticks are dark."""
        self._open = False
        self._go_dark()

    def _go_dark(self):
        self.frame[:] = _NOTHING
        for i in range(_CEILING):
            self._state[i] = 0
        self._owed = _DARK_TICKS

    def _level(self):
        return max(self._state[0], self._state[1])

    def _dim(self, share):
        light_kernels.dim(self._goal, self._sums, share, self._state[_AMBER])

    def _render(self, is_open):
        """What is wanted, dimmed to the ceilings as a whole."""
        if is_open:
            self._renderer.frame(self.ticks, self._goal)
        else:
            self._goal[:] = _NOTHING
        self._dim(_FULL_Q16)
        sums = self._sums
        level = max(sums[0], sums[1])
        share = min(_share(self._state[_CEILING], level), _share(_MOST_COUNTS, sums[2]))
        if share < _FULL_Q16:
            self._dim(share)

    def _approach(self):
        s = self._state
        level, net = s[0], abs(self._sums[0] - s[0])
        earned = _FLICKER_BASE + (level * _FLICKER_SHARE >> 10)
        credit = min(self._credit + earned, max(earned, _CREDIT_MOST))
        s[_BUDGET] = budget = credit >> 6
        s[_SCARCE] = int(net > budget)
        share = _share(2 * budget, net)  # twice: the budget ends a tick, not the round
        light_kernels.approach(self.frame, self._goal, self._rests, _KINDS, s, share)
        self._credit = credit - (abs(s[0] - level) << 6)


def _share(most, wanted):
    """What share (Q16) of `wanted` (below 2^19) is at most `most`."""
    if wanted <= most:
        return _FULL_Q16
    bits = 16 if most < 0x4000 else 11  # so that no number passes 2^30
    return (most << bits) // wanted << (16 - bits)
