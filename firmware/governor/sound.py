"""The lane of sound: what a renderer wants heard, held to its ceiling and to slow gains.

It must never hand out a block louder than its ceiling, whatever the renderer wants: each is
weighed as it will be heard. It decides by blocks of 96 ms alone, so a replay gives the same
samples.
"""

from binascii import crc32

from micropython import const

from firmware.governor import sound_kernels

BLOCK = const(1536)  # samples of 16 bits at 16 kHz
BLOCK_MS = const(96)
FULL = const(32767)
GAIN_STEP = const(3146)  # Q15 a block: full scale takes 1 s
SILENCE_CDB = const(-10000)  # re a full-scale sine of 1 kHz
_MARGIN_CDB = const(10)  # a steady full-scale sine so stays below its ceiling
_TRIES = const(4)
_DOSE_CDB = const(3000)  # the dose counts seconds at 30 dBA
_DOSE_BITS = const(6)
_DOSE_SECOND = const(1000 << 6)


class SoundLane:
    """`loudness.weigh(samples, n)` and `.again(samples, n)` tell a block's level (see
    lib/loudness.py); the second as if the first had not been.

    Figures of the act, kept until the next `begin`: `ticks` (blocks) until its renderer was
    left, `closing` after that, `peak` (0.01 dB, A-weighted, re a full-scale sine of 1 kHz, from
    SILENCE_CDB on), `dose` (seconds at 30 dBA at the pillow), `crc` (of all blocks).
    """

    def __init__(self, loudness):
        self._loudness = loudness
        self._gain = 0
        self._renderer = None
        self._open = False
        self.begin(None, 0, 0, 0, 0)
        self._open = False

    def begin(
        self, renderer, ceiling_cdb: int, speaker_cdb: int, length_blocks: int, allowance_s: int
    ) -> None:
        """A new act takes over; what sounds now fades within one block.

        `renderer.block(index, out)` fills `out`, full scale meaning as loud as allowed.
        `ceiling_cdb`: the loudest block, at the pillow; `speaker_cdb`: what a full-scale sine
        of 1 kHz is there. It ends after `length_blocks`, or when `allowance_s` is used.
        """
        self._leaving = self._renderer if self._gain else None
        self._left_at = self.ticks if self._leaving else 0
        self._renderer = renderer
        self._limit = ceiling_cdb - speaker_cdb
        self._speaker = speaker_cdb
        self._length = length_blocks
        self._allowance = allowance_s
        self._goal = min(FULL, power((self._limit - _MARGIN_CDB) // 2, 15))
        self._open = True
        self.ticks = self.closing = self.dose = self.crc = self._rest = 0
        self.peak = SILENCE_CDB

    def block(self, out) -> bool:
        """Fill `out` (BLOCK 16-bit samples) with the next block; False: it is over, and silent."""
        if self.ticks >= self._length or self.dose >= self._allowance:
            self._open = False
        if not self._open and not self._gain:
            sound_kernels.amplify(0, 0, BLOCK, out, 0)
            return False
        self._render(out)
        self._count(out, self._held(out))
        return self._open or self._gain > 0

    def close(self) -> None:
        """The act ends: from the next block on it fades to silence."""
        self._open = False

    def cut(self) -> None:
        """The act is over; the next block is silent. Who calls this silences the amplifier."""
        self._open = False
        self._gain = 0
        self._leaving = None

    def _render(self, out):
        if self._leaving:
            self._leaving.block(self._left_at, out)
            self._leaving = None
            self._amplify(out, 0)
            return
        self._renderer.block(self.ticks + self.closing, out)
        goal = self._goal if self._open else 0
        self._amplify(out, min(max(goal, self._gain - GAIN_STEP), self._gain + GAIN_STEP))

    def _amplify(self, out, gain):
        step = ((gain - self._gain) << 12) // BLOCK
        sound_kernels.amplify(self._gain << 12, 0, BLOCK, out, step)
        self._gain = gain

    def _held(self, out):
        """The level of `out`, brought below the limit: the act is softer from here on."""
        level = self._loudness.weigh(out, BLOCK)
        for left in range(_TRIES, 0, -1):
            if level <= self._limit:
                break
            down = 0
            if left > 1:
                down = power((self._limit - level - _MARGIN_CDB) // 2, 15)
            sound_kernels.amplify(down << 12, 0, BLOCK, out, 0)
            self._gain = self._gain * down >> 15
            self._goal = min(self._goal, self._gain)
            level = self._loudness.again(out, BLOCK)
        return level

    def _count(self, out, level):
        if self._open:
            self.ticks += 1
        else:
            self.closing += 1
        self.peak = max(self.peak, level)
        loud = power(level + self._speaker - _DOSE_CDB, _DOSE_BITS)
        rest = self._rest + loud * BLOCK_MS
        self.dose += rest // _DOSE_SECOND
        self._rest = rest % _DOSE_SECOND
        self.crc = crc32(out, self.crc)


def power(cdb: int, bits: int) -> int:
    """10^(cdb / 1000) * 2^bits, within 0.3 %, rounded down; of half the cdb, an amplitude."""
    octaves, rest = divmod(cdb * 100, 30103)
    part = rest * 4096 // 30103
    mantissa = 4096 + (part * (2689 + (part * 1407 >> 12)) >> 12)
    shift = octaves + bits - 12
    return mantissa << shift if shift >= 0 else mantissa >> min(-shift, 30)
