"""The lane of sound: what a renderer wants heard, held to its ceiling and to slow gains.

It must never hand out a block louder than its ceiling, whatever the renderer wants: each is
weighed as it will be heard. It decides by blocks of 96 ms alone, so a replay gives the same
samples.
"""

from micropython import const

from firmware.governor.lane import Lane
from firmware.governor.sound_kernels import amplify

BLOCK = const(1536)  # samples of 16 bits at 16 kHz
SILENCE_CDB = const(-10000)  # re a full-scale sine of 1 kHz
BLOCK_MS = const(96)
_FULL = const(32767)
_GAIN_STEP = const(3146)  # Q15 a block: full scale takes 1 s
_CLOSING_BITS = const(6)  # what is closed fades within 64 blocks, 6 s: somebody fell asleep
_MARGIN_CDB = const(10)  # a steady full-scale sine so stays below its ceiling
_TRIES = const(3)
# A block that swells is so much louder where it ends, the next one's beginning included.
_SWELL_CDB = const(250)
_DOSE_CDB = const(3000)  # the dose counts seconds at 30 dBA
_DOSE_BITS = const(6)
_DOSE_SECOND = const(1000 << 6)


class SoundLane(Lane):
    """`loudness` tells how loud a block will be, and is told of silence: see lib/loudness.py.

    `peak` is A-weighted, in 0.01 dB re a full-scale sine of 1 kHz, from SILENCE_CDB on, `dose`
    seconds at 30 dBA at the pillow, `crc` of blocks; `ticks` and `closing` are blocks.
    """

    def __init__(self, loudness):
        super().__init__()
        self._loudness = loudness
        self._gain = self._index = self._left_at = self._limit = 0
        self._leaving = None
        self._level = SILENCE_CDB

    def begin(
        self, renderer, ceiling_cdb: int, speaker_cdb: int, length_blocks: int, allowance_s: int
    ) -> bool:
        """A new act takes over. What sounds now fades within a block; True if it is louder than
        the new act may be: then it is cut (see `cut`).

        `renderer.block(index, out)` fills `out`, full scale meaning as loud as allowed: a sine
        of full scale, and of whatever is softer to the ear, `lift_cdb` more.
        `ceiling_cdb`: the loudest block, at the pillow; `speaker_cdb`: what a full-scale sine
        of 1 kHz is there. It ends after `length_blocks`, or when `allowance_s` is used.
        """
        before, self._limit = self._limit, ceiling_cdb - speaker_cdb
        most = self._limit - (_SWELL_CDB if self._limit < before else 0)
        is_cut = self._gain > 0 and self._level > most
        if is_cut:
            self.cut()
        if self._gain and not self._leaving:
            self._leaving, self._left_at = self._renderer, self._index
        self._start(renderer, length_blocks, allowance_s, SILENCE_CDB)
        self._index = 0
        self._fall = _GAIN_STEP
        self._speaker = speaker_cdb
        self._aim(renderer)
        return is_cut

    def instead(self, renderer) -> None:
        """The act that has just begun sounds this instead."""
        self._renderer = renderer
        self._aim(renderer)

    def block(self, out) -> bool:
        """Fill `out` (BLOCK 16-bit samples) with the next block; False: that is silence, for the
        act is over.
        """
        if not self._is_open() and not self._gain:
            self._loudness.forget()
            amplify(0, 0, BLOCK, out, 0)
            return False
        self._render(out)
        self._hold(out)
        loud = power(self._level + self._speaker - _DOSE_CDB, _DOSE_BITS)
        self._count(out, self._level, loud * BLOCK_MS, _DOSE_SECOND)
        return True

    def close(self) -> None:
        """The act ends, and fades as slowly as it takes not to be noticed."""
        super().close()
        self._fall = max(1, self._gain >> _CLOSING_BITS)

    def cut(self) -> None:
        """The act is over, silent from the next block on: whoever cuts silences the amplifier."""
        self._open = False
        self._gain = 0
        self._leaving = None
        self._loudness.forget()

    def _aim(self, renderer):
        """At the gain at which full scale, lifted, is as loud as allowed."""
        wanted = self._limit - _MARGIN_CDB + renderer.lift_cdb
        self._goal = min(_FULL, power(wanted // 2, 15))

    def _render(self, out):
        """The next block at its gain; or, before it, the end of the act that was taken over."""
        gain, goal = self._gain, self._goal if self._open else 0
        if self._leaving:
            self._leaving.block(self._left_at, out)
            self._leaving = None
            self._gain = 0
        else:
            self._renderer.block(self._index, out)
            self._index += 1
            self._gain = min(max(goal, gain - self._fall), gain + _GAIN_STEP)
        amplify(gain << 12, 0, BLOCK, out, ((self._gain - gain) << 12) // BLOCK)

    def _hold(self, out):
        """Bring `out` below the limit; if it was above, the act is softer from here on."""
        self._level = self._loudness.weigh(out)
        for left in range(_TRIES, -1, -1):
            if self._level <= self._limit:
                break
            down = power((self._limit - self._level - _MARGIN_CDB) // 2, 15) if left else 0
            amplify(down << 12, 0, BLOCK, out, 0)
            self._gain = self._gain * down >> 15
            if self._gain:  # what fades says nothing of the act to come
                self._goal = min(self._goal, self._gain)
            self._level = self._loudness.again(out)


def power(cdb: int, bits: int) -> int:
    """10^(cdb / 1000) * 2^bits, within 0.4 %, rounded down; of half the cdb, an amplitude."""
    octaves, rest = divmod(cdb * 100, 30103)
    part = rest * 4096 // 30103
    mantissa = 4096 + (part * (2689 + (part * 1407 >> 12)) >> 12)
    shift = octaves + bits - 12
    return mantissa << shift if shift >= 0 else mantissa >> min(-shift, 30)
