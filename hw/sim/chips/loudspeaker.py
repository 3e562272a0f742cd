"""A loudspeaker on the amplifier, as the puck's own microphone hears it.

It is flat, and sound takes no time from one to the other: they are 5 cm apart. It knows no
firmware.
"""

from chips import i2s_microphone_kernels

USUAL_CDB = 8600
_NEARER_CDB = 2000  # in a free field, from the pillow's 0.5 m to the microphone's 5 cm
_FULL_SCALE_CDB = 12000  # a full-scale sine of the microphone


class Loudspeaker:
    """What `amplifier` (MAX98357A) plays, as sound.

    `pillow_cdb`: the A-weighted level of a full-scale sine of 1 kHz at the pillow, 0.01 dB.
    """

    def __init__(self, amplifier, pillow_cdb: int = USUAL_CDB):
        gain = 10 ** ((pillow_cdb + _NEARER_CDB - _FULL_SCALE_CDB) / 2000)
        self._gain_q24 = int(gain * (1 << 24) + 0.5)
        self._amplifier = amplifier

    def add_to(self, words, start_us: int, first: int) -> None:
        """Add it to the microphone's `words`, frames from `first` on of a clock that began at
        `start_us`. Both count frames of 62.5 us, so that no sample is heard twice or missed.
        """
        began_us = start_us + first * 125 // 2
        for run_us, byte, n in self._amplifier.since(began_us):
            at = first + (2 * (start_us - run_us) + 62) // 125  # the run's sample for words[0]
            skip, at = max(0, -at), max(0, at)
            count = min(len(words) - skip, n - at)
            if count > 0:
                samples = self._amplifier.read(byte + 2 * at, count)
                i2s_microphone_kernels.add(words[skip:], samples, self._gain_q24, count)
