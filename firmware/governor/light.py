"""The lane of light: what a renderer wants to show, held to ceilings, slew and flicker.

It must never show a frame that breaks a rule, whatever the renderer wants: the frame shown
moves towards the wanted one only by steps that obey. It decides by ticks of 40 ms alone, so a
replay gives the same frames.
"""

from array import array
from binascii import crc32

from micropython import const

from firmware.governor import light_kernels

BYTES = const(72)
TICK_MS = const(40)
DARK_TICKS = const(25)  # owed after a cut: 1 s
MOST_COUNTS = const(9894)  # see light_kernels
SLEW = const(10)  # counts a tick: 255 take more than 1 s
# The photopic level changes by at most FLICKER_BASE + level * FLICKER_SHARE a tick, and what
# is not used of it stays, up to one count of the heaviest colour in all. Of the wave that uses
# all of it, with or against the gradient of a window's strongest component at 2 Hz, that
# component is 95 % of what the rule allows, in the dark as in full light.
FLICKER_BASE = const(352)  # 1/64 mlx: 0.14 lx a second
FLICKER_SHARE = const(426)  # of 1/64 mlx a mlx, Q10: 16 % a second
CREDIT_MOST = const(12 * 64)
_FULL_Q16 = const(1 << 16)
_MLX_TICKS = const(25000)  # a lx s

_CEILING = const(3)  # words of the kernels' state
_AMBER = const(4)
_CHANNEL = const(5)
_DITHER = const(6)
_SCARCE = const(7)


class LightLane:
    """`frame` (bytearray, 24 lights of green, red, blue; always the same): what to show now.

    Figures of the act, kept until the next `begin`: `ticks` until its renderer was left,
    `closing` after that, `peak` (mlx, the larger of photopic and melanopic), `dose` (lx s of
    that), `crc` (of all frames).
    """

    def __init__(self):
        self.frame = bytearray(BYTES)
        self._goal = bytearray(BYTES)
        self._state = array("i", [0] * 8)
        self._sums = array("i", [0] * 3)
        self._owed = 0
        self.begin(None, 0, False, 0, 0)
        self._open = False

    def begin(
        self, renderer, ceiling_mlx: int, amber: bool, length_ticks: int, allowance_lxs: int
    ) -> bool:
        """A new act takes over from the frame that is shown; True if that had to be cut first.

        `renderer.frame(tick, out)` fills `out`. The act ends after `length_ticks`, or when
        `allowance_lxs` is used.
        """
        self._renderer = renderer
        self._length = length_ticks
        self._allowance = allowance_lxs
        self._open = True
        self._credit = 0
        self.ticks = self.closing = self.peak = self.dose = self.crc = self._rest = 0
        s = self._state
        s[_CEILING] = ceiling_mlx
        s[_AMBER] = int(amber)
        s[_CHANNEL] = s[_DITHER] = 0
        is_cut = self._breaks()
        if is_cut:
            self._go_dark()
        return is_cut

    def tick(self) -> bool:
        """Go on by a tick; False: the act is over, dark, and owes no dark tick."""
        if self.ticks >= self._length or self.dose >= self._allowance:
            self._open = False
        was_dark = not (self._state[2] or self._owed)
        if self._owed:
            self._owed -= 1
        else:
            self._render()
            self._approach()
        if self._open or not was_dark:
            self._count()
        return self._open or self._state[2] > 0 or self._owed > 0

    def close(self) -> None:
        """The act ends: from the next tick on it fades to dark."""
        self._open = False

    def cut(self) -> None:
        """Dark now, the act is over; the next 25 ticks are dark."""
        self._open = False
        self._go_dark()

    def _go_dark(self):
        for i in range(BYTES):
            self.frame[i] = 0
        for i in range(3):
            self._state[i] = 0
        self._owed = DARK_TICKS

    def _breaks(self):
        """The frame shown would not be allowed to this act."""
        s, sums, goal = self._state, self._sums, self._goal
        goal[:] = self.frame
        light_kernels.weigh(goal, sums, s[_AMBER])
        return max(s[0], s[1]) > s[_CEILING] or s[0] != sums[0]

    def _render(self):
        """What the renderer wants, dimmed to the ceilings as a whole."""
        goal = self._goal
        if not self._open:
            for i in range(BYTES):
                goal[i] = 0
            return
        self._renderer.frame(self.ticks, goal)
        sums, s = self._sums, self._state
        light_kernels.weigh(goal, sums, s[_AMBER])
        share = _share(_share(_FULL_Q16, s[_CEILING], max(sums[0], sums[1])), MOST_COUNTS, sums[2])
        if share < _FULL_Q16:
            light_kernels.dim(goal, share)

    def _approach(self):
        s, sums = self._state, self._sums
        light_kernels.distance(self.frame, self._goal, sums)
        earned = FLICKER_BASE + (s[0] * FLICKER_SHARE >> 10)
        credit = min(self._credit + earned, max(earned, CREDIT_MOST))
        before, budget = s[0], credit >> 6
        slewed = _share(_FULL_Q16, SLEW, sums[0])
        share = _share(slewed, budget, abs(sums[1]))
        s[_SCARCE] = int(share < slewed)
        light_kernels.approach(self.frame, self._goal, s, share, budget)
        self._credit = credit - (abs(s[0] - before) << 6)

    def _count(self):
        if self._open:
            self.ticks += 1
        else:
            self.closing += 1
        level = max(self._state[0], self._state[1])
        self.peak = max(self.peak, level)
        rest = self._rest + level
        self.dose += rest // _MLX_TICKS
        self._rest = rest % _MLX_TICKS
        self.crc = crc32(self.frame, self.crc)


def _share(share, most, wanted):
    """`share` (Q16), or as much less as brings `wanted` (below 2^19) down to `most`."""
    if wanted <= most:
        return share
    bits = 16 if most < 0x4000 else 11  # so that no number passes 2^30
    return min(share, (most << bits) // wanted << (16 - bits))
